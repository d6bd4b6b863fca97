"""A database is brought to the newest revision, whole or not at all."""

from __future__ import annotations

import asyncio
import importlib
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import text
from sqlmodel import Field, SQLModel

from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.sql.columns import UtcDateTime
from aftercare_platform.sql.engine import open_database
from aftercare_platform.sql.migrate import MigrationsMissing, check, pending, upgrade, write_revision
from support.sqlite import url_of


class Visit(SQLModel, table=True):
    __tablename__ = "test_visit"
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    note: str | None = None


class Guest(SQLModel, table=True):
    __tablename__ = "test_guest"
    id: str = Field(primary_key=True)
    visit_id: str = Field(foreign_key="test_visit.id")


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The migrations of a service made for this test, which has one table as yet."""
    package = f"sample_{tmp_path.name}"
    folder = tmp_path / package / "migrations"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module(f"{package}.migrations")
    module.TABLES = (Visit,)
    return module


def package_of(service: ModuleType) -> str:
    return service.__name__.partition(".")[0]


def versions_of(service: ModuleType) -> Path:
    return Path(str(service.__file__)).parent / "versions"


async def tables_in(url: str) -> set[str]:
    async with open_database(url, clock=SystemClock()) as database, database.reader.connect() as connection:
        found = await connection.execute(text("select name from sqlite_master where name like 'test_%'"))
        return {row.name for row in found}


async def test_revisions_lead_from_nothing_to_the_tables_in_code(service, tmp_path):
    url, package = url_of(tmp_path / "new" / "sample.db"), package_of(service)
    await write_revision(package, "First tables")
    await upgrade(url, package)
    assert not await pending(url, package)
    assert await check(url, package) == []
    assert stat.S_IMODE((tmp_path / "new" / "sample.db").stat().st_mode) == 0o600

    service.TABLES = (Visit, Guest)
    assert [difference for difference in await check(url, package) if "test_guest" in difference]
    await write_revision(package, "Visits have guests")
    assert await pending(url, package)
    await upgrade(url, package)
    await upgrade(url, package)
    assert await check(url, package) == []
    assert await tables_in(url) == {"test_visit", "test_guest"}


@pytest.mark.fault("KILL-11")
async def test_a_revision_that_fails_leaves_the_schema_as_it_was(service, tmp_path):
    url = url_of(tmp_path / "sample.db")
    await write_revision(package_of(service), "First tables")
    await upgrade(url, package_of(service))
    [first] = (versions_of(service)).glob("*.py")
    revision = next(
        line.split("=")[1].strip().strip("'\"")
        for line in first.read_text().splitlines()
        if line.startswith("revision")
    )
    (versions_of(service) / "second.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = 'second'\ndown_revision = '{revision}'\n"
        "def upgrade():\n"
        "    op.create_table('test_half', sa.Column('id', sa.String))\n"
        "    raise ZeroDivisionError\n"
    )
    with pytest.raises(ZeroDivisionError):
        await upgrade(url, package_of(service))
    assert await tables_in(url) == {"test_visit"}
    assert await pending(url, package_of(service))


async def test_two_starts_at_once_wait_for_each_other(service, tmp_path):
    url = url_of(tmp_path / "sample.db")
    await write_revision(package_of(service), "First tables")
    await asyncio.gather(*(upgrade(url, package_of(service)) for _ in range(3)))
    assert await check(url, package_of(service)) == []


async def test_a_package_without_migrations_is_named(tmp_path):
    with pytest.raises(MigrationsMissing, match="aftercare_platform"):
        await upgrade(url_of(tmp_path / "x.db"), "aftercare_platform")


def test_the_developers_command_says_how_it_is_used():
    asked = subprocess.run(
        [sys.executable, "-m", "aftercare_platform.sql.migrate"], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 2
    assert "usage" in asked.stderr
