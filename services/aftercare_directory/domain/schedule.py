"""Weekdays and clock times as people write them, read strictly: what is not surely understood is None."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time, timedelta
from functools import lru_cache
from typing import Final

from aftercare_directory.domain.record import Session

_DAY_WORDS: Final = {
    word: number
    for number, words in enumerate(
        (
            "monday mondays mon",
            "tuesday tuesdays tue tues",
            "wednesday wednesdays wed weds",
            "thursday thursdays thu thur thurs",
            "friday fridays fri",
            "saturday saturdays sat",
            "sunday sundays sun",
        )
    )
    for word in words.split()
}
_EVERY_DAY: Final = frozenset({"daily", "every day", "everyday", "7 days a week", "24-7", "24/7"})
_RANGE = re.compile(r"\s*(?:-|–|—|\bto\b|\bthrough\b)\s*")
_LIST = re.compile(r"\s*(?:,|;|&|/|\band\b)\s*")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*([ap])\.?m\.?")
_CLOCK_24 = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_SPAN = re.compile(
    r"(?P<days>[a-z][a-z\s,;&/–—-]*?)\s+(?P<opens>\d[\d:\s]*(?:[ap]\.?m\.?)?)(?:\s*(?:-|–|—|to)\s*(?P<closes>\d.*))?"
)


def read_weekday(text: str) -> int | None:
    """One weekday by its English name or abbreviation, in any case."""
    return _DAY_WORDS.get(text.strip().rstrip(".").casefold())


def read_weekdays(text: str) -> tuple[int, ...] | None:
    """The weekdays of a phrase such as "Mon, Wed-Fri"; None if any word of it is not understood.

    A range may run over the week's end ("Sunday - Monday"). "Second Saturday" is not weekly: None.
    """
    phrase = " ".join(text.casefold().replace(".", "").split())
    if phrase in _EVERY_DAY:
        return tuple(range(7))
    days: set[int] = set()
    for part in _LIST.split(phrase):
        ends = _RANGE.split(part)
        first, last = _DAY_WORDS.get(ends[0]), _DAY_WORDS.get(ends[-1])
        if first is None or last is None or len(ends) > 2:
            return None
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return tuple(sorted(days))


@lru_cache(maxsize=1440)  # the minutes of a day: rows begin at few different times
def read_time(text: str) -> time | None:
    """A clock time: "9:00AM", "9 pm", "14:30", "14:30:00"; None if it is none. Seconds are dropped."""
    phrase = text.strip().casefold()
    if match := _CLOCK.fullmatch(phrase):
        hour, minute = int(match[1]), int(match[2] or 0)
        if 1 <= hour <= 12 and minute < 60:
            return time(hour % 12 + (12 if match[3] == "p" else 0), minute)
    if match := _CLOCK_24.fullmatch(phrase):
        hour, minute = int(match[1]), int(match[2])
        if hour < 24 and minute < 60 and int(match[3] or 0) < 60:
            return time(hour, minute)
    return {"noon": time(12), "midnight": time(0)}.get(phrase)


def read_duration(text: str) -> timedelta | None:
    """A length such as "01:30:00"; None for zero, a day or more, or what is no length."""
    match = _CLOCK_24.fullmatch(text.strip())
    if match is None:
        return None
    length = timedelta(hours=int(match[1]), minutes=int(match[2]))
    return length if timedelta() < length < timedelta(days=1) else None


def ends_after(opens: time, length: timedelta) -> time:
    """The wall time a length later, past midnight if need be."""
    minutes = (opens.hour * 60 + opens.minute + length // timedelta(minutes=1)) % (24 * 60)
    return time(minutes // 60, minutes % 60)


def read_weekly(text: str, timezone: str) -> tuple[Session, ...] | None:
    """Sessions from spans such as "Mon-Thu 9:00-17:00; Sat 10 am - 1 pm"; None if any is not understood."""
    sessions: set[Session] = set()
    for span in re.split(r"\s*[;|\n]\s*", text.strip()):
        match = _SPAN.fullmatch(span.casefold())
        if match is None:
            return None
        found = read_span(match["days"].strip(" ,"), match["opens"], match["closes"] or "", timezone)
        if found is None:
            return None
        sessions.update(found)
    return in_order(sessions)


def read_span(days: str, opens: str, closes: str, timezone: str) -> tuple[Session, ...] | None:
    """The same span on each of some days, each part as written; None if any is not understood."""
    weekdays, start, end = read_weekdays(days), read_time(opens), read_time(closes)
    if weekdays is None or start is None or (closes and end is None):
        return None
    return weekly(weekdays, start, end, timezone)


def weekly(days: Iterable[int], opens: time, closes: time | None, timezone: str) -> tuple[Session, ...]:
    """The same span on each of the days."""
    return tuple(Session(day, opens, closes, timezone) for day in days)


def in_order(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """Each session once, by weekday and time."""
    return tuple(sorted(set(sessions), key=lambda s: (s.weekday, s.opens, s.closes or time.max)))
