"""The whole system as people run it: `aftercare up` in a folder of its own, spoken to by the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

AFTERCARE = Path(sys.executable).parent / "aftercare"
GENERATOR = Path(__file__).parents[2] / "scripts" / "sample_world.py"
PAUSE = threading.Event()  # nobody sets it: a way to wait that holds up no event loop

SOURCES = (
    ("meeting_guide", "meeting_guide.json", "aa-metro", ""),
    ("bmlt", "bmlt.json", "na-metro", ""),
    ("findtreatment", "findtreatment.json", "findtreatment", ""),
    ("orservices", "orservices", "metro-resources", ""),
    ("csv", "sober_homes.csv", "sober-homes", "sober_homes"),
    ("csv", "vocational_programs.csv", "vocational", "vocational_programs"),
)
"""Format, file, source and mapping of each directory of the sample world."""


@dataclass
class World:
    """One running system. What any of its processes or commands says is kept in `said`."""

    data: Path
    process: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)

    def start(self, *options: str) -> float:
        """Bring it up; how many seconds that took."""
        began = time.monotonic()
        out = (self.data.parent / f"{self.data.name}.up.log").open("a")
        with out:
            self.process = subprocess.Popen(
                [AFTERCARE, "up", "--data", self.data, *options],
                env=self.environment(),
                stdout=out,
                stderr=out,
                text=True,
            )
        wait_for(lambda: "Aftercare is up" in self.up_log or self.process.poll() is not None, seconds=90)
        assert self.process.poll() is None, self.up_log
        return time.monotonic() - began

    @property
    def up_log(self) -> str:
        """What `aftercare up` has said."""
        return (self.data.parent / f"{self.data.name}.up.log").read_text()

    def stop(self) -> int:
        """Stop it in order; its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def environment(self, **more: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AFTERCARE_")}
        return inherited | {"AFTERCARE_DATA_DIR": str(self.data), "TZ": "UTC"} | more

    def run(self, *arguments: str | Path, who: str = "planner", text: str = "", **environment: str) -> Said:
        """A command, as one of the members who are signed in."""
        done = subprocess.run(
            [AFTERCARE, *map(str, arguments)],
            env=self.environment(AFTERCARE_AS=who, **environment),
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.said += [done.stderr]  # stdout is for who asked, and may tell of the client
        return Said(done.returncode, done.stdout, done.stderr)

    def ask(self, *arguments: str | Path, who: str = "planner", **environment: str) -> Any:
        """What a command answers, as JSON; it must succeed."""
        answer = self.run(*arguments, "-o", "json", who=who, **environment)
        assert answer.code == 0, answer.err
        return json.loads(answer.out)

    def sign_in(self, who: str) -> None:
        """Sign a first member in under the name of their role."""
        link = self.run("link", who).out.strip()
        assert self.run("login", link, who=who).code == 0

    def pid(self, name: str) -> int | None:
        """The process of a service, or of the broker ("nats"), as the supervisor last wrote it down."""
        pid: int | None = json.loads((self.data / "run.json").read_text())["pids"].get(name)
        return pid

    def kill(self, name: str) -> None:
        """End a process as a crash would."""
        os.kill(self.pid(name), signal.SIGKILL)


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def crowding() -> float:
    """How many programs share each processor right now, at least 1: by so much a time may be longer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_for(is_so: Callable[[], Any], *, seconds: float) -> None:
    """Wait until it is so; TimeoutError when it takes longer."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        PAUSE.wait(0.05)


def import_everything(world: World, files: Path) -> dict[str, dict[str, str]]:
    """Read the sample world in, as the administrator; the accounts by file."""
    accounts = {}
    for format_, path, source, mapping in SOURCES:
        options = ["--mapping", mapping] if mapping else []
        accounts[path] = world.ask(
            "import", format_, files / path, "--source", source, *options, who="administrator"
        )
    return accounts


@pytest.fixture(scope="session")
def sample_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the sample world."""
    folder = tmp_path_factory.mktemp("world")
    subprocess.run(
        [sys.executable, GENERATOR, "--out", folder, "--seed", "7"], check=True, capture_output=True
    )
    return folder


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, sample_world: Path) -> Iterator[World]:
    """One system for all tests of a worker, with the sample world in it and every role signed in."""
    running = World(tmp_path_factory.mktemp("aftercare") / "data")
    running.start("--demo-clock")
    for who in ("administrator", "planner", "case-manager", "supervisor", "privacy-officer"):
        running.sign_in(who)
    import_everything(running, sample_world)
    wait_for(lambda: all_read(running), seconds=60)
    yield running
    assert running.stop() == 0


def all_read(world: World) -> bool:
    """Whether no event waits for a reader."""
    parts = {row["part"]: row["detail"] for row in world.ask("status")}
    return all("0 not yet read" in detail for part, detail in parts.items() if part.startswith("stream"))
