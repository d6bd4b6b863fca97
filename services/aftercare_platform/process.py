"""A service as a process: what every `main.py` opens, in one order, and closes in the reverse one.

async def serve() -> None:
    settings = DirectorySettings()
    async with open_process(settings, "directory", package="aftercare_directory") as process:
        await process.serve(RULES, [registration], answers=consumer.run())
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

import grpc.aio
import structlog

from aftercare_platform.access.keys import KeyRing, ServiceIdentity, load_identity
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.rules import Rules
from aftercare_platform.bus.connection import Bus, open_bus
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.bus.follow import Follower, StreamRewound
from aftercare_platform.bus.streams import check_streams, stream_of
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.logging import configure_logging
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.rpc.server import Registration, open_server, serving
from aftercare_platform.run import background, until_stopped
from aftercare_platform.settings import PlatformSettings
from aftercare_platform.sql.engine import Database, open_database
from aftercare_platform.sql.migrate import pending
from aftercare_platform.sql.relay import Relay
from aftercare_platform.sql.retention import Retention
from aftercare_platform.sql.work import Sealer, SqlWork

FLUSH: Final = timedelta(seconds=5)
"""How long a stopping process waits for its last events to be published."""

log = structlog.get_logger(__name__)


class MigrationsPending(RuntimeError):
    """The database is not at the revision that this code is written for; run `aftercare migrate`."""


@dataclass(frozen=True, slots=True)
class Record:
    """A service's own database, and the relay that publishes what it records."""

    database: Database
    work: SqlWork
    relay: Relay


@dataclass(frozen=True, slots=True)
class Process:
    """The open parts of one service's process."""

    settings: PlatformSettings
    name: str
    clock: Clock
    identity: ServiceIdentity
    keys: KeyRing
    bus: Bus
    revocations: Revocations
    _record: Record | None

    @property
    def record(self) -> Record:
        """The database and its relay; RuntimeError in a process that has none."""
        if self._record is None:
            raise RuntimeError(f"{self.name} keeps no record")
        return self._record

    def channel(self, to: str, address: str) -> grpc.aio.Channel:
        """A channel to another service, under this process's own name."""
        credentials = self.settings.channel_credentials()
        return open_channel(address, to=to, identity=self.identity, credentials=credentials)

    async def serve(
        self, rules: Rules, servicers: Sequence[Registration], **tasks: Coroutine[Any, Any, None]
    ) -> None:
        """Serve, with tasks running beside, until told to stop; then drain, and flush the outbox last."""
        record = self._record
        server = open_server(
            self.settings,
            name=self.name,
            rules=rules,
            servicers=servicers,
            work=record.work if record else None,
            keys=self.keys,
            clock=self.clock,
            revocations=self.revocations,
        )
        kept = {"relay": record.relay.run(), "retention": Retention(record.database).run()} if record else {}
        flush = partial(record.relay.flush, FLUSH) if record else None
        async with background(**kept, **tasks), serving(server, grace=self.settings.drain_grace, then=flush):
            await until_stopped()


@asynccontextmanager
async def open_process(
    settings: PlatformSettings,
    name: str,
    *,
    package: str | None = None,
    reads: Sequence[str] = (),
    sealer: Sealer | None = None,
) -> AsyncIterator[Process]:
    """Open what a service named `name` stands on.

    With a `package` it keeps a record: its database must be there and at the newest revision, else
    `DatabaseMissing` or `MigrationsPending`. The streams it publishes to and those of the services it
    `reads` must be as declared, else `StreamMissing` or `StreamDiffers`. `sealer` closes the replies
    that are kept for repeated calls.
    """
    configure_logging(name, level=settings.log_level)
    clock = settings.clock()
    async with AsyncExitStack() as stack:
        database = (
            await stack.enter_async_context(_database(settings, name, package, clock)) if package else None
        )
        bus = await stack.enter_async_context(open_bus(settings))
        await check_streams(bus, *{*([name] if database else []), *reads, "identity"})
        record = (
            Record(database, SqlWork(database, clock, service=name, sealer=sealer), Relay(database, bus))
            if database
            else None
        )
        revocations = Revocations()
        await stack.enter_async_context(_following_revocations(bus, revocations))
        yield Process(
            settings=settings,
            name=name,
            clock=clock,
            identity=load_identity(settings.keys_folder, name, clock=clock),
            keys=KeyRing(settings.keys_folder),
            bus=bus,
            revocations=revocations,
            _record=record,
        )


@asynccontextmanager
async def _database(
    settings: PlatformSettings, name: str, package: str, clock: Clock
) -> AsyncIterator[Database]:
    url = settings.database_of(name)
    async with open_database(url, clock=clock) as database:
        if await pending(url, package):
            raise MigrationsPending(f"the database of {name} is not at the newest revision")
        yield database


@asynccontextmanager
async def _following_revocations(bus: Bus, revocations: Revocations) -> AsyncIterator[None]:
    """Keep the set of revoked sessions; the block begins once it holds all that was revoked before."""
    stream = stream_of("identity")
    state = (await bus.jetstream.stream_info(stream)).state
    last = state.last_seq if state.messages else 0  # what has aged out is not told again
    caught_up = asyncio.Event()

    async def apply(event: Envelope) -> None:
        await revocations.apply(event)
        if event.stream_sequence >= last:
            caught_up.set()

    async def follow() -> None:
        while True:
            try:
                await Follower(bus, stream, 0, apply).run()
            except StreamRewound:  # what the old stream held is over, or is told anew
                log.warning("revocations_rewound", stream=stream)

    async with background(revocations=follow()):
        if last:
            await caught_up.wait()
        yield
