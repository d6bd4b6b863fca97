"""Durable readers: every event is handled at least once, and acknowledged after its effect is committed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final, Protocol

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext

from aftercare_platform.bus.backoff import backoff
from aftercare_platform.bus.connection import AWAY, Bus
from aftercare_platform.bus.decision import DONE, Decision, Park, Retry
from aftercare_platform.bus.envelope import Envelope, MalformedEvent, envelope_of
from aftercare_platform.kernel.errors import Unavailable

FETCH_SECONDS: Final = 2.0
"""How long one fetch waits; one that was under way when the broker restarted waits in vain to its end."""

BATCH: Final = 32
"""How many events are fetched, and at most handled, at once."""

ACK_WAIT: Final = timedelta(seconds=30)
"""After this long without a sign of life from us, the broker delivers an event again."""

MAX_TRIES: Final = 5
"""How often a handler may raise on one event before it is parked."""

log = structlog.get_logger(__name__)
Handler = Callable[[Envelope], Awaitable[Decision]]


class DeadLetters(Protocol):
    """Where events go that cannot be applied; `sql.dead_letters` keeps them in the service's database."""

    async def is_stopped(self, consumer: str, subject: str) -> bool:
        """Whether an earlier event of this aggregate lies here."""
        ...

    async def park(self, consumer: str, event: Envelope, reason: str) -> None:
        """Keep the event, once, however often it is given."""
        ...


class Consumer:
    """Reads one stream under a durable name, for all replicas of a service together.

    Events of one aggregate are handled in order, different aggregates at once. A handler that raises
    is tried again with growing waits; after `max_tries` its event is parked. With `dead_letters`, that
    stops its aggregate: later events of it are parked behind it, in order. Without (a service that has
    no database), a parked event is dropped and logged, so such a handler must settle its own failures
    (`Envelope.attempt` counts them). Filter by aggregate type, never by event type: the inbox needs
    every version.
    """

    def __init__(
        self,
        bus: Bus,
        stream: str,
        durable: str,
        filter_subject: str,
        handler: Handler,
        *,
        dead_letters: DeadLetters | None = None,
        max_tries: int = MAX_TRIES,
        ack_wait: timedelta = ACK_WAIT,
    ) -> None:
        self._bus = bus
        self._stream = stream
        self._durable = durable
        self._handler = handler
        self._dead_letters = dead_letters
        self._max_tries = max_tries
        self._ack_wait = ack_wait
        self._failures: Counter[str] = Counter()
        self._config = ConsumerConfig(
            durable_name=durable,
            filter_subject=filter_subject,
            ack_policy=AckPolicy.EXPLICIT,
            deliver_policy=DeliverPolicy.ALL,
            ack_wait=ack_wait.total_seconds(),
            max_deliver=-1,  # we count, not the broker: it would only stop delivering, and look healthy
        )

    async def run(self) -> None:
        """Read until cancelled; outlives every outage of the broker."""
        outages = 0
        while True:
            try:
                async with self._subscribed() as subscription:
                    outages = 0
                    while True:
                        await self._handle_batch(await _fetch(subscription))
            except AWAY as error:
                outages += 1
                log.warning("consumer_waits", durable=self._durable, error_type=type(error).__name__)
                wait = backoff(outages, first=timedelta(milliseconds=100), longest=timedelta(seconds=2))
                await asyncio.sleep(wait.total_seconds())

    @asynccontextmanager
    async def _subscribed(self) -> AsyncIterator[JetStreamContext.PullSubscription]:
        jetstream = self._bus.jetstream
        await jetstream.add_consumer(self._stream, self._config)
        subscription = await jetstream.pull_subscribe_bind(durable=self._durable, stream=self._stream)
        try:
            yield subscription
        finally:
            with suppress(*AWAY):
                await subscription.unsubscribe()

    async def _handle_batch(self, messages: list[Msg]) -> None:
        lanes: dict[str, list[Msg]] = {}
        for message in messages:
            lanes.setdefault(message.subject, []).append(message)
        alive = asyncio.create_task(self._keep_alive(messages))
        try:
            async with asyncio.TaskGroup() as group:
                for lane in lanes.values():
                    group.create_task(self._handle_lane(lane))
        except* AWAY as away:
            raise away.exceptions[0] from None  # what was not acknowledged comes again
        finally:
            alive.cancel()

    async def _handle_lane(self, messages: list[Msg]) -> None:
        """Handle the events of one aggregate in order; what follows one that must wait, waits too."""
        held: Retry | None = None
        for message in messages:
            decision = held or await self._decide(message)
            if isinstance(decision, Retry):
                held = decision
                # Never without a delay: a bare nak comes back at once, again and again.
                await message.nak(delay=max(decision.after.total_seconds(), 0.05))
            else:
                await message.ack_sync(timeout=FETCH_SECONDS)

    async def _decide(self, message: Msg) -> Decision:
        """Handle one event; its effect, or its place among the dead letters, is committed afterwards."""
        try:
            event = envelope_of(message)
        except MalformedEvent:
            log.error("event_malformed", durable=self._durable, subject=message.subject)
            return DONE  # nobody with the right to publish makes these; there is nothing to keep
        try:
            if self._dead_letters and await self._dead_letters.is_stopped(self._durable, event.subject):
                decision: Decision = Park("waits_behind_another")
            else:
                decision = await self._handler(event)
            if isinstance(decision, Park):
                await self._park(event, decision.reason)
        except Unavailable:
            return Retry(
                backoff(event.attempt, first=timedelta(milliseconds=100), longest=timedelta(seconds=30))
            )
        except Exception as error:  # noqa: BLE001 -- whatever a handler raises, its event is not lost
            return await self._after_failure(event, error)
        self._failures.pop(event.event_id, None)
        return decision if isinstance(decision, Retry) else DONE

    async def _after_failure(self, event: Envelope, error: Exception) -> Decision:
        self._failures[event.event_id] += 1
        failures = self._failures[event.event_id]
        log.warning(
            "event_failed",
            durable=self._durable,
            event_id=event.event_id,
            attempt=failures,
            error_type=type(error).__name__,
        )
        if failures >= self._max_tries:
            try:
                await self._park(event, f"raised_{type(error).__name__}")
            except Exception as again:  # noqa: BLE001 -- not parked: it stays in the stream and is tried again
                log.error("event_not_parked", event_id=event.event_id, error_type=type(again).__name__)
            else:
                del self._failures[event.event_id]
                return DONE
        return Retry(backoff(failures, first=timedelta(milliseconds=100), longest=timedelta(seconds=30)))

    async def _park(self, event: Envelope, reason: str) -> None:
        log.error("event_parked", durable=self._durable, event_id=event.event_id, reason=reason)
        if self._dead_letters:
            await self._dead_letters.park(self._durable, event, reason)

    async def _keep_alive(self, messages: list[Msg]) -> None:
        """Tell the broker that the batch is still worked on, so that it delivers none of it twice at once."""
        while True:
            await asyncio.sleep(self._ack_wait.total_seconds() / 3)
            for message in messages:
                if not message.is_acked:
                    with suppress(*AWAY):
                        await message.in_progress()


async def _fetch(subscription: JetStreamContext.PullSubscription) -> list[Msg]:
    try:
        return await subscription.fetch(BATCH, timeout=FETCH_SECONDS)
    except nats.errors.TimeoutError:
        return []  # nothing new
