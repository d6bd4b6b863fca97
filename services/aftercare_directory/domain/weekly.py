"""Weekly times as the contract has them: within one day, in the wall time of the listing's place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from typing import Final

from aftercare_directory.domain.record import Session
from aftercare_platform.kernel.errors import InvalidArgument, Violation

END_OF_DAY: Final = "24:00"


@dataclass(frozen=True, slots=True, order=True)
class WeeklyTime:
    """A stretch of each week. `weekday` 0 is Monday; "HH:MM"; `closes` "" where only the start is known."""

    weekday: int
    opens: str
    closes: str = ""


def check_weekly(times: Iterable[WeeklyTime], *, field: str) -> None:
    """Refuse stretches that end before they begin; the error names each."""
    violations = [
        Violation(f"{field}[{number}].closes", f"is {each.closes}, not after {each.opens}; split at midnight")
        for number, each in enumerate(times)
        if each.closes and each.closes <= each.opens
    ]
    if violations:
        raise InvalidArgument(violations)


def within_days(sessions: Iterable[Session]) -> tuple[WeeklyTime, ...]:
    """A source's sessions, each that runs past midnight split there; once each, in order."""
    return tuple(sorted({part for session in sessions for part in _split(session)}))


def _split(session: Session) -> tuple[WeeklyTime, ...]:
    opens = f"{session.opens:%H:%M}"
    if session.closes is None:
        return (WeeklyTime(session.weekday, opens),)
    closes = f"{session.closes:%H:%M}"
    if session.closes > session.opens:
        return (WeeklyTime(session.weekday, opens, closes),)
    evening = WeeklyTime(session.weekday, opens, END_OF_DAY)
    if session.closes == time(0):
        return (evening,)
    return evening, WeeklyTime((session.weekday + 1) % 7, "00:00", closes)
