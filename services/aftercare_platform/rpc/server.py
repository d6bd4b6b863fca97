"""The one way to serve: a gRPC server whose every handler stands behind the chain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import grpc
import grpc.aio
import structlog
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health, health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckResponse

from aftercare_platform.access.keys import KeyRing
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.rules import Rules
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.rpc.chain import Chain
from aftercare_platform.rpc.channel import LARGEST_REPLY
from aftercare_platform.rpc.identity import Gatekeeper
from aftercare_platform.rpc.limits import Limits
from aftercare_platform.rpc.loopback import is_loopback
from aftercare_platform.rpc.methods import check_rules
from aftercare_platform.rpc.units import Units
from aftercare_platform.settings import PlatformSettings
from aftercare_platform.sql.work import SqlWork

log = structlog.get_logger(__name__)

Registration = tuple[Callable[[Any, Any], None], object, ServiceDescriptor]
"""The generated add_XServicer_to_server, the servicer, and the service's descriptor.

A streaming method takes its requests from the iterator and yields its replies.
"""

LARGEST_REQUEST: Final = 1 << 20
"""Bytes of one message that a server takes; a longer one answers RESOURCE_EXHAUSTED."""
LARGEST_METADATA: Final = 16 << 10

_OPTIONS: Final = (
    ("grpc.so_reuseport", 0),  # a second process on our port would otherwise get half of the calls, unseen
    ("grpc.max_receive_message_length", LARGEST_REQUEST),
    ("grpc.max_send_message_length", LARGEST_REPLY),
    ("grpc.max_metadata_size", LARGEST_METADATA),
    ("grpc.absolute_max_metadata_size", LARGEST_METADATA),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
)


class UnsafeListener(Exception):
    """A process was told to listen beyond loopback without TLS."""


class Server:
    """A server that has its port; `start` lets calls in, `drain` sees them out."""

    def __init__(
        self, server: grpc.aio.Server, port: int, services: Iterable[str], notice: timedelta
    ) -> None:
        self._server = server
        self._services = tuple(services)
        self._notice = notice
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        self.port = port

    async def start(self) -> None:
        """Let calls in and say that the server serves."""
        await self._server.start()
        await self.set_serving(ready=True)
        log.info("serving", port=self.port)

    async def set_serving(self, *, ready: bool) -> None:
        """Say in health whether this server can do its work; calls are let in either way."""
        status = HealthCheckResponse.SERVING if ready else HealthCheckResponse.NOT_SERVING
        for name in ("", *self._services):
            await self._health.set(name, status)

    async def drain(self, grace: timedelta) -> None:
        """Say "not serving", give notice, refuse new calls, wait for those in flight at most `grace`."""
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(self._notice.total_seconds())
        await self._server.stop(grace.total_seconds())
        log.info("drained", port=self.port)

    async def wait(self) -> None:
        """Until the server has stopped."""
        await self._server.wait_for_termination()


def open_server(
    settings: PlatformSettings,
    *,
    name: str,
    rules: Rules,
    servicers: Sequence[Registration],
    work: SqlWork | None,
    keys: KeyRing,
    clock: Clock,
    revocations: Revocations,
) -> Server:
    """A server on `settings.listen`, its port bound, not yet started.

    `name` is the service's own ("referral"): the audience of the tokens it takes. Each RPC of each
    servicer needs its rule and each rule its RPC, else `RuleTableError`; so nothing is served by
    accident. Listening beyond loopback without TLS is `UnsafeListener`.
    """
    descriptors = [descriptor for _, _, descriptor in servicers]
    methods = check_rules(rules, descriptors, has_work=work is not None)
    chain = Chain(
        methods,
        gatekeeper=Gatekeeper(name, keys=keys, clock=clock, revocations=revocations),
        limits=Limits(settings.maximum_calls, settings.maximum_calls_per_method),
        units=Units(work),
        call_deadline=settings.call_deadline,
        stream_deadline=settings.stream_deadline,
    )
    server = grpc.aio.server(interceptors=[chain], options=_OPTIONS)
    port = _bind(server, settings)
    for add_to_server, servicer, _ in servicers:
        add_to_server(servicer, server)
    return Server(server, port, [d.full_name for d in descriptors], settings.drain_notice)


@asynccontextmanager
async def serving(
    server: Server, *, grace: timedelta, then: Callable[[], Awaitable[object]] | None = None
) -> AsyncIterator[Server]:
    """The server, started; when the block ends, however it ends, it is drained, then `then` is awaited.

    `then` is what must happen after the last call and before anything closes: the relay's flush.
    """
    await server.start()
    try:
        yield server
    finally:
        await server.drain(grace)
        if then is not None:
            await then()


def _bind(server: grpc.aio.Server, settings: PlatformSettings) -> int:
    credentials = settings.server_credentials()
    if credentials is not None:
        return server.add_secure_port(settings.listen, credentials)
    if not is_loopback(settings.listen):
        raise UnsafeListener(f"{settings.listen} is not loopback: give a certificate and its key")
    return server.add_insecure_port(settings.listen)
