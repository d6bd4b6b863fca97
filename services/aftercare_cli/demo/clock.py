"""The demo's clock: moved in the open, by the file that every process reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from aftercare_cli.demo.stage import show
from aftercare_platform.kernel.clock import OffsetClock


class DemoClock:
    """Moves the time of the whole system forward."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._clock = OffsetClock(file)

    def now(self) -> datetime:
        """The demo's time."""
        return self._clock.now()

    def move(self, by: timedelta) -> None:
        """Move it, and say so."""
        draft = self._file.with_suffix(".new")
        draft.write_text(str((self._clock.offset + by).total_seconds()))
        draft.replace(self._file)
        show(
            f"⏱  the demo clock moves {_in_words(by)}; it is now {self.now().astimezone():%a %-d %b %H:%M %Z}"
        )

    def move_past(self, moment: datetime) -> None:
        """Move it to a minute after a moment."""
        self.move(moment + timedelta(minutes=1) - self.now())


def _in_words(by: timedelta) -> str:
    seconds = round(by.total_seconds())
    if seconds < 120:
        return f"{seconds} seconds"
    hours = seconds / 3600
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
