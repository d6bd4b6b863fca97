"""Where the services are: told by the environment, else by the record of the system that runs here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aftercare_cli.supervisor.record import RunRecord, is_running, read_record
from aftercare_cli.supervisor.roster import CALLED
from aftercare_platform.kernel.clock import Clock, OffsetClock, SystemClock
from aftercare_platform.kernel.errors import Unavailable


class NotRunning(Unavailable):
    """Aftercare does not run on {data}: start it with `aftercare up`, or name its folder with --data."""


@dataclass(frozen=True, slots=True)
class Place:
    """A system that can be called."""

    data_dir: Path
    addresses: Mapping[str, str]
    """Host and port by service."""
    clock: Clock
    """The system's time, by which the operator's tokens are dated."""
    page: str = ""
    """Where its pages are; empty where not known."""
    nats_url: str = ""
    """Where its broker is; empty where not known."""


def find_place(data_dir: Path) -> Place:
    """The system to call; `NotRunning` when the folder has none and the environment names none."""
    named = {name: os.environ.get(f"AFTERCARE_{name.upper()}_ADDRESS", "") for name in CALLED}
    if all(named.values()):
        return Place(data_dir, named, SystemClock(), nats_url=os.environ.get("AFTERCARE_NATS_URL", ""))
    record = read_record(data_dir)
    if record is None or not is_running(data_dir):
        raise NotRunning(data=data_dir)
    return place_of(data_dir, record)


def place_of(data_dir: Path, record: RunRecord) -> Place:
    """The system that a record describes."""
    file = record.clock_offset_file
    clock = OffsetClock(Path(file)) if file else SystemClock()
    return Place(data_dir, record.addresses, clock, record.page, record.nats_url)
