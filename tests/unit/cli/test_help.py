"""Help comes at once, for every command."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from aftercare_cli.main import app

HEAVY = (
    "grpc nats sqlalchemy sqlmodel pydantic_settings alembic rapidfuzz google.protobuf httpx fastapi".split()
)


def test_the_command_line_loads_nothing_heavy_before_it_knows_the_command():
    program = f"import sys, aftercare_cli.main; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def commands(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", sorted(commands(typer.main.get_command(app))), ids=" ".join)
def test_every_command_explains_itself(path):
    done = CliRunner().invoke(app, [*path, "--help"])
    assert done.exit_code == 0, done.output
    assert len(done.output.splitlines()) > 5
