"""One process that is kept running: started again when it dies, at the same address, ever more slowly."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from aftercare_platform.kernel.errors import Unavailable

FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 10.0
CALM_AFTER_SECONDS: Final = 30.0
"""A process that ran this long has recovered: its next death is followed by the first pause again."""
STOP_SECONDS: Final = 15.0
"""How long a process may take to drain before it is killed."""
TRIES_TO_COME_UP: Final = 3
LARGEST_LOG: Final = 20 << 20


class DidNotStart(Unavailable):
    """{what} did not start; its log {log} ends with “{end}”."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: a name, a command, its environment, and the file that takes what it says."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path


class Child:
    """Keeps one process running until told to stop. `on_change` is called after each start."""

    def __init__(self, job: Job, *, on_change: Callable[[], None]) -> None:
        self.job = job
        self.restarts = 0
        self._on_change = on_change
        self._process: asyncio.subprocess.Process | None = None
        self._came_up = False
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The process id; None between a death and the next start."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def note_up(self) -> None:
        """It answers: from now on it is started again however often it dies."""
        self._came_up = True

    async def run(self) -> None:
        """Keep it running. Raises `DidNotStart` when it dies three times before it ever answered."""
        pause = FIRST_PAUSE_SECONDS
        while not self._is_stopping():
            started = monotonic()
            await self._start()
            await self._wait()
            if self._is_stopping():
                return
            self.restarts += 1
            if not self._came_up and self.restarts >= TRIES_TO_COME_UP:
                raise DidNotStart(what=self.job.name, log=self.job.log, end=last_line(self.job.log))
            if monotonic() - started > CALM_AFTER_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def stop(self) -> None:
        """Ask it to end, wait until it has, kill it when it takes too long."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _is_stopping(self) -> bool:
        return self._stopping

    async def _start(self) -> None:
        with _opened(self.job.log) as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.job.command,
                env=dict(self.job.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops the others in order
            )
        self._on_change()

    async def _wait(self) -> None:
        if self._process is not None:
            await self._process.wait()


def last_line(log: Path) -> str:
    """The last line of a log that says something, shortened."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:500] if lines else "(nothing)"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A log to append to, its owner's alone; a long one is set aside first, the one before it dropped."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".old.log"))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
