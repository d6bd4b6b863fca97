"""A real SQLite database in a file of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import pytest_asyncio
from sqlmodel import SQLModel

from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.sql.engine import Database, open_database, open_engine
from aftercare_platform.sql.tables import metadata_for


def url_of(path: Path) -> str:
    """The address of a database file."""
    return f"sqlite+aiosqlite:///{path}"


async def create_tables(url: str, tables: Iterable[type[SQLModel]]) -> None:
    """Make a database with these tables and the platform's, without migrations."""
    engine = open_engine(url, connections=1, begin="BEGIN IMMEDIATE")
    async with engine.begin() as connection:
        await connection.run_sync(metadata_for(tables).create_all)
    await engine.dispose()


@pytest.fixture
def tables() -> Iterable[type[SQLModel]]:
    """The tables of the test's database beside the platform's; a test module overrides it."""
    return ()


@pytest_asyncio.fixture
async def database(tmp_path: Path, tables: Iterable[type[SQLModel]]) -> AsyncIterator[Database]:
    """An open database with `tables`, empty."""
    url = url_of(tmp_path / "test.db")
    await create_tables(url, tables)
    async with open_database(url, clock=SystemClock()) as opened:
        yield opened
