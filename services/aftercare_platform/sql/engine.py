"""Engines: one that writes, alone, and one that can only read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from aftercare_platform.kernel.clock import Clock
from aftercare_platform.sql import driver

BUSY_TIMEOUT_SECONDS: Final = 5
"""How long a writer waits for the write lock, and for the one connection that writes."""

READERS: Final = 4
"""How many units may read at once."""

_PRAGMAS: Final = {
    "busy_timeout": BUSY_TIMEOUT_SECONDS * 1000,
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: with NORMAL, commits of the last moments are lost in a power cut
    "foreign_keys": 1,
    "trusted_schema": 0,
}


class DatabaseMissing(RuntimeError):
    """The database file is not where the settings say; a service never starts on an empty one."""


class UnsupportedDatabase(RuntimeError):
    """The address names no database file that is served here."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Units of work are opened by `SqlWork`; the engines are for this package."""

    url: str
    clock: Clock
    writer: AsyncEngine
    reader: AsyncEngine
    outbox_filled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by each commit that stored an event; the relay waits for it."""


@asynccontextmanager
async def open_database(url: str, *, clock: Clock) -> AsyncIterator[Database]:
    """Open the database at `url` (`sqlite+aiosqlite:///<path>`), which migrations have made before.

    Raises `DatabaseMissing` when there is no such file and `UnsafeSqlite` when the SQLite library is
    one that can corrupt a database.
    """
    path = file_of(url)
    if not path.is_file():
        raise DatabaseMissing(f"there is no database at {path}; run the migrations first")
    driver.check_library(driver.library_in_use())
    writer = open_engine(url, connections=1, begin="BEGIN IMMEDIATE")
    reader = open_engine(url, connections=READERS, begin="BEGIN", pragmas={"query_only": 1})
    try:
        async with reader.connect():  # a file that is no database fails here, not in the first call
            pass
        yield Database(url, clock, writer, reader)
    finally:
        await reader.dispose()
        await writer.dispose()  # last: closing the last connection moves the WAL into the file


def file_of(url: str) -> Path:
    """The file a SQLite address names; one in memory is refused, as two engines would not share it."""
    parsed = make_url(url)
    if parsed.drivername != "sqlite+aiosqlite" or not parsed.database or ":memory:" in parsed.database:
        raise UnsupportedDatabase(
            f"{parsed.drivername} is not served: give sqlite+aiosqlite:///<path of a file>"
        )
    return Path(parsed.database)


def open_engine(
    url: str, *, connections: int, begin: str, pragmas: dict[str, object] | None = None
) -> AsyncEngine:
    """An engine whose connections all carry the pragmas and whose transactions open with `begin`."""
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_SECONDS,
        hide_parameters=True,  # error texts must not carry what was being stored
    )
    wanted = {**_PRAGMAS, **(pragmas or {})}

    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 -- the driver has no types
        # The driver's own transactions begin at the first write, so a read before it is not part of
        # them: measured, 322 of 400 increments lost. We begin ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, value in wanted.items():
            cursor.execute(f"PRAGMA {name} = {value}")
            cursor.execute(f"PRAGMA {name}")
            if cursor.fetchone() != (value,):
                raise UnsupportedDatabase(f"SQLite did not take {name} = {value}")
        cursor.close()

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", set_up)
    event.listen(engine.sync_engine, "begin", start)
    return engine
