"""The connection to the broker: it never gives up, and says little while it tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Protocol

import nats
import nats.errors
import nats.js.errors
import structlog
from nats.aio.client import Client
from nats.js.client import JetStreamContext

from aftercare_platform.bus.envelope import Envelope, headers_of

PUBLISH_TIMEOUT_SECONDS: Final = 2.0
RECONNECT_WAIT_SECONDS: Final = 0.2

AWAY: Final = (nats.errors.Error, nats.js.errors.Error, asyncio.TimeoutError, OSError)
"""What the client raises when the broker is away, restarting, or did not answer in time."""

log = structlog.get_logger(__name__)


class BusSettings(Protocol):
    """What the bus needs to know."""

    @property
    def nats_url(self) -> str:
        """Where the broker listens, such as nats://127.0.0.1:4222."""
        ...


class BrokerAway(ConnectionError):
    """The broker did not confirm: whether it has the event is unknown, so it is published again, same id."""


class Bus:
    """An open connection to the broker."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.jetstream: JetStreamContext = client.jetstream(timeout=PUBLISH_TIMEOUT_SECONDS)

    @property
    def is_connected(self) -> bool:
        """Whether the broker can be reached at this moment."""
        return self._client.is_connected

    async def publish(self, envelope: Envelope) -> int:
        """Publish and wait until the broker has stored it; its place in the stream.

        Raises `BrokerAway` without that confirmation. An event published before (by its id, within the
        stream's window) is not stored twice.
        """
        if not self.is_connected:
            raise BrokerAway  # the client would keep it and send it later, once for each of our tries
        try:
            ack = await self.jetstream.publish(
                envelope.subject, envelope.body, timeout=PUBLISH_TIMEOUT_SECONDS, headers=headers_of(envelope)
            )
        except AWAY as error:
            raise BrokerAway from error
        return ack.seq


@asynccontextmanager
async def open_bus(settings: BusSettings) -> AsyncIterator[Bus]:
    """Connect to the broker, waiting for it as long as it takes, and stay connected until the end."""
    client = await nats.connect(
        settings.nats_url,
        max_reconnect_attempts=-1,  # the default gives up after two minutes, for good
        reconnect_time_wait=RECONNECT_WAIT_SECONDS,
        error_cb=_on_error,
        disconnected_cb=_on_disconnect,
        reconnected_cb=_on_reconnect,
        ping_interval=20,
        max_outstanding_pings=2,
    )
    try:
        yield Bus(client)
    finally:
        await client.close()


async def _on_error(error: Exception) -> None:
    log.debug("broker_error", error_type=type(error).__name__)  # at each of endless tries: not a warning


async def _on_disconnect() -> None:
    log.warning("broker_lost")


async def _on_reconnect() -> None:
    log.info("broker_back")
