"""The one loop that takes what is due, each in a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, delete, select, update

from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.errors import AftercareError
from aftercare_platform.logging import failure
from aftercare_platform.sql.leases import LeaseHolder
from aftercare_platform.sql.work import SqlWork, Unit
from aftercare_referral.clock.setting import ClockKind
from aftercare_referral.clock.tables import ClockEntry

TICK: Final = timedelta(seconds=1)
BATCH: Final = 100
LONGEST_WAIT: Final = timedelta(minutes=5)
_CALLER: Final = Caller(service="referral")

Act = Callable[[Unit, str], Awaitable[None]]
"""What is done when something falls due: in the unit of its program, for the aggregate with this id."""

log = structlog.get_logger(__name__)


class ClockLoop:
    """Fires clock entries. Of several replicas, the holder of the lease works."""

    def __init__(self, work: SqlWork, lease: LeaseHolder, acts: Mapping[ClockKind, Act]) -> None:
        self._work = work
        self._lease = lease
        self._acts = acts

    async def run(self) -> None:
        """Fire until cancelled; a database that is locked is tried again at the next tick."""
        try:
            while True:
                try:
                    if not (await self._lease.holds() and await self.fire_due()):
                        await asyncio.sleep(TICK.total_seconds())
                except (AftercareError, DBAPIError) as error:
                    log.warning("clock_waits", **failure(error))
                    await asyncio.sleep(TICK.total_seconds())
        finally:
            with suppress(DBAPIError):
                await self._lease.release()

    async def fire_due(self) -> bool:
        """Fire what is due now, earliest first; whether there may be more."""
        async with self._work.read(_CALLER) as unit:
            due = select(ClockEntry).where(col(ClockEntry.due_at) <= unit.now)
            entries = (await unit.session.exec(due.order_by(col(ClockEntry.due_at)).limit(BATCH))).all()
        for entry in entries:
            await self._fire(entry)
        return len(entries) == BATCH

    async def _fire(self, entry: ClockEntry) -> None:
        try:
            async with self._work.write(_CALLER, action=f"clock:{entry.kind}") as unit:
                unit.enter_program(entry.program_id)
                # Taken and done in one transaction: an act whose entry is gone was done, or was called off.
                if await _take(unit, entry):
                    await self._acts[ClockKind(entry.kind)](unit, entry.aggregate_id)
        except Exception as error:  # noqa: BLE001 (one entry that fails must not stop the others)
            log.error("clock_failed", kind=entry.kind, aggregate=entry.aggregate_id, **failure(error))
            await self._postpone(entry)

    async def _postpone(self, entry: ClockEntry) -> None:
        wait = min(TICK * 2**entry.failures, LONGEST_WAIT)
        async with self._work.write(_CALLER) as unit:
            await unit.session.execute(
                update(ClockEntry)
                .where(col(ClockEntry.id) == entry.id)
                .values(due_at=unit.now + wait, failures=entry.failures + 1)
            )


async def _take(unit: Unit, entry: ClockEntry) -> bool:
    taken = await unit.session.execute(
        delete(ClockEntry).where(col(ClockEntry.id) == entry.id, col(ClockEntry.due_at) == entry.due_at)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]
