"""`aftercare up`: twice on one folder, killed, stopped, never two at once."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from support.world import World, crowding, wait_for

pytestmark = pytest.mark.slow

ROLES = ["administrator", "planner", "case-manager", "supervisor", "privacy-officer"]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    system = World(tmp_path_factory.mktemp("system") / "data")
    yield system
    if system.process is not None:
        system.stop()


def pids(system: World) -> dict[str, int]:
    found: dict[str, int] = json.loads((system.data / "run.json").read_text())["pids"]
    return found


def alive(numbers: dict[str, int]) -> list[str]:
    """The processes that still run; one that is dead and not yet waited for does not."""
    return [name for name, pid in numbers.items() if runs(Path(f"/proc/{pid}/stat"))]


def runs(stat: Path) -> bool:
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_first_start_invites_one_member_of_each_role(own):
    own.start()
    assert [role for role in ROLES if f"{role} " not in own.up_log] == []
    assert own.up_log.count("/sign-in?link=link_") == len(ROLES)
    own.sign_in("planner")
    assert own.ask("whoami")["program_name"] == "Riverbend IOP"


def test_what_it_keeps_is_its_owners_alone(own):
    open_to_others = [
        str(path.relative_to(own.data))
        for path in [own.data, *own.data.iterdir()]
        if path.name != "run.lock" and path.stat().st_mode & 0o077 and not path.is_dir()
    ]
    assert (own.data.stat().st_mode & 0o077, open_to_others) == (0, [])


def test_a_second_one_on_the_same_folder_is_refused(own):
    said = own.run("up", "--data", str(own.data))
    assert said.code == 5
    assert "runs already" in said.err


def test_every_part_tells_how_it_is(own):
    assert {row["state"] for row in own.ask("status")} <= {"serving", "ready", "kept", "empty"}


def test_stopped_it_leaves_nothing_running_and_starts_again_within_eight_seconds(own):
    before = pids(own)
    assert own.run("stop").code == 0
    assert own.process.wait(timeout=30) == 0
    assert alive(before) == []
    (own.data.parent / "data.up.log").unlink()
    assert own.start() < 8 * crowding()
    assert "link=link_" not in own.up_log
    assert own.ask("whoami")["name"] == "Planner"


def test_a_process_that_dies_comes_back_at_the_same_address(own):
    record = json.loads((own.data / "run.json").read_text())
    own.kill("identity")
    wait_for(lambda: own.pid("identity") not in {None, record["pids"]["identity"]}, seconds=20)
    wait_for(lambda: own.run("whoami").code == 0, seconds=20)
    assert json.loads((own.data / "run.json").read_text())["addresses"] == record["addresses"]


def test_after_a_killed_supervisor_the_next_start_finds_a_clean_folder(own):
    before = pids(own)
    os.kill(own.process.pid, signal.SIGKILL)
    own.process.wait()
    wait_for(lambda: alive(before) == ["nats"], seconds=20)
    (own.data.parent / "data.up.log").unlink()
    own.start()
    assert alive(before) == []
    assert own.ask("whoami")["name"] == "Planner"
