"""Migrations: Alembic, without a file of its own settings and with one environment for all services.

A service's migrations are a package, `<service package>.storage.migrations` or
`<service package>.migrations`, that holds `TABLES` (its SQLModel classes; the platform's are added)
and a folder `versions`. A developer writes the next revision with

    python -m aftercare_platform.sql.migrate aftercare_directory "Listings know their time zone"
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Final, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from aftercare_platform.kernel.errors import Unavailable
from aftercare_platform.sql.engine import file_of, open_engine
from aftercare_platform.sql.faults import faults_named
from aftercare_platform.sql.tables import metadata_for

_ENVIRONMENT: Final = Path(__file__).parent / "revisions"
PATIENCE: Final = timedelta(seconds=60)
"""How long one process waits for another that is upgrading the same database."""

Result = TypeVar("Result")


class MigrationsMissing(RuntimeError):
    """The package has no migrations where they are looked for."""


class BrokenReference(RuntimeError):
    """After a migration a row refers to one that is not there; the migration was undone."""


async def upgrade(url: str, package: str) -> None:
    """Bring the database at `url` to the newest revision, making the file if there is none.

    All of it or nothing: a process killed meanwhile leaves the old schema. Two that start at once
    wait for each other.
    """
    path = file_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)  # SQLite gives its WAL the same rights
    async with asyncio.timeout(PATIENCE.total_seconds()):
        while True:
            try:
                with faults_named():
                    await _on_connection(url, lambda connection: _upgrade(connection, _migrations(package)))
                return
            except Unavailable:  # a new file is switched to WAL at once or not at all: SQLite does not wait
                await asyncio.sleep(0.05)


async def pending(url: str, package: str) -> bool:
    """Whether the database's revision is another than the newest in code; a service then does not start."""
    return await _on_connection(url, lambda connection: _is_behind(connection, _migrations(package)))


async def check(url: str, package: str) -> list[str]:
    """What differs between the database and the tables in code, as text; empty when they agree."""
    return await _on_connection(url, lambda connection: _differences(connection, _migrations(package)))


async def write_revision(package: str, message: str) -> None:
    """Write the revision that leads from the newest one to the tables as they are in code."""
    migrations = _migrations(package)
    _versions(migrations).mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/scratch.db"

        def work(connection: Connection) -> None:
            _upgrade(connection, migrations)
            command.revision(_config(connection, migrations), message, autogenerate=True)

        await _on_connection(url, work)


def _upgrade(connection: Connection, migrations: ModuleType) -> None:
    command.upgrade(_config(connection, migrations), "head")
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise BrokenReference


def _is_behind(connection: Connection, migrations: ModuleType) -> bool:
    script = ScriptDirectory.from_config(_config(connection, migrations))
    return set(MigrationContext.configure(connection).get_current_heads()) != set(script.get_heads())


def _differences(connection: Connection, migrations: ModuleType) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [repr(difference) for difference in compare_metadata(context, _metadata(migrations))]


def _migrations(package: str) -> ModuleType:
    for name in (f"{package}.storage.migrations", f"{package}.migrations"):
        if find_spec(name.rpartition(".")[0]) and find_spec(name):
            return importlib.import_module(name)
    raise MigrationsMissing(f"{package} has neither storage.migrations nor migrations")


def _versions(migrations: ModuleType) -> Path:
    return Path(str(migrations.__file__)).parent / "versions"


def _metadata(migrations: ModuleType) -> MetaData:
    return metadata_for(migrations.TABLES)


def _config(connection: Connection, migrations: ModuleType) -> Config:
    config = Config(attributes={"connection": connection, "metadata": _metadata(migrations)})
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("version_locations", str(_versions(migrations)))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s")
    return config


async def _on_connection(url: str, work: Callable[[Connection], Result]) -> Result:
    # Foreign keys are off while tables are rebuilt (SQLite cannot switch within a transaction);
    # `_upgrade` checks every reference before the commit.
    engine = open_engine(url, connections=1, begin="BEGIN IMMEDIATE", pragmas={"foreign_keys": 0})
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def main(arguments: list[str]) -> int:
    """Write a revision: package, message."""
    match arguments:
        case [package, message]:
            asyncio.run(write_revision(package, message))
            return 0
    sys.stderr.write('usage: python -m aftercare_platform.sql.migrate <package> "<what changes>"\n')
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
