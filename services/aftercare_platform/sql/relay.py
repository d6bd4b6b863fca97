"""The relay: takes events from the outbox to the stream, each aggregate's in order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col

from aftercare_platform.bus.backoff import backoff
from aftercare_platform.bus.connection import BrokerAway, Bus
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.leases import LeaseHolder
from aftercare_platform.sql.tables import OutboxRow

BATCH: Final = 256
"""How many rows are read at a time; bounds what the relay holds in memory."""

POLL: Final = timedelta(milliseconds=200)
"""How often the outbox is read when no commit wakes the relay."""

_UNSENT: Final = (
    select(OutboxRow.__table__)  # type: ignore[attr-defined]
    .where(col(OutboxRow.published_at).is_(None))
    .order_by(col(OutboxRow.seq))
    .limit(BATCH)
)
# By the flag, never "seq greater than the last one sent": a row with a lower number may be committed later.
_MARK: Final = (
    update(OutboxRow.__table__)  # type: ignore[attr-defined]
    .where(col(OutboxRow.seq) == bindparam("sent_seq"))
    .values(published_at=bindparam("sent_at"), stream_sequence=bindparam("sent_sequence"))
)

log = structlog.get_logger(__name__)


class Relay:
    """Publishes the outbox of one database; of several relays on it, the holder of the lease works.

    A row is marked after the broker has confirmed it; without a confirmation it is published again
    with the same id, and readers know it by that. Within an aggregate, nothing overtakes.
    """

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._lease = LeaseHolder(database, "relay")

    async def run(self) -> None:
        """Publish until cancelled; outlives every outage of the broker and of the database's lock."""
        failures = 0
        try:
            while True:
                self._database.outbox_filled.clear()
                try:
                    is_more = await self._lease.holds() and await self._publish_batch()
                    failures = 0
                except (BrokerAway, DBAPIError, PoolTimeout) as error:
                    failures += 1
                    log.warning("relay_waits", attempt=failures, error_type=type(error).__name__)
                    wait = backoff(failures, first=POLL, longest=timedelta(seconds=2))
                    await asyncio.sleep(wait.total_seconds())
                    continue
                if not is_more:
                    await self._wait()
        finally:
            with suppress(DBAPIError, PoolTimeout):
                await self._lease.release()

    async def flush(self, within: timedelta) -> bool:
        """Wait until nothing is left to publish, at most this long; whether that came to pass.

        For a drain: `run` must still be running.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                while await self.count_unsent():
                    self._database.outbox_filled.set()
                    await asyncio.sleep(0.02)
                return True
        return False

    async def count_unsent(self) -> int:
        """How many events wait to be published."""
        unsent = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.published_at).is_(None))
        async with self._database.reader.connect() as connection:
            return (await connection.execute(unsent)).scalar_one()

    async def _publish_batch(self) -> bool:
        """Publish what waits, up to `BATCH` rows; whether there may be more. BrokerAway if not all went."""
        async with self._database.reader.connect() as connection:
            rows = (await connection.execute(_UNSENT)).all()
        lanes: dict[str, list[Row[Any]]] = {}
        for row in rows:
            lanes.setdefault(row.subject, []).append(row)
        sent = [
            pair for lane in await asyncio.gather(*map(self._publish_lane, lanes.values())) for pair in lane
        ]
        await self._mark(sent)
        if len(sent) < len(rows):
            raise BrokerAway
        return len(rows) == BATCH

    async def _publish_lane(self, rows: Sequence[Row[Any]]) -> list[tuple[int, int]]:
        """Publish one aggregate's events in order until one fails; (seq, stream sequence) of those sent."""
        sent = []
        for row in rows:
            try:
                sent.append((row.seq, await self._bus.publish(_envelope(row))))
            except BrokerAway:
                break
        return sent

    async def _mark(self, sent: Sequence[tuple[int, int]]) -> None:
        if not sent:
            return
        now = self._database.clock.now()
        marks = [{"sent_seq": seq, "sent_at": now, "sent_sequence": sequence} for seq, sequence in sent]
        async with self._database.writer.begin() as connection:
            await connection.execute(_MARK, marks)

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL.total_seconds()):
                await self._database.outbox_filled.wait()


def _envelope(row: Row[Any]) -> Envelope:
    return Envelope(
        event_id=row.event_id,
        type=row.type,
        subject=row.subject,
        aggregate_id=row.aggregate_id,
        version=row.version,
        occurred_at=row.occurred_at.astimezone(UTC),
        traceparent=row.traceparent,
        body=row.body,
    )
