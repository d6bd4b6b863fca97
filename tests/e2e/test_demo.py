"""`make demo`: the main job, act by act, with every row accounted for and no name where none belongs."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from aftercare_cli.demo import person
from support.leaks import files_that_hold
from support.world import AFTERCARE, crowding

pytestmark = pytest.mark.slow

ACTS = (
    "Everything starts on this machine",
    "The directories of a metropolitan area are read in",
    "A person is about to leave the program",
    "Her plan yields a matched set",
    "She chooses, signs the consent, and the agencies are asked",
    "One agency accepts, one declines, one stays silent",
    "A house loses its last bed, and the next match shows it",
    "Where every need stands",
)


@pytest.fixture(scope="module")
def demo(sample_world: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, float, Path]:
    kept = tmp_path_factory.mktemp("demo") / "data"
    began = time.monotonic()
    done = subprocess.run(
        [AFTERCARE, "demo", "--world", sample_world, "--keep", kept],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    return done.stdout, done.stderr, time.monotonic() - began, kept


def test_every_act_is_played_in_order_within_a_minute(demo):
    out, _, seconds, _ = demo
    titles = re.findall(r"^Act \d+\. (.*)$", out, re.MULTILINE)
    assert [title for title, act in zip(titles, ACTS, strict=True) if not title.startswith(act)] == []
    assert seconds < 60 * crowding()


ACCOUNT = re.compile(r"(\d+) rows in = (\d+) created \+ (\d+) merged \+ (\d+) quarantined \+ (\d+) rejected")


def test_every_row_is_accounted_for_as_the_world_says(demo, sample_world):
    files = json.loads((sample_world / "manifest.json").read_text())["files"].values()
    verdicts = ("accepted", "merged", "quarantined", "rejected")
    expected = [[file["rows"], *(file["expected"][verdict] for verdict in verdicts)] for file in files]
    assert [[int(number) for number in account] for account in ACCOUNT.findall(demo[0])] == expected


@pytest.mark.parametrize(
    "line",
    [
        "1  Alder House .* 1 of 8 free",
        "accepts buprenorphine",
        r"\? Do you take people on buprenorphine\?",
        "One limit alone: .* more without medicine accepted: buprenorphine|more without medicine",
        "consent: a draft, which permits nothing; missing: recipient_organization_ids, signer_name",
        "the demo clock moves 31 seconds",
        "medicines: buprenorphine",
        "declines without having opened it: no capacity",
        "the demo clock moves 48 hours",
        "Sober living +matched +case manager",
        "Support group +open +case manager",
        "Outpatient +exhausted +planner",
        "Vocational +exhausted +planner",
    ],
)
def test_the_audience_reads(demo, line):
    assert re.search(line, demo[0])


def test_a_house_that_refuses_the_medicine_is_never_shown(demo):
    assert "Bright Porch House" not in demo[0]


def test_the_client_is_named_nowhere_but_on_the_screen(demo):
    _, err, _, kept = demo
    planted = [person.FAMILY_NAME, person.GIVEN_NAME, person.BORN]
    assert files_that_hold(kept, planted) == []
    assert [word for word in planted if word in err] == []


def test_nothing_is_left_running(demo):
    pids = json.loads((demo[3] / "run.json").read_text())["pids"]
    left = [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()]
    assert left == []
