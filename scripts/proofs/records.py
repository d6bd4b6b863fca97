"""Looking into the databases of a running system from outside, past the services."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    String,
    column,
    create_engine,
    delete,
    func,
    inspect,
    select,
    table,
)

from aftercare_platform.sql import driver

_BUSY_SECONDS: Final = 10.0

Wanted = str | None
"""What a column must hold; None is NULL."""


def count(database: Path, name: str, **wanted: Wanted) -> int:
    """How many rows of a table hold this."""
    with _opened(database) as connection:
        statement = select(func.count()).select_from(table(name)).where(*_conditions(wanted))
        return int(connection.execute(statement).scalar_one())


def values(database: Path, name: str, of: str) -> list[str]:
    """What one column holds."""
    with _opened(database) as connection:
        found = connection.execute(select(column(of, String)).select_from(table(name)))
        return [str(row[0]) for row in found]


def remove(database: Path, name: str, **wanted: Wanted) -> int:
    """Remove the rows that hold this, behind the service's back; how many."""
    with _opened(database) as connection:
        return connection.execute(delete(table(name)).where(*_conditions(wanted))).rowcount


def fingerprints(database: Path, *, besides: frozenset[str]) -> dict[str, str]:
    """A checksum of every table's rows, in any order, except the tables named."""
    with _opened(database) as connection:
        names = [name for name in inspect(connection).get_table_names() if name not in besides]
        return {name: _fingerprint(connection, name) for name in names}


def _fingerprint(connection: Connection, name: str) -> str:
    columns: list[ColumnClause[Any]] = [column(one["name"]) for one in inspect(connection).get_columns(name)]
    rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns).select_from(table(name))))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _conditions(wanted: dict[str, Wanted]) -> list[ColumnElement[bool]]:
    return [
        column(name).is_(None) if value is None else column(name) == value for name, value in wanted.items()
    ]


@contextmanager
def _opened(database: Path) -> Iterator[Connection]:
    driver.check_library(driver.library_in_use())
    engine = create_engine(f"sqlite:///{database}", connect_args={"timeout": _BUSY_SECONDS})
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
