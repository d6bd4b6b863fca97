"""Retention: what was kept for repeats and for catching up goes when nothing can ask for it any more."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Delete, delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col

from aftercare_platform.bus.streams import MAX_AGE
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.idempotency import KEPT_FOR
from aftercare_platform.sql.tables import IdempotencyRecord, InboxRow, OutboxRow

EVERY: Final = timedelta(hours=1)
"""How often old rows are looked for."""

log = structlog.get_logger(__name__)


class Retention:
    """Deletes published events, stored replies and inbox rows past their time; never an audit entry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """Delete what is old, now and every hour, until cancelled."""
        while True:
            try:
                await self.forget_old()
            except (DBAPIError, PoolTimeout) as error:
                log.warning("retention_waits", error_type=type(error).__name__)
            await asyncio.sleep(EVERY.total_seconds())

    async def forget_old(self) -> None:
        """Delete what is old now."""
        for statement in _statements(self._database.clock.now()):
            async with self._database.writer.begin() as connection:
                await connection.execute(statement)


def _statements(now: datetime) -> tuple[Delete, ...]:
    return (
        delete(OutboxRow).where(col(OutboxRow.published_at) < now - MAX_AGE),  # an unsent one stays
        delete(IdempotencyRecord).where(col(IdempotencyRecord.stored_at) < now - KEPT_FOR),
        # The stream may hold an event for as long after the outbox last could publish it again.
        delete(InboxRow).where(col(InboxRow.received_at) < now - 2 * MAX_AGE),
    )
