"""Leases: who runs a task that may run only once per database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col

from aftercare_platform.kernel.ids import new_id
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.tables import Lease

TERM: Final = timedelta(seconds=3)
"""How long a lease lasts unless renewed; so long a task pauses when its holder was killed."""


class LeaseHolder:
    """One candidate for a lease, under a name of its own."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._holder = new_id()
        self._renew_at: datetime | None = None

    async def holds(self) -> bool:
        """Take or renew the lease if it is free or ours; whether it is ours now.

        Cheap to ask often: the database is asked at most three times a term.
        """
        now = self._database.clock.now()
        if self._renew_at is not None and self._renew_at - TERM / 3 <= now < self._renew_at:
            return True
        self._renew_at = now + TERM / 3 if await self._take(now) else None
        return self._renew_at is not None

    async def release(self) -> None:
        """Give the lease up, so that the next holder need not wait for its end."""
        mine = (col(Lease.name) == self._name, col(Lease.holder) == self._holder)
        async with self._database.writer.begin() as connection:
            await connection.execute(delete(Lease).where(*mine))
        self._renew_at = None

    async def _take(self, now: datetime) -> bool:
        row = {"name": self._name, "holder": self._holder, "expires_at": now + TERM}
        is_free = or_(col(Lease.holder) == self._holder, col(Lease.expires_at) <= now)
        take = update(Lease).where(col(Lease.name) == self._name, is_free).values(**row)
        insert = postgresql_insert if self._database.writer.dialect.name == "postgresql" else sqlite_insert
        async with self._database.writer.begin() as connection:
            if (await connection.execute(take)).rowcount:
                return True
            made = await connection.execute(insert(Lease).values(**row).on_conflict_do_nothing())
            return made.rowcount == 1
