"""The demo on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aftercare_cli.commands.carry_out import carry_out


def demo(
    world: Annotated[Path, typer.Option(help="Folder that scripts/sample_world.py wrote.")],
    keep: Annotated[
        Path | None, typer.Option(help="Use this folder, and keep it; by default a temporary one.")
    ] = None,
) -> None:
    """Show the main job once, act by act, in a world made up for it; needs nothing that runs."""
    from aftercare_cli.demo.running import run_demo

    carry_out(lambda: run_demo(world, keep=keep))
