"""Followers: readers without a database, who keep what they have seen in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext

from aftercare_platform.bus.backoff import backoff
from aftercare_platform.bus.connection import AWAY, Bus
from aftercare_platform.bus.consumer import FETCH_SECONDS
from aftercare_platform.bus.envelope import Envelope, MalformedEvent, envelope_of

BATCH: Final = 256
IDLE_SECONDS: Final = 60
"""After this long without a fetch from us, the broker forgets our consumer."""

log = structlog.get_logger(__name__)


class StreamRewound(RuntimeError):
    """The stream ends before the place reached, so it was made anew: fill from the owner again."""


class Follower:
    """Applies every event of one stream from a sequence on, in stream order, for this process alone.

    Meant for whole-state events, where a higher version wins: after an outage it goes on behind the
    last event applied, and `apply` may see an event twice. `start_sequence` is the first event wanted
    (0 and 1 are the beginning); the sequence an export names may be given as it is.
    """

    def __init__(
        self, bus: Bus, stream: str, start_sequence: int, apply: Callable[[Envelope], Awaitable[None]]
    ) -> None:
        self._bus = bus
        self._stream = stream
        self._apply = apply
        self.position = max(start_sequence, 1) - 1
        """The sequence of the last event applied."""

    async def run(self) -> None:
        """Follow until cancelled; outlives every outage of the broker.

        Raises `StreamRewound` when the stream was made anew, and whatever `apply` raises: a copy that
        missed an event is wrong, so its owner must fill it again.
        """
        outages = 0
        while True:
            try:
                subscription = await self._subscribe()
                outages = 0
                await self._read(subscription)
            except AWAY as error:
                outages += 1
                log.warning("follower_waits", stream=self._stream, error_type=type(error).__name__)
                wait = backoff(outages, first=timedelta(milliseconds=50), longest=timedelta(seconds=1))
                await asyncio.sleep(wait.total_seconds())

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        jetstream = self._bus.jetstream
        state = (await jetstream.stream_info(self._stream)).state
        if state.last_seq < self.position:
            raise StreamRewound
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.position + 1,
            inactive_threshold=IDLE_SECONDS,
            mem_storage=True,
        )
        info = await jetstream.add_consumer(self._stream, config)
        return await jetstream.pull_subscribe_bind(consumer=info.name, stream=self._stream)

    async def _read(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            while True:
                messages = await self._fetch(subscription)
                for message in messages:
                    await self._take(message)
        finally:
            with suppress(*AWAY):
                await subscription.unsubscribe()

    async def _fetch(self, subscription: JetStreamContext.PullSubscription) -> list[Msg]:
        try:
            return await subscription.fetch(BATCH, timeout=FETCH_SECONDS)
        except nats.errors.TimeoutError:
            await subscription.consumer_info()  # raises when a restarted broker no longer knows our consumer
            return []

    async def _take(self, message: Msg) -> None:
        sequence = message.metadata.sequence.stream
        try:
            event = envelope_of(message)
        except MalformedEvent:
            log.error("event_malformed", stream=self._stream, subject=message.subject)
        else:
            await self._apply(event)
        self.position = sequence
