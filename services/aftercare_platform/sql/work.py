"""Units of work: one transaction, one moment, one caller, one program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar

import structlog
from google.protobuf.message import Message
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.sql.audit import append_audit
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.faults import faults_named
from aftercare_platform.sql.outbox import outbox_values
from aftercare_platform.sql.tables import OutboxRow
from aftercare_platform.sql.tenancy import ProgramScope, ScopedSession, UnitSession, open_session

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


class Sealer(Protocol):
    """Closes what is stored for replay, where a service's replies may hold a client's data."""

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """The bytes to store; they open only together with `bound_to`."""
        ...

    def unseal(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """The bytes that were sealed."""
        ...


class Unsealed:
    """Stores replies as they are: for services whose replies hold nothing about a person."""

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """The same bytes."""
        return plain

    def unseal(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """The same bytes."""
        return sealed


class Unit:
    """One transaction under way. Made by `SqlWork`, used by one task, gone at the end of its `with`."""

    def __init__(
        self,
        session: UnitSession,
        *,
        caller: Caller,
        now: datetime,
        service: str,
        sealer: Sealer,
        scope: ProgramScope,
    ) -> None:
        self.session = session
        self.caller = caller
        self.now = now
        self.service = service
        self.sealer = sealer
        self.touched: set[str] = set()
        self._scope = scope
        self._events = 0
        self._after_commit: list[Callable[[], None]] = []

    @property
    def program_id(self) -> str:
        """The program this unit sees; raises `ProgramNotEntered` while there is none."""
        return self._scope.required()

    @property
    def entered_program(self) -> str | None:
        """The program this unit sees, or None while there is none."""
        return self._scope.program_id

    @property
    def has_events(self) -> bool:
        """Whether an event was recorded."""
        return self._events > 0

    def enter_program(self, program_id: str) -> None:
        """See one program, for callers who belong to none (services, agencies).

        A member may only "enter" the program they are signed in to: any other is `NotFound`, as what
        is foreign and what is absent look the same. A unit sees one program: a second one raises
        `ProgramAlreadyEntered`.
        """
        self._scope.enter(program_id)

    def record(self, event: Message, *, aggregate_type: str, aggregate_id: str, version: int) -> str:
        """Store an event beside the change it tells of; the relay publishes it after the commit.

        Its subject becomes `evt.<service>.<aggregate_type>.<aggregate_id>`; the id returned is the
        event's, and its Nats-Msg-Id. `version` counts from 1 and may be used once per aggregate; where
        readers use the inbox, each version of the aggregate must be recorded, without gaps. Raises
        ValueError for a subject token with other characters than letters, digits, `-` and `_`, and
        for a body larger than `MAXIMUM_BODY_BYTES`.
        """
        values = self._outbox_values(event, aggregate_type, aggregate_id, version)
        self.session.add(OutboxRow(**values))
        self._events += 1
        return str(values["event_id"])

    async def record_all(self, events: Iterable[tuple[Message, str, int]], *, aggregate_type: str) -> None:
        """Store many events (event, aggregate id, version) of one type of aggregate, in order, in one piece.

        As `record`, and measured nine times as fast for hundreds: the mapped class inserts one by one.
        """
        rows = [self._outbox_values(event, aggregate_type, id_, version) for event, id_, version in events]
        if rows:
            await self.session.execute(insert(OutboxRow.__table__), rows)  # type: ignore[attr-defined]
            self._events += len(rows)

    def _outbox_values(
        self, event: Message, aggregate_type: str, aggregate_id: str, version: int
    ) -> dict[str, Any]:
        return outbox_values(
            event,
            service=self.service,
            aggregate_type=aggregate_type,
            aggregate_id=aggregate_id,
            version=version,
            at=self.now,
        )

    def touch(self, object_type: str, object_id: str) -> None:
        """Note an object for the audit entry of this unit."""
        self.touched.add(f"{object_type}:{object_id}")

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call this once the commit is done; it must not fail, and is not called when the unit fails."""
        self._after_commit.append(callback)

    def run_after_commit(self) -> None:
        """Run what was left for after the commit; called by `SqlWork`."""
        for callback in self._after_commit:
            try:
                callback()
            except Exception as error:  # noqa: BLE001 -- the commit stands; this may not undo the reply
                log.error("after_commit_failed", error_type=type(error).__name__)


class SqlWork:
    """Opens units of work on one database."""

    def __init__(
        self, database: Database, clock: Clock, *, service: str, sealer: Sealer | None = None
    ) -> None:
        """`service` ("referral") names the service in subjects and audit entries."""
        self._database = database
        self._clock = clock
        self._service = service
        self._sealer = sealer or Unsealed()

    @asynccontextmanager
    async def write(self, caller: Caller, *, action: str = "", request_ref: str = "") -> AsyncIterator[Unit]:
        """One transaction that commits when the block ends and rolls back when it raises.

        With an `action`, one audit entry (allowed) is appended to it. The commit runs to its end even
        when the caller is cancelled meanwhile; the relay is woken after it. Fails with `Unavailable`
        when the database stays locked, `StorageFull` when the disk is full, `Stale` when a row's
        version has moved on.
        """
        async with self._unit(caller, self._database.writer) as unit:
            await begin(unit.session)
            yield unit
            if action:
                append_audit(unit, action, allowed=True, request_ref=request_ref)
            await uncancelled(self._commit(unit))

    @asynccontextmanager
    async def read(self, caller: Caller) -> AsyncIterator[Unit]:
        """One consistent view of the database; a write within it fails."""
        async with self._unit(caller, self._database.reader) as unit:
            await begin(unit.session)
            yield unit
            await unit.session.flush()  # what was changed by mistake fails here, instead of vanishing

    async def deny(
        self, caller: Caller, action: str, *, objects: tuple[str, ...] = (), request_ref: str = ""
    ) -> None:
        """Append one audit entry (denied), in a transaction of its own."""
        async with self.write(caller) as unit:
            append_audit(unit, action, allowed=False, objects=objects, request_ref=request_ref)

    @asynccontextmanager
    async def _unit(self, caller: Caller, engine: AsyncEngine) -> AsyncIterator[Unit]:
        scope = ProgramScope(caller.program_id)
        session = open_session(engine, scope)
        unit = Unit(
            session,
            caller=caller,
            now=self._clock.now(),
            service=self._service,
            sealer=self._sealer,
            scope=scope,
        )
        try:
            with faults_named():
                yield unit
        finally:
            await uncancelled(session.close())  # rolls back what was not committed

    async def _commit(self, unit: Unit) -> None:
        await unit.session.commit()
        unit.run_after_commit()
        if unit.has_events:
            self._database.outbox_filled.set()


async def begin(session: UnitSession) -> None:
    """Start the transaction now, so that waiting for the write lock happens here and nowhere else."""
    await session.run_sync(ScopedSession.begin_now)  # type: ignore[arg-type]


async def uncancelled(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end even when cancelled meanwhile; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    cancellation: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancellation = error
    result = task.result()
    if cancellation is not None:
        raise cancellation
    return result
