"""The checks of scripts/protos.py hold on a small contract, and each of them can fail."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from architecture.source import ROOT

SOUND = """\
// What a thing is.
syntax = "proto3";

package aftercare.planted.v1;

import "buf/validate/validate.proto";

// A thing.
message Thing {
  // How far away it is, in miles. In `(0, 500]`.
  double miles = 1 [(buf.validate.field).double = {
    gt: 0
    lte: 500
  }];
}
"""

Run = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def proto(tmp_path: Path) -> Path:
    """The one proto of a checkout of its own."""
    for name in ("requirements.lock", "scripts/protos.py", "protos/buf.yaml"):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, target)
    path = tmp_path / "protos/aftercare/planted/v1/thing.proto"
    path.parent.mkdir(parents=True)
    path.write_text(SOUND)
    return path


@pytest.fixture
def run(tmp_path: Path, proto: Path) -> Run:
    def run(command: str) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "scripts/protos.py"
        return subprocess.run(
            [sys.executable, script, command], capture_output=True, text=True, check=False, cwd="/"
        )

    for command in ("generate", "baseline"):
        assert run(command).returncode == 0
    return run


@pytest.mark.parametrize("command", ["check", "lint", "format", "breaking"])
def test_a_sound_contract_passes(run: Run, command: str) -> None:
    assert run(command).returncode == 0


@pytest.mark.parametrize(
    ("command", "sound", "breach", "complaint"),
    [
        ("check", "A thing.", "A new thing.", "thing_pb2.pyi"),
        ("lint", "  // How far away it is, in miles. In `(0, 500]`.\n", "", "non-empty comment"),
        ("lint", "message Thing", "message thing", "PascalCase"),
        ("lint", "double miles", "double milesAway", "lower_snake_case"),
        (
            "lint",
            "double miles",
            "// buf:lint:ignore FIELD_LOWER_SNAKE_CASE\n  double milesAway",
            "lower_snake_case",
        ),
        ("format", "double miles", "double  miles", "-  double  miles"),
        ("breaking", "double miles", "double distance_miles", "distance_miles"),
        ("breaking", "miles = 1", "miles = 2", "deleted"),
    ],
)
def test_a_breach_is_caught(
    run: Run, proto: Path, command: str, sound: str, breach: str, complaint: str
) -> None:
    proto.write_text(SOUND.replace(sound, breach))
    outcome = run(command)
    assert outcome.returncode == 1
    assert complaint in outcome.stdout + outcome.stderr


def test_other_tools_than_the_locked_ones_are_refused(run: Run, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(lock.read_text().replace("grpcio-tools==1.", "grpcio-tools==9."))
    outcome = run("check")
    assert outcome.returncode == 1
    assert "grpcio-tools is 1." in outcome.stderr


def test_generated_messages_are_validated_by_their_own_rules(run: Run, tmp_path: Path) -> None:
    program = """
import protovalidate
from aftercare.planted.v1 import thing_pb2
from buf.validate import validate_pb2

assert thing_pb2.Thing.DESCRIPTOR.fields_by_name["miles"].GetOptions().HasExtension(validate_pb2.field)
protovalidate.validate(thing_pb2.Thing(miles=2))
print([violation.proto.rule_id for violation in protovalidate.collect_violations(thing_pb2.Thing(miles=900))])
"""
    outcome = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PYTHONPATH": str(tmp_path / "services")},
    )
    assert outcome.stdout.strip() == "['double.gt_lte']", outcome.stderr
