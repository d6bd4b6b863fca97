"""Times as a person reads them: the day and hour in the place's own time, and how far off that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp

_UNITS: Final = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


_NEARLY: Final = 0.95
"""From this share of a unit on one says "1 day" and no longer "23 hours"."""


def moment_of(stamp: Timestamp) -> datetime:
    """The moment of a message's timestamp, aware, in UTC."""
    return stamp.ToDatetime(tzinfo=UTC)


def absolute(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Such as "Tue 24 Nov, 14:05 UTC"; with the year where it is not this one."""
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M %Z}"


def relative(at: datetime, now: datetime) -> str:
    """Such as "in 2 hours", "3 days ago", "now"; to the nearest of the largest unit of which there is one."""
    span = abs(at - now)
    for unit, length in _UNITS:
        if span >= length * _NEARLY:
            count = round(span / length)
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {words}" if at > now else f"{words} ago"
    return "now"


def span_in_words(span: timedelta) -> str:
    """A length of time, such as "2 days, 3 hours"; the two largest units."""
    rest, parts = span, []
    for unit, length in _UNITS:
        count = int(rest / length)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
            rest -= count * length
    return ", ".join(parts[:2]) or "none"
