"""Imported rows per second, against bare inserts of as many rows into the same kind of database.

The import is the real one: a Meeting Guide feed read from disk, parsed, compared with what is known,
stored with facts, history, change log and events, in transactions as large as the service makes them,
synchronous FULL. Then the same feed again (nothing changes), once more with every time moved (everything
does), and back, while somebody else writes every few milliseconds: how long do they wait? The other side
writes one plain row per feed row with `executemany`, in transactions of the same size.

    python scripts/bench/import_rows.py [--rows 20000]
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import random
import resource
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, BinaryIO

from aftercare_directory.settings import DirectorySettings
from aftercare_directory.sources.feed import SourceFile
from aftercare_directory.storage.records import SqlTransactions
from aftercare_directory.usecases.importing.running import ImportEnd, ImportOrder, import_listings
from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.sql.engine import open_database
from aftercare_platform.sql.migrate import upgrade
from aftercare_platform.sql.work import SqlWork

BATCH: int = DirectorySettings.model_fields["import_batch_rows"].default
PAUSE_SECONDS = 0.02
"""How long the other writer rests between two of its transactions."""
TYPES = ("O", "C", "D", "BE", "ST", "X", "W", "M", "S", "LGBTQ", "MED", "SP")
SEED = 7


def write_feed(path: Path, rows: int, *, hour: int) -> None:
    """A feed of so many meetings in Washington, three to a church, forty entities."""
    chance = random.Random(SEED)
    path.write_text(json.dumps([meeting(number, hour, chance) for number in range(rows)]))


def meeting(number: int, hour: int, chance: random.Random) -> dict[str, object]:
    """One row."""
    return {
        "slug": f"meeting-{number}",
        "name": f"Group {number}",
        "day": number % 7,
        "time": f"{hour:02}:{number % 60:02}",
        "end_time": f"{hour + 1:02}:{number % 60:02}",
        "types": chance.sample(TYPES, 4),
        "notes": "Ring at the side door. Coffee before the meeting.",
        "location": f"Church {number // 3}",
        "address": f"{number // 3} Main St",
        "city": "Washington",
        "state": "DC",
        "postal_code": "20001",
        "latitude": round(38.91 + chance.uniform(-0.05, 0.05), 5),
        "longitude": round(-77.02 + chance.uniform(-0.05, 0.05), 5),
        "entity": f"Intergroup {number % 40}",
        "entity_phone": f"202-555-{number % 40:04}",
        "updated": "2026-10-01 12:00:00",
    }


class WrongAccountError(RuntimeError):
    """The import did something else than what is measured."""


async def seconds_to_import(path: Path, work: SqlWork, *, verdict: str, dry_run: bool = False) -> float:
    """How long one import takes; all of its rows must come to the verdict."""
    order = ImportOrder("meeting_guide", "bench", dry_run=dry_run)

    def reopen() -> BinaryIO:
        return path.open("rb")

    files = [SourceFile(path.name, reopen)]
    news = import_listings(
        order, files, caller=Caller(service="bench"), work=SqlTransactions(work), batch_rows=BATCH
    )
    started = time.perf_counter()
    verdicts: set[str] = set()
    async for each in news:
        if isinstance(each, ImportEnd):
            verdicts = {str(key) for key, count in each.account.counts.items() if count}
    seconds = time.perf_counter() - started
    if verdicts != {verdict}:
        raise WrongAccountError(str(verdicts))
    return seconds


async def waits_beside(importing: Awaitable[float], work: SqlWork) -> list[float]:
    """How long another writer of the same process waits for its turn beside an import: seconds, sorted."""
    running = asyncio.ensure_future(importing)
    waits = []
    while not running.done():
        started = time.perf_counter()
        async with work.write(Caller(service="bench"), action="wait"):
            waits.append(time.perf_counter() - started)
        await asyncio.sleep(PAUSE_SECONDS)
    await running
    return sorted(waits)


def seconds_to_insert(folder: Path, rows: int) -> float:
    """How long the bare side takes: the same feed's rows as one JSON text each, by the same SQLite."""
    sqlite3: Any = importlib.import_module("pysqlite3")
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = full")
    connection.execute("CREATE TABLE meeting (id TEXT PRIMARY KEY, name TEXT, zip TEXT, document TEXT)")
    chance = random.Random(SEED)
    values = []
    for number in range(rows):
        row = meeting(number, 19, chance)
        values.append((row["slug"], row["name"], row["postal_code"], json.dumps(row)))
    started = time.perf_counter()
    for start in range(0, rows, BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO meeting VALUES (?, ?, ?, ?)", values[start : start + BATCH])
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


async def measure(folder: Path, rows: int) -> tuple[dict[str, float], list[float]]:
    """Seconds by what was done, and how long another writer waited, sorted."""
    before, after = folder / "before.json", folder / "after.json"
    write_feed(before, rows, hour=19)
    write_feed(after, rows, hour=20)
    url = f"sqlite+aiosqlite:///{folder / 'directory.sqlite'}"
    await upgrade(url, "aftercare_directory")
    clock = SystemClock()
    found = {}
    async with open_database(url, clock=clock) as database:
        work = SqlWork(database, clock, service="directory")
        found["dry run"] = await seconds_to_import(before, work, verdict="created", dry_run=True)
        found["import, all new"] = await seconds_to_import(before, work, verdict="created")
        found["import again, nothing new"] = await seconds_to_import(before, work, verdict="unchanged")
        found["import, every row changed"] = await seconds_to_import(after, work, verdict="updated")
        waits = await waits_beside(seconds_to_import(before, work, verdict="updated"), work)
    found["bare executemany"] = seconds_to_insert(folder, rows)
    return found, waits


def main() -> None:
    """Measure, print a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        found, waits = asyncio.run(measure(Path(folder), rows))
    bare = found["bare executemany"]
    print(f"{'':28} {'rows/s':>10} {'us/row':>8} {'of bare':>9}")
    for what, seconds in found.items():
        print(f"{what:28} {rows / seconds:10,.0f} {seconds / rows * 1e6:8.0f} {bare / seconds:9.4f}")
    p99, worst = (round(1000 * waits[at]) for at in (int(len(waits) * 0.99), -1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"another writer waits {p99} ms (p99 of {len(waits)}), {worst} ms at most; peak memory {peak} MB")
    figure = {
        "figure": "import_rows",
        "rows": rows,
        "batch_rows": BATCH,
        "rows_per_second": {what: round(rows / seconds) for what, seconds in found.items()},
        "ratio": round(bare / found["import, all new"], 5),
        "writer_wait_p99_ms": p99,
        "writer_wait_worst_ms": worst,
        "peak_megabytes": peak,
    }
    print(json.dumps(figure))


if __name__ == "__main__":
    main()
