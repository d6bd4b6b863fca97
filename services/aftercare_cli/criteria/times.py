"""Free times as people write them: "mon-fri 17:00-21:00; sat"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aftercare.type.v1.session_pb2 import Weekday, WeeklyTime
from aftercare_platform.kernel.errors import InvalidArgument, invalid

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR: Final = r"(?:[01]?\d|2[0-4])(?::[0-5]\d)?"
_STRETCH: Final = re.compile(
    rf"(?P<days>[a-z][a-z,\s-]*?)\s*(?:(?P<opens>{_HOUR})\s*-\s*(?P<closes>{_HOUR}))?"
)


def weekly_times(text: str, *, field: str) -> list[WeeklyTime]:
    """The stretches of a week that a text names; a day without hours is the whole day."""
    found: list[WeeklyTime] = []
    for part in text.lower().split(";"):
        match = _STRETCH.fullmatch(part.strip())
        if match is None:
            raise _unreadable(text, field)
        opens, closes = match["opens"] or "00:00", match["closes"] or "24:00"
        found += [
            WeeklyTime(weekday=Weekday.ValueType(day), opens=_clock(opens), closes=_clock(closes))
            for day in _days(match["days"], text, field)
        ]
    return found


def _days(words: str, text: str, field: str) -> Iterator[int]:
    """The numbers of the days named, 1 for Monday; "fri-mon" goes over the weekend."""
    for word in words.replace(" ", "").strip(",").split(","):
        ends = [day[:3] for day in word.split("-")]
        if not 1 <= len(ends) <= 2 or any(end not in _DAYS for end in ends):
            raise _unreadable(text, field)
        first, last = _DAYS.index(ends[0]), _DAYS.index(ends[-1])
        yield from (day % 7 + 1 for day in range(first, last + 1 if last >= first else last + 8))


def _clock(text: str) -> str:
    hours, _, minutes = text.partition(":")
    return f"{int(hours):02}:{minutes or '00'}"


def _unreadable(text: str, field: str) -> InvalidArgument:
    return invalid(field, f'{text!r} is no time of the week; write "mon-fri 17:00-21:00" or "sat"')
