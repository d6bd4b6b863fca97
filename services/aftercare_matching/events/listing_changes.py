"""The copy of the listings: filled by an export, kept by the directory's events, filled again if need be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog

from aftercare.directory.v1.events_pb2 import CapacityChanged, ListingChanged
from aftercare_matching.conversions.listing import capacity_from_proto, listing_from_proto
from aftercare_matching.domain.index import Index
from aftercare_matching.engine import Engine
from aftercare_platform.bus.backoff import backoff
from aftercare_platform.bus.connection import Bus
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.bus.follow import Follower, StreamRewound
from aftercare_platform.bus.streams import stream_of
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.kernel.errors import AftercareError

DIRECTORY: Final = "directory"
_LISTING_CHANGED: Final = ListingChanged.DESCRIPTOR.full_name
_CAPACITY_CHANGED: Final = CapacityChanged.DESCRIPTOR.full_name

log = structlog.get_logger(__name__)


class ListingChanges:
    """Keeps an engine's index like the directory, through every outage of directory and broker."""

    def __init__(
        self, engine: Engine, bus: Bus, clock: Clock, *, read_index: Callable[[], Awaitable[Index]]
    ) -> None:
        """`read_index` reads the directory whole."""
        self._engine = engine
        self._bus = bus
        self._clock = clock
        self._read_index = read_index

    async def run(self) -> None:
        """Fill, then follow, until cancelled.

        When the stream was made anew, fill again; the old copy serves meanwhile.
        """
        while True:
            index = await self._filled()
            follow_from = index.sequence + 1
            self._engine.replace(index)
            log.info("index_filled", count=len(index), sequence=index.sequence)
            try:
                await Follower(self._bus, stream_of(DIRECTORY), follow_from, self._apply).run()
            except StreamRewound:
                log.warning("index_rewound", stream=stream_of(DIRECTORY))

    async def _filled(self) -> Index:
        failures = 0
        while True:
            try:
                return await self._read_index()
            except AftercareError as error:  # the directory is not there yet, or not for us: both may change
                failures += 1
                log.warning(
                    "index_waits", attempt=failures, error_type=type(error).__name__, reason=error.reason
                )
                wait = backoff(failures, first=timedelta(milliseconds=100), longest=timedelta(seconds=2))
                await asyncio.sleep(wait.total_seconds())

    async def _apply(self, event: Envelope) -> None:
        change = change_of(event)
        now = self._clock.now()

        def apply(index: Index) -> None:
            change(index)
            index.sequence, index.applied_at = event.stream_sequence, now

        await self._engine.change(apply)


def change_of(event: Envelope) -> Callable[[Index], object]:
    """What an event does to the index; the directory's other events do nothing."""
    if event.type == _LISTING_CHANGED:
        listing = listing_from_proto(ListingChanged.FromString(event.body).listing)
        return lambda index: index.put(listing)
    if event.type == _CAPACITY_CHANGED:
        capacity = capacity_from_proto(CapacityChanged.FromString(event.body).capacity)
        return lambda index: index.put_capacity(capacity)
    return lambda _: None
