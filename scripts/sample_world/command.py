"""The command line: reads what is asked, writes the world."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

from sample_world import bmlt, findtreatment, homes, meeting_guide, orservices, orservices_offers, vocational
from sample_world.manifest import FileAccount, manifest
from sample_world.orservices_columns import COLUMNS as ORSERVICES_COLUMNS
from sample_world.world import World
from sample_world.writing import write_csv, write_json

LANDMARKS = {
    "meeting_guide.json": [meeting[0] for meeting in meeting_guide.LANDMARKS],
    "bmlt.json": [meeting[0] for meeting in bmlt.LANDMARKS],
    "findtreatment.json": [facility[0] for facility in findtreatment.LANDMARKS],
    "orservices": [offer.title for _, _, offer, _ in orservices_offers.LANDMARKS],
    "sober_homes.csv": [str(home["name"]) for home in homes.LANDMARKS],
    "vocational_programs.csv": [str(program["program"]) for program in vocational.LANDMARKS],
}
"""The listings that the demo relies on, by the file they stand in."""


def main() -> None:
    """Write the world that the command line asks for."""
    asked = _arguments()
    world = World(seed=asked.seed, scale=asked.scale, today=asked.today or datetime.now(UTC).date())
    accounts = write_world(world, asked.out)
    for account in accounts:
        print(f"{account.file}: {len(account.rows)} rows")


def write_world(world: World, folder: Path) -> list[FileAccount]:
    """Write all files of a world and its manifest into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts = [
        _meeting_guide(world, folder),
        _bmlt(world, folder),
        _findtreatment(world, folder),
        _orservices(world, folder),
        _sober_homes(world, folder),
        _vocational_programs(world, folder),
    ]
    write_json(folder / "manifest.json", manifest(world, accounts, LANDMARKS))
    return accounts


def _meeting_guide(world: World, folder: Path) -> FileAccount:
    rows = meeting_guide.sheet(world).rows()
    write_json(folder / "meeting_guide.json", [row.fields for row in rows])
    return FileAccount("meeting_guide.json", "meeting_guide", rows, lambda row: str(row["slug"]))


def _bmlt(world: World, folder: Path) -> FileAccount:
    rows = bmlt.sheet(world).rows()
    write_json(folder / "bmlt.json", {"meetings": [row.fields for row in rows], "formats": bmlt.formats()})
    return FileAccount("bmlt.json", "bmlt", rows, lambda row: str(row["id_bigint"]))


def _findtreatment(world: World, folder: Path) -> FileAccount:
    rows = findtreatment.sheet(world).rows()
    write_json(folder / "findtreatment.json", findtreatment.answer(rows))
    return FileAccount(
        "findtreatment.json", "findtreatment", rows, lambda row: f"{row['name1']}, {row['street1']}"
    )


def _orservices(world: World, folder: Path) -> FileAccount:
    rows = orservices.sheet(world).rows()
    (folder / "orservices").mkdir(exist_ok=True)
    found = orservices.tables(world, [row.fields for row in rows])
    for name, columns in ORSERVICES_COLUMNS.items():
        write_csv(folder / "orservices" / f"{name}.csv", columns, found[name], quote_all=True)
    return FileAccount("orservices", "orservices", rows, lambda row: str(row["id"]))


def _sober_homes(world: World, folder: Path) -> FileAccount:
    rows = homes.sheet(world).rows()
    write_csv(folder / "sober_homes.csv", homes.COLUMNS, [row.fields for row in rows])
    return FileAccount("sober_homes.csv", "csv", rows, lambda row: f"{row['name']}, {row['address']}")


def _vocational_programs(world: World, folder: Path) -> FileAccount:
    rows = vocational.sheet(world).rows()
    write_csv(folder / "vocational_programs.csv", vocational.COLUMNS, [row.fields for row in rows])
    return FileAccount(
        "vocational_programs.csv",
        "csv",
        rows,
        lambda row: f"{row['program']}, {row['provider']}, {row['address']}",
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Writes an invented metropolitan area in real formats.")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write into")
    parser.add_argument("--seed", type=int, required=True, help="the same seed gives the same bytes")
    parser.add_argument(
        "--scale", type=_scale, default=1.0, help="how many times the usual rows, from 1 (default 1)"
    )
    parser.add_argument(
        "--today", type=date.fromisoformat, default=None, help="YYYY-MM-DD (default: today, UTC)"
    )
    return parser.parse_args()


def _scale(text: str) -> float:
    scale = float(text)
    if not scale >= 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return scale
