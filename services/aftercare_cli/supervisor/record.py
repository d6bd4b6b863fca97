"""What runs where: `run.json` in the data folder, and the lock that lets only one system run on it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from aftercare_platform.kernel.errors import Conflict

RECORD: Final = "run.json"
LOCK: Final = "run.lock"


class RunsAlready(Conflict):
    """Aftercare runs already on {data}: `aftercare status` tells how, `aftercare stop` ends it."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A running system: where each part listens and which processes they are."""

    supervisor_pid: int
    profile: str
    nats_url: str
    page: str
    """Address of the pages, such as "http://127.0.0.1:8080"."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Host and port by service."""
    pids: Mapping[str, int] = field(default_factory=dict)
    """Process id by service, the broker's as "nats"."""
    clock_offset_file: str | None = None
    """Only in the demo: by how much the clock runs ahead."""

    def write(self, data_dir: Path) -> None:
        """Write it, whole or not at all, for the owner alone."""
        draft = data_dir / f".{RECORD}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=1)
        draft.replace(data_dir / RECORD)


def read_record(data_dir: Path) -> RunRecord | None:
    """The record of the system that runs, or ran last, on this folder; None where none ever did."""
    try:
        return RunRecord(**json.loads((data_dir / RECORD).read_text()))
    except (FileNotFoundError, NotADirectoryError, TypeError, json.JSONDecodeError):
        return None


def is_running(data_dir: Path) -> bool:
    """Whether a supervisor holds this folder right now."""
    if not (data_dir / LOCK).exists():
        return False
    try:
        with held(data_dir):
            return False
    except RunsAlready:
        return True


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the folder until the end of the block, however it ends; `RunsAlready` if another holds it."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data_dir / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunsAlready(data=data_dir) from None
        yield
