"""Walk A with a process killed in its middle: the plan completes by itself; and no word of it leaks."""

from __future__ import annotations

import os
import signal

import pytest

from support.leaks import files_that_hold
from support.world import wait_for

pytestmark = pytest.mark.slow

GIVEN, FAMILY, PHONE = "Xochiquetzalina", "Vandersloothaven", "(907) 555-8642"
LATITUDE, LONGITUDE, BUDGET = 38.93713579, -77.08642135, "99731.37"
"""A client and needs that stand nowhere else in the world."""

CRITERIA = [
    "--need", "sober-living:2", "--need", "vocational:1", "--zip", "20011", "--budget", BUDGET,
    "--avoid", f"{LATITUDE},{LONGITUDE},0.25", "--medicine", "methadone",
]  # fmt: skip


@pytest.fixture
def episode(world):
    client = world.ask(
        "client", "add", GIVEN, FAMILY, "--born", "1988-02-29", "--gender", "man", "--phone", PHONE
    )
    return world.ask("episode", "open", client["id"], "--admitted", "2026-09-01")["id"]


def state(world, plan):
    said = world.run("plan", "show", plan, "-o", "csv")
    return said.out.splitlines()[1].split(",")[3] if said.code == 0 else f"exit {said.code}"


@pytest.mark.parametrize("killed", ["matching", "referral", "nats"])
def test_a_plan_completes_by_itself_after_a_kill(world, episode, killed):
    held = "matching" if killed == "referral" else killed
    pid, waiting = world.pid(killed), world.pid(held)
    os.kill(waiting, signal.SIGSTOP)  # so that the kill finds the plan in its middle
    plan = world.ask("plan", "create", episode, *CRITERIA)["id"]
    assert state(world, plan) == "matching"
    world.kill(killed)
    if held != killed:
        os.kill(waiting, signal.SIGCONT)
    wait_for(lambda: world.pid(killed) not in {None, pid}, seconds=30)
    wait_for(lambda: state(world, plan) == "matched", seconds=75)
    whole = world.ask("plan", "show", plan)
    assert [kind["kind"] for kind in whole["match_set"]["kinds"]] == ["KIND_SOBER_LIVING", "KIND_VOCATIONAL"]
    assert all(row["state"] != "away" for row in world.ask("status"))


def test_what_was_planted_stands_in_no_file_and_no_message(world, episode):
    plan = world.ask("plan", "create", episode, *CRITERIA, "--wait")
    assert plan["state"] == "PLAN_STATE_MATCHED"
    refused = world.run("plan", "create", episode, *CRITERIA, "--wish", "population=nobody")
    assert refused.code == 2
    planted = [GIVEN, FAMILY, PHONE, LATITUDE, LONGITUDE, BUDGET, "9973137"]
    assert files_that_hold(world.data, planted) == []
    everything = [*world.said, world.up_log]
    assert [word for word in planted for said in everything if str(word) in said] == []


def test_what_was_planted_would_be_found(tmp_path):
    (tmp_path / "event").write_bytes(b"\0" + FAMILY.encode() + b"\0")
    (tmp_path / "log").write_text(f'{{"at": {LATITUDE}}}')
    assert files_that_hold(tmp_path, [FAMILY, LATITUDE]) == [f"event: {FAMILY}", f"log: {LATITUDE}"]
