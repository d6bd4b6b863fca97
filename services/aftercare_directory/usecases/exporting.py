"""All active listings, for those who keep a copy and then follow the events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from aftercare_directory.domain.record import Status
from aftercare_directory.ports import ListingFilter, Transactions
from aftercare_directory.usecases.publishing import joined
from aftercare_directory.usecases.reading import Shown
from aftercare_platform.access.caller import Caller

BATCH = 500
"""How many listings are read at a time."""


@dataclass(frozen=True, slots=True)
class Header:
    """From which sequence of the event stream to follow (the one after it), and how many listings come."""

    stream_sequence: int
    listing_count: int


async def export_listings(caller: Caller, work: Transactions) -> AsyncIterator[Header | Shown]:
    """The header, then each active listing with its capacity as reported, in one consistent state.

    Whoever follows from the sequence after the header's misses nothing. The number is the highest one
    that the relay had noted when the state was read. The broker numbers events as they are published,
    and the relay publishes them after their commit; so whatever was committed after our state was read
    gets a higher number. Events that were published but not yet noted, or committed but not yet
    published, are in the state already and come a second time: harmless, as the higher version wins.
    Asking the broker for its newest number after reading the state could skip an event between the two.
    """
    async with work.read(caller) as records:
        sequence = await records.published_sequence()  # first: whatever it counts is in the state below
        yield Header(sequence, await records.count_listings(Status.ACTIVE))
        after, only = "", ListingFilter(status=Status.ACTIVE)
        while listings := await records.page_of_listings(only, after=after, limit=BATCH):
            after = listings[-1].id
            capacities = await records.capacities([listing.id for listing in listings])
            for view in await joined(records, listings):
                yield Shown(view, capacities.get(view.listing.id))
