"""The demo from start to end: a folder of its own, everything up, the play, everything down."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final

from aftercare_cli.connection.place import place_of
from aftercare_cli.demo import planning, referring
from aftercare_cli.demo.cast import Cast
from aftercare_cli.demo.clock import DemoClock
from aftercare_cli.demo.play import PROGRAM, Play
from aftercare_cli.demo.sources import check_world
from aftercare_cli.demo.stage import act, gap, say, show
from aftercare_cli.supervisor.house import open_house
from aftercare_cli.supervisor.layout import Layout, lay_out
from aftercare_cli.supervisor.opening import open_program
from aftercare_platform.logging import configure_logging

ACTS: Final = (
    planning.read_directories,
    planning.meet_the_client,
    planning.plan_her_aftercare,
    referring.ask_agencies,
    referring.hear_answers,
    referring.lose_the_last_bed,
    referring.tell_who_holds_the_ball,
)
"""What follows the start, in order."""


async def run_demo(world: Path, *, keep: Path | None) -> None:
    """Perform the play in a fresh folder, which is removed afterwards unless `keep` names it."""
    check_world(world)
    configure_logging("demo", level="error")
    began = monotonic()
    with _folder(keep) as folder:
        layout = lay_out(folder, has_demo_clock=True)
        act(1, "Everything starts on this machine, in an empty folder")
        async with open_house(layout) as house:
            place = place_of(layout.data_dir, house.record())
            cast = Cast(place, await open_program(place, PROGRAM))
            _tell_house(layout, seconds=monotonic() - began)
            play = Play(place, cast, DemoClock(_clock_file(layout)), world)
            for each in ACTS:
                await each(play)
            gap()
            say("Now everything stops, in order.")
        say(f"Stopped. The whole demo took {monotonic() - began:.0f} s.")


def _tell_house(layout: Layout, *, seconds: float) -> None:
    say(f"Five services and a broker answer after {seconds:.1f} s, each a process of its own:")
    for service, address in layout.addresses.items():
        show(f"{service:<10} {address}")
    show(f"{'broker':<10} {layout.broker.place}")
    say(
        f"The program {PROGRAM} has an administrator, a planner, a case manager, a supervisor and a privacy "
        "officer; each signs in by a link, nobody has a password. Time can be moved here: this is the demo "
        "profile."
    )


def _clock_file(layout: Layout) -> Path:
    if layout.clock_file is None:
        raise ValueError("the demo needs a clock that can be moved")
    return layout.clock_file


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="aftercare-demo-") as folder:
        yield Path(folder)
