"""Weekly times: "HH:MM" on a weekday, and minutes from Monday 00:00."""

from __future__ import annotations

from aftercare.type.v1.session_pb2 import WeeklyTime as Message
from aftercare_matching.domain.listing import MINUTES_PER_DAY, WeeklyTime


def weekly_time_from_proto(message: Message) -> WeeklyTime:
    """Minutes; an empty end is unknown."""
    monday = (message.weekday - 1) * MINUTES_PER_DAY
    return WeeklyTime(
        opens=monday + _minutes(message.opens),
        closes=monday + _minutes(message.closes) if message.closes else None,
    )


def weekly_time_to_proto(time: WeeklyTime) -> Message:
    """The weekday and its hours; midnight at the end of a day is "24:00"."""
    monday = time.weekday * MINUTES_PER_DAY
    return Message(
        weekday=Message().weekday.__class__(time.weekday + 1),
        opens=_clock(time.opens - monday),
        closes="" if time.closes is None else _clock(time.closes - monday),
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
