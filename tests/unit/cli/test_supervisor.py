"""Processes that are kept up, the folder that only one system holds, and what is left of a killed one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from aftercare_cli.supervisor.child import Child, DidNotStart, Job
from aftercare_cli.supervisor.layout import lay_out, service_job
from aftercare_cli.supervisor.orphans import stop_left_over
from aftercare_cli.supervisor.ports import free_ports
from aftercare_cli.supervisor.record import RunRecord, RunsAlready, held, is_running, read_record


def job(tmp_path, program):
    return Job("it", [sys.executable, "-c", program], os.environ, tmp_path / "log" / "it.log")


async def test_a_process_that_never_comes_up_is_given_up_and_its_last_words_are_told(tmp_path):
    child = Child(job(tmp_path, "import sys; sys.exit('no such stream')"), on_change=lambda: None)
    with pytest.raises(DidNotStart, match="no such stream"):
        await child.run()
    assert child.restarts == 3


async def test_a_process_that_came_up_is_started_again_after_each_death(tmp_path):
    starts = []
    child = Child(job(tmp_path, "pass"), on_change=lambda: starts.append(1))
    child.note_up()
    keeping = asyncio.create_task(child.run())
    async with asyncio.timeout(20):
        while len(starts) < 4:  # noqa: ASYNC110 (a process sets no event)
            await asyncio.sleep(0.02)
    await child.stop()
    await keeping


async def test_stop_lets_a_process_finish_and_starts_it_no_more(tmp_path):
    program = (
        "import signal, sys; signal.signal(15, lambda *_: sys.exit(print('drained'))); "
        "print('up', flush=True); signal.pause()"
    )
    child = Child(job(tmp_path, program), on_change=lambda: None)
    keeping = asyncio.create_task(child.run())
    log = tmp_path / "log" / "it.log"
    async with asyncio.timeout(20):
        while not (log.exists() and "up" in log.read_text()):  # noqa: ASYNC110 (as above)
            await asyncio.sleep(0.02)
    await child.stop()
    await keeping
    assert (child.pid, child.restarts, "drained" in log.read_text()) == (None, 0, True)
    assert log.stat().st_mode & 0o077 == 0


def test_a_folder_is_held_by_one_system_at_a_time(tmp_path):
    assert not is_running(tmp_path)
    with held(tmp_path):
        assert is_running(tmp_path)
        with pytest.raises(RunsAlready), held(tmp_path):
            pass
    assert not is_running(tmp_path)


def test_a_record_is_read_as_it_was_written_and_is_its_owners_alone(tmp_path):
    record = RunRecord(1, "demo", "nats://x", "http://y", {"identity": "127.0.0.1:1"}, {"nats": 2}, "/clock")
    record.write(tmp_path)
    assert read_record(tmp_path) == record
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"pids": 1}'])
def test_a_record_that_cannot_be_read_is_none(tmp_path, text):
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    assert read_record(tmp_path) is None


def test_only_a_process_that_bears_the_sign_is_stopped(tmp_path):
    waiting = "import signal; print('here', flush=True); signal.pause()"
    command = [sys.executable, "-c", waiting, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"here\n"
        assert not stop_left_over(process.pid, sign="another folder")
        assert process.poll() is None
        assert stop_left_over(process.pid, sign=str(tmp_path))
        assert process.wait(timeout=10) == -15


def test_ports_are_different():
    ports = free_ports(50)
    assert len(set(ports)) == 50


def test_a_service_is_told_its_place_and_none_of_our_secrets(tmp_path, monkeypatch):
    for name in ("AFTERCARE_SESSION", "AFTERCARE_AGENCY_KEY", "AFTERCARE_DATABASE_URL"):
        monkeypatch.setenv(name, "secret")
    layout = lay_out(tmp_path, has_demo_clock=False)
    environment = service_job(layout, "referral").environment
    assert "secret" not in environment.values()
    assert environment["AFTERCARE_LISTEN"] == layout.addresses["referral"]
    assert environment["AFTERCARE_MATCHING_ADDRESS"] == layout.addresses["matching"]
    assert environment["AFTERCARE_PROFILE"] == "embedded"
    assert "AFTERCARE_CLOCK_OFFSET_FILE" not in environment


def test_only_the_demo_clock_makes_the_demo_profile(tmp_path):
    environment = service_job(lay_out(tmp_path, has_demo_clock=True), "referral").environment
    assert environment["AFTERCARE_PROFILE"] == "demo"
    assert environment["AFTERCARE_CLOCK_OFFSET_FILE"] == str(tmp_path / "clock-offset")
