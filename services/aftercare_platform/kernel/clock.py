"""Time comes from one port; nothing else in Aftercare asks the machine what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class OffsetClock:
    """The machine's time moved forward by the seconds that stand in a shared file.

    Only the demo uses it: every process reads the same file, so that a deadline two days away can
    pass while one watches. A missing or empty file means no offset.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def offset(self) -> timedelta:
        """How far the demo's time stands ahead of the machine's."""
        try:
            return timedelta(seconds=float(self._path.read_text() or 0))
        except FileNotFoundError:
            return timedelta(0)

    def now(self) -> datetime:
        """The present moment of the demo, aware, in UTC."""
        return datetime.now(UTC) + self.offset


class FixedClock:
    """A clock that moves only when told to; for tests and the simulation."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment last set."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move time; a negative step is a clock that was set back."""
        self._now += by
