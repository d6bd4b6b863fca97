"""Weekdays and times as people write them."""

from __future__ import annotations

from datetime import time

import pytest

from aftercare_directory.domain.schedule import read_time, read_weekdays, read_weekly


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Monday-Friday", (0, 1, 2, 3, 4)),
        ("monday,tuesday,wednesday", (0, 1, 2)),
        ("Mon, Wed-Fri", (0, 2, 3, 4)),
        ("Mon - Tue & Thur - Fri", (0, 1, 3, 4)),
        ("Tuesday and Thursday", (1, 3)),
        ("Sunday - Monday", (0, 6)),
        ("7 days a week", (0, 1, 2, 3, 4, 5, 6)),
        ("Thursdays", (3,)),
        ("Second Saturday", None),
        ("Every other Tuesday", None),
        ("Monday (closed 12-2pm)", None),
        ("Wendesday", None),
        ("", None),
    ],
)
def test_weekdays(text, days):
    assert read_weekdays(text) == days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8:30AM", time(8, 30)),
        ("12:00am", time(0)),
        ("12:00pm", time(12)),
        ("9 p.m.", time(21)),
        ("14:26", time(14, 26)),
        ("18:00:00", time(18)),
        ("noon", time(12)),
        ("25:00", None),
        ("13:00pm", None),
        ("9:75", None),
        ("Closed", None),
        ("9", None),
    ],
)
def test_times(text, expected):
    assert read_time(text) == expected


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mon-Tue 9:00-17:00; Sat 10 am - 1 pm", [(0, 9, 17), (1, 9, 17), (5, 10, 13)]),
        ("Fri 18:00", [(4, 18, None)]),
        ("by appointment", None),
        ("Mon 9:00-noonish", None),
    ],
)
def test_weekly_hours(text, spans):
    found = read_weekly(text, "America/New_York")
    read = None if found is None else [(s.weekday, s.opens.hour, s.closes and s.closes.hour) for s in found]
    assert read == spans
