"""Weekly timetables, each kept once: thousands of meetings share "Tuesday 19:00 to 20:00".

A query judges every distinct timetable at once and hands the verdicts to the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aftercare_matching.domain.arrays import Flags, Rows
from aftercare_matching.domain.listing import MINUTES_PER_DAY, WeeklyTime

Minutes: TypeAlias = NDArray[np.int32]
"""Minutes from Monday 00:00."""
Stretches: TypeAlias = Sequence[tuple[int, int]]
"""Free time from and to, in minutes from Monday 00:00; in order, none touching another."""
NO_TIMETABLE: Final = 0
"""The number of the empty timetable: no session is known."""
UNKNOWN_DAY: Final = 1 << 7
"""The weekday bit of a listing whose sessions are not known."""
USUAL_MEETING_MINUTES: Final = 60
"""How long a session is taken to be when only its start is known."""
SHORTEST_VISIT_MINUTES: Final = 60
"""How much of some opening hours a client must be free for a visit to be possible."""


class Timetables:
    """Distinct timetables by number, with their sessions in flat arrays that only grow."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[WeeklyTime, ...], int] = {(): NO_TIMETABLE}
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._owners: list[int] = []
        self._arrays: tuple[Minutes, Minutes, Rows] | None = None

    def number(self, sessions: tuple[WeeklyTime, ...]) -> int:
        """The number of this timetable, given out when it is first seen."""
        known = self._numbers.get(sessions)
        if known is not None:
            return known
        number = self._numbers[sessions] = len(self._numbers)
        for session in sessions:
            self._opens.append(session.opens)
            self._closes.append(end_of(session))
            self._owners.append(number)
        self._arrays = None
        return number

    def fitting(self, free: Stretches, *, whole: bool) -> Flags:
        """Per timetable number: whether some session can be attended in the free time.

        With `whole` a session must lie inside (a meeting); else an hour of it is enough (opening hours).
        """
        opens, closes, owners = self._flat()
        can = attendable(opens, closes, free, whole=whole)
        fits = np.zeros(len(self._numbers), np.bool_)
        fits[owners[can]] = True
        return fits

    def _flat(self) -> tuple[Minutes, Minutes, Rows]:
        if self._arrays is None:
            self._arrays = (
                np.array(self._opens, np.int32),
                np.array(self._closes, np.int32),
                np.array(self._owners, np.intp),
            )
        return self._arrays


def attendable(opens: Minutes, closes: Minutes, free: Stretches, *, whole: bool) -> Flags:
    """Session by session, whether it can be attended in the free time; see `Timetables.fitting`."""
    can = np.zeros(len(opens), np.bool_)
    for start, end in free:
        if whole:
            can |= (opens >= start) & (closes <= end)
        else:
            shared = np.minimum(closes, end) - np.maximum(opens, start)
            can |= shared >= np.minimum(SHORTEST_VISIT_MINUTES, closes - opens)
    return can


def first_attendable(sessions: tuple[WeeklyTime, ...], free: Stretches, *, whole: bool) -> WeeklyTime | None:
    """The first of one listing's sessions that can be attended; they come in the order of the week."""
    for session in sessions:
        opens, closes = session.opens, end_of(session)
        need = closes - opens if whole else min(SHORTEST_VISIT_MINUTES, closes - opens)
        if any(min(closes, end) - max(opens, start) >= need for start, end in free):
            return session
    return None


def end_of(session: WeeklyTime) -> int:
    """When it ends; the usual length where only its start is known. Minutes from Monday 00:00."""
    return session.opens + USUAL_MEETING_MINUTES if session.closes is None else session.closes


def weekday_bits(sessions: tuple[WeeklyTime, ...]) -> int:
    """Bit 0 for Monday to bit 6 for Sunday; `UNKNOWN_DAY` where no session is known."""
    bits = 0
    for session in sessions:
        bits |= 1 << session.weekday
    return bits or UNKNOWN_DAY


def joined(free: tuple[WeeklyTime, ...]) -> Stretches:
    """Free stretches in order, touching and overlapping ones made one; an open end lasts to midnight."""
    stretches = sorted(
        (time.opens, (time.weekday + 1) * MINUTES_PER_DAY if time.closes is None else time.closes)
        for time in free
    )
    merged: list[tuple[int, int]] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
