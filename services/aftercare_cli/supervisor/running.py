"""`aftercare up` from start to end, and `aftercare stop`."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from rich import box
from rich.table import Table

from aftercare_cli.connection.place import NotRunning, place_of
from aftercare_cli.shown.screen import aside, results
from aftercare_cli.supervisor.house import House, open_house
from aftercare_cli.supervisor.layout import Layout
from aftercare_cli.supervisor.opening import Invitation, invite_again, open_program
from aftercare_cli.supervisor.record import is_running, read_record
from aftercare_platform.kernel.errors import Unavailable
from aftercare_platform.logging import configure_logging

STOP_SECONDS: Final = 60.0


class DidNotStop(Unavailable):
    """The system on {data} did not stop within a minute: look at its processes."""


async def run_house(layout: Layout, *, program: str, wants_links: bool) -> None:
    """Bring everything up, say where it is, and keep it up until SIGINT or SIGTERM; then stop it in order."""
    configure_logging("supervisor", level="error")
    stopping = _stop_signal()
    began = monotonic()
    async with open_house(layout) as house:
        place = place_of(layout.data_dir, house.record())
        invitations = await open_program(place, program)
        if wants_links and not invitations:
            invitations = await invite_again(place)
        _tell(house, invitations, seconds=monotonic() - began)
        await _until(stopping, house)
        aside().print("stopping …")
    aside().print("stopped")


async def stop_house(data_dir: Path) -> None:
    """Tell the supervisor of this folder to stop, and wait until it has let go of it."""
    record = read_record(data_dir)
    if record is None or not is_running(data_dir):
        raise NotRunning(data=data_dir)
    os.kill(record.supervisor_pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            while is_running(data_dir):  # noqa: ASYNC110 (another process sets no event of ours)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise DidNotStop(data=data_dir) from None


def _stop_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


async def _until(stopping: asyncio.Event, house: House) -> None:
    """Until a signal, or until a process cannot be kept up."""
    signalled = asyncio.create_task(stopping.wait())
    broken = asyncio.create_task(house.wait())
    await asyncio.wait({signalled, broken}, return_when=asyncio.FIRST_COMPLETED)
    signalled.cancel()
    if broken.done():
        broken.result()
    broken.cancel()


def _tell(house: House, invitations: Sequence[Invitation], *, seconds: float) -> None:
    layout = house.layout
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("pages", layout.page)
    for service, address in layout.addresses.items():
        if service != "gateway":
            table.add_row(service, address)
    table.add_row("nats", layout.broker.place)
    table.add_row("data", str(layout.data_dir))
    results().print(f"Aftercare is up after {seconds:.1f} s.\n")
    results().print(table)
    if invitations:
        results().print("\nSign-in links, each for one use within 24 hours:\n")
        links = Table(
            box=box.SIMPLE_HEAD if results().is_terminal else None, show_header=False, pad_edge=False
        )
        for invitation in invitations:
            links.add_row(invitation.member.title, invitation.url(layout.page))
        results().print(links, soft_wrap=True)
    else:
        results().print("\nA new sign-in link: aftercare link planner")
    results().print("\nCtrl-C or `aftercare stop` stops it.")
    results().file.flush()
