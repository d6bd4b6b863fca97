"""The SQLite library: the one that `pysqlite3` brings along, never the one of the host.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode when two connections write and checkpoint
at once (https://sqlite.org/wal.html#walresetbug). SQLAlchemy and aiosqlite both say `import sqlite3`,
so the module of that name is replaced before either of them is imported.
"""

from __future__ import annotations

import importlib
import sys
from typing import Final

OLDEST_SAFE_SQLITE: Final = (3, 51, 3)


class UnsafeSqlite(RuntimeError):
    """The SQLite library at hand can corrupt a database in WAL mode."""


def _install() -> None:
    library = importlib.import_module("pysqlite3")
    sys.modules["sqlite3"] = library
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")


def check_library(found: tuple[int, ...]) -> None:
    """Refuse a SQLite library older than `OLDEST_SAFE_SQLITE`; `found` is its version as numbers."""
    if found < OLDEST_SAFE_SQLITE:
        need, have = (".".join(map(str, version)) for version in (OLDEST_SAFE_SQLITE, found))
        raise UnsafeSqlite(
            f"SQLite {have} is in use, {need} or newer is needed: install the package pysqlite3"
        )


def library_in_use() -> tuple[int, ...]:
    """The version of the SQLite library that connections are really made with."""
    core = importlib.import_module("aiosqlite.core")
    version: tuple[int, ...] = core.sqlite3.sqlite_version_info
    return version


_install()
