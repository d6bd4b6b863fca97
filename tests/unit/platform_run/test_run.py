"""A process stops when told, in order, and fails loudly but without a text."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aftercare_platform.run import NotRunning, until_stopped

SERVICES = Path(__file__).resolve().parents[3] / "services"

PROGRAM = """
import asyncio
from contextlib import asynccontextmanager
from aftercare_platform.logging import configure_logging
from aftercare_platform.run import background, run, until_stopped

configure_logging("probe")

def say(word):
    print(word, flush=True)

async def work():
    try:
        {work}
    finally:
        say("work ended")

@asynccontextmanager
async def part(name):
    try:
        yield
    finally:
        {closing}
        say(name + " closed")

async def main():
    async with part("database"), part("bus"), background(work=work()), part("server"):
        say("up")
        await until_stopped()

run(main)
"""
FOREVER = "await asyncio.Event().wait()"


def started(work: str = FOREVER, closing: str = "pass") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(work=work, closing=closing)],
        env={"PYTHONPATH": str(SERVICES)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_from_the_outside_in(number):
    process = started()
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(number)
    out, _ = process.communicate(timeout=10)
    assert out.split("\n") == ["server closed", "work ended", "bus closed", "database closed", ""]
    assert process.returncode == 0


@pytest.mark.parametrize("work", ["raise LookupError('Oakhurst')", "return"])
def test_a_background_task_that_ends_stops_the_process(work):
    out, err = (process := started(work)).communicate(timeout=10)
    assert out.endswith("database closed\n")
    assert "task_ended" in err
    assert "Oakhurst" not in err
    assert process.returncode == 1


def test_a_second_signal_does_not_wait():
    process = started(closing=FOREVER)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert "stopping" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 130


async def test_only_a_running_process_can_wait_for_its_end():
    with pytest.raises(NotRunning):
        await until_stopped()
