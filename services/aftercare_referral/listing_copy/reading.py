"""Keeps the copy: `ListingChanged` and `CapacityChanged`, of which the higher version wins."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from aftercare.directory.v1 import events_pb2, resources_pb2
from aftercare.type.v1 import capacity_pb2
from aftercare_platform.access.caller import Caller
from aftercare_platform.bus.connection import Bus
from aftercare_platform.bus.consumer import Consumer, DeadLetters
from aftercare_platform.bus.decision import DONE, Decision
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.bus.streams import stream_of
from aftercare_platform.contract.words import KIND_OF
from aftercare_platform.sql.work import SqlWork, Unit
from aftercare_referral.listing_copy.tables import CapacityCopy, ListingCopy

DIRECTORY: Final = "directory"
DURABLE: Final = "referral-listings"
SUBJECT: Final = "evt.directory.>"
_LISTING: Final = events_pb2.ListingChanged.DESCRIPTOR.full_name
_CAPACITY: Final = events_pb2.CapacityChanged.DESCRIPTOR.full_name
_CALLER: Final = Caller(service="referral")


class ListingReader:
    """Applies the directory's events to the copy; whole-state events need no inbox."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    def consumer(self, bus: Bus, dead_letters: DeadLetters) -> Consumer:
        """The durable reader; run it."""
        return Consumer(bus, stream_of(DIRECTORY), DURABLE, SUBJECT, self.handle, dead_letters=dead_letters)

    async def handle(self, event: Envelope) -> Decision:
        """Take the event's state unless a newer one is here."""
        if event.type == _LISTING:
            listing = events_pb2.ListingChanged.FromString(event.body).listing
            async with self._work.write(_CALLER) as unit:
                await take_listing(unit, listing)
        elif event.type == _CAPACITY:
            capacity = events_pb2.CapacityChanged.FromString(event.body).capacity
            async with self._work.write(_CALLER) as unit:
                await take_capacity(unit, capacity)
        return DONE


async def take_listing(unit: Unit, listing: resources_pb2.Listing) -> None:
    """Copy a listing, unless the copy is as new."""
    old = await unit.session.get(ListingCopy, listing.id)
    if old is not None and old.version >= listing.version:
        return
    await unit.session.merge(
        ListingCopy(
            listing_id=listing.id,
            version=listing.version,
            name=listing.name or listing.service_name,
            organization_id=listing.organization_id,
            organization_name=listing.organization_name,
            kinds=[KIND_OF[kind].value for kind in listing.kinds],
            is_active=listing.status == resources_pb2.STATUS_ACTIVE,
        )
    )


async def take_capacity(unit: Unit, capacity: capacity_pb2.Capacity) -> None:
    """Copy a report of free places, unless the copy is as new; the count of those taken begins again."""
    old = await unit.session.get(CapacityCopy, capacity.listing_id)
    if old is not None and old.version >= capacity.version:
        return
    expires_at = capacity.expire_time.ToDatetime(UTC) if capacity.HasField("expire_time") else None
    await unit.session.merge(
        CapacityCopy(
            listing_id=capacity.listing_id,
            version=capacity.version,
            available=capacity.available if capacity.HasField("available") else None,
            expires_at=expires_at,
            taken=0,
        )
    )
