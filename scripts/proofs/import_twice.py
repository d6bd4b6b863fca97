"""The same files imported twice: every row has one verdict, and the second time nothing changes.

The value counts what the second import created, updated, recorded as a new version or published, and
what the accounts leave open. The real feeds are read where they are at hand.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aftercare.directory.v1.import_pb2 import ImportHeader, ImportReport
from aftercare_cli.acts.imports import VERDICTS, import_files
from aftercare_cli.connection.desk import Desk
from aftercare_cli.demo.sources import SOURCES, SourceOfWorld
from aftercare_platform.bus.connection import open_bus
from aftercare_platform.bus.streams import stream_of
from aftercare_platform.kernel.roles import Role
from proofs.finding import CHECKOUT, Asked, Finding
from proofs.records import count
from proofs.system import System, open_system
from sample_world.command import write_world
from sample_world.world import World

REAL: Final = {
    "recovery/treatment/findtreatment_api_doc_sample.json": ("findtreatment", "real-maryland"),
    "recovery/treatment/findtreatment_api_charlottesville_2019.json": ("findtreatment", "real-virginia"),
    "recovery/meetings/na_bmlt_getsearchresults_sample.json": ("bmlt", "real-long-island"),
    "recovery/meetings/aa_raleigh_nc_meetingguide_2017.json": ("meeting_guide", "real-raleigh"),
    "directory/dc-crie/2023-newExport": ("orservices", "real-washington"),
}
"""Format and source of each real feed, by its place among the shared data; the smallest first."""

SMALL_WORLD: Final = frozenset({"sober_homes.csv", "vocational_programs.csv"})
SMALL_REAL: Final = 2
CHANGED: Final = "sober_homes.csv"
"""The file of which the control changes one row."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the directory has kept and published so far."""

    versions: int
    events: int


async def prove(asked: Asked) -> Finding:
    """Run it."""
    world = asked.folder / "world"
    write_world(World(seed=asked.seed, scale=1.0, today=datetime.now(UTC).date()), world)
    feeds = _feeds(world, is_small=asked.is_small)
    async with open_system(asked.folder) as system:
        administrator = system.member(Role.ADMINISTRATOR)
        first = await _import_all(system, feeds)
        before = await _kept(system)
        second = await _import_all(system, feeds)
        after = await _kept(system)
        async with system.desk(administrator) as desk:
            changed = await _one_row_changed(desk, world)
        control = await _kept(system)
    open_rows = abs(_open_rows(first)) + abs(_open_rows(second))
    news = second["created"] + second["updated"]
    published = control.events - after.events
    return Finding(
        value=news + (after.versions - before.versions) + (after.events - before.events) + open_rows,
        bar=0,
        control=f"one row changed: {changed.updated} updated, {changed.created} created, {published} event",
        control_shows=(changed.updated, changed.created, published) == (1, 0, 1),
        seen={"files or folders": len(feeds), "rows": first["rows_in"], "versions": after.versions}
        | {"events": after.events, "unchanged the second time": second["unchanged"]},
    )


def _feeds(world: Path, *, is_small: bool) -> list[SourceOfWorld]:
    """What is imported: files with their header."""
    made = [
        SourceOfWorld(source.title, str(world / source.path), source.header)
        for source in SOURCES
        if not is_small or source.path in SMALL_WORLD
    ]
    shared = Path(os.environ.get("AFTERCARE_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")
    real = [
        SourceOfWorld(path, str(shared / path), ImportHeader(format=format_, source=source))
        for path, (format_, source) in REAL.items()
        if (shared / path).exists()
    ]
    return made + (real[:SMALL_REAL] if is_small else real)


async def _import_all(system: System, feeds: list[SourceOfWorld]) -> Counter[str]:
    """Import each; the sums of all accounts."""
    sums: Counter[str] = Counter()
    for feed in feeds:
        async with system.desk(system.member(Role.ADMINISTRATOR)) as desk:
            report = (await import_files(desk, feed.header, [Path(feed.path)])).report
        sums.update({name: getattr(report, name) for name in ("rows_in", *VERDICTS)})
    return sums


def _open_rows(sums: Counter[str]) -> int:
    return sums["rows_in"] - sum(sums[verdict] for verdict in VERDICTS)


async def _kept(system: System) -> Kept:
    await system.settled()
    async with open_bus(system.place) as bus:
        events = (await bus.jetstream.stream_info(stream_of("directory"))).state.messages
    record = system.database("directory")
    return Kept(count(record, "listing_version") + count(record, "capacity"), events)


async def _one_row_changed(desk: Desk, world: Path) -> ImportReport:
    """The control: a copy of one file with one row changed, imported as the same source."""
    source = next(source for source in SOURCES if source.path == CHANGED)
    copy = world / "changed" / CHANGED
    copy.parent.mkdir()
    with (world / CHANGED).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["name"] == "Alder House")
    row["phone"] = "(202) 555-0100"
    with copy.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return (await import_files(desk, source.header, [copy])).report
