"""The database's own errors, named in our words; what has no name here is a defect and stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from aftercare_platform.kernel.errors import AftercareError, Exhausted, Stale, Unavailable

_BUSY = frozenset({"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED"})


class StorageFull(Exhausted):
    """There is no space left to store this: nothing was changed; free space, then try again."""


@contextmanager
def faults_named() -> Iterator[None]:
    """Turn a locked database into `Unavailable`, a full disk into `StorageFull`, a lost race into `Stale`."""
    try:
        yield
    except StaleDataError as error:
        raise Stale(what="record") from error
    except PoolTimeout as error:
        raise Unavailable(what="The database") from error
    except DBAPIError as error:
        named = _named(error)
        if named is None:
            raise
        raise named from error


def _named(error: DBAPIError) -> AftercareError | None:
    name = getattr(error.orig, "sqlite_errorname", "")
    if name in _BUSY:
        return Unavailable(what="The database")
    return StorageFull() if name == "SQLITE_FULL" else None
