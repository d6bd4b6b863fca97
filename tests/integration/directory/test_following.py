"""An export and the events after its header make the directory's whole state, whoever writes meanwhile."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from aftercare.directory.v1 import directory_pb2 as pb
from aftercare.directory.v1 import events_pb2, resources_pb2
from aftercare.type.v1 import capacity_pb2
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.bus.follow import Follower
from integration.directory.town import Town, feed, meeting

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Copy:
    """What matching would hold: listings and capacities, the higher version wins."""

    def __init__(self) -> None:
        self.listings: dict[str, resources_pb2.Listing] = {}
        self.capacities: dict[str, capacity_pb2.Capacity] = {}
        self.header = pb.ExportHeader()
        self.last_seen = 0

    async def fill(self, town: Town) -> None:
        async for message in town.as_matching.ExportListings(pb.ExportListingsRequest()):
            if message.HasField("header"):
                self.header = message.header
            else:
                self._take(message.listing)

    async def apply(self, event: Envelope) -> None:
        self.last_seen = event.stream_sequence
        if event.type == events_pb2.ListingChanged.DESCRIPTOR.full_name:
            self._take(events_pb2.ListingChanged.FromString(event.body).listing)
        else:
            self._note(events_pb2.CapacityChanged.FromString(event.body).capacity)

    def _take(self, listing: resources_pb2.Listing) -> None:
        if listing.HasField("capacity"):
            self._note(listing.capacity)
            listing.ClearField("capacity")
        known = self.listings.get(listing.id)
        if known is None or known.version < listing.version:
            self.listings[listing.id] = listing

    def _note(self, capacity: capacity_pb2.Capacity) -> None:
        known = self.capacities.get(capacity.listing_id)
        if known is None or known.version < capacity.version:
            self.capacities[capacity.listing_id] = capacity

    @property
    def active(self) -> dict[str, resources_pb2.Listing]:
        return {k: v for k, v in self.listings.items() if v.status == resources_pb2.STATUS_ACTIVE}


async def writes(town: Town, listing: resources_pb2.Listing, stop: asyncio.Event) -> None:
    """New words, new numbers, in and out of use, until told to stop."""
    for number in count():
        if stop.is_set():
            return
        listing.hours = f"version {number}"
        listing.status = 1 + number % 2
        listing = await town.desk.UpdateListing(pb.UpdateListingRequest(listing=listing))
        await town.desk.ReportCapacity(pb.ReportCapacityRequest(listing_id=listing.id, available=number % 9))


async def test_an_export_and_what_follows_miss_nothing_under_writes(town: Town) -> None:
    made = [await town.listing(f"Follow {number}") for number in range(4)]
    stop = asyncio.Event()
    writers = [asyncio.create_task(writes(town, listing, stop)) for listing in made]
    importing = asyncio.create_task(
        town.take_in(feed([meeting(f"follow-{n}", location=f"{n}") for n in range(60)]), source="follow")
    )
    copies, followers = [], []
    for _ in range(12):
        copy = Copy()
        await copy.fill(town)
        follower = Follower(town.bus, "evt_directory", copy.header.stream_sequence + 1, copy.apply)
        followers.append(asyncio.create_task(follower.run()))
        copies.append(copy)
        await asyncio.sleep(0.02)
    stop.set()
    await asyncio.gather(importing, *writers)
    last = len(await town.published())
    truth = Copy()
    await truth.fill(town)
    for copy in copies:
        for _ in range(250):
            if copy.last_seen >= last:
                break
            await asyncio.sleep(0.02)
        assert copy.active == truth.active
        assert {k: v for k, v in copy.capacities.items() if k in truth.active} == truth.capacities
    assert truth.header.listing_count == len(truth.active)
    for follower_task in followers:
        follower_task.cancel()


@pytest.mark.parametrize(("after_header", "is_whole"), [(1, True), (2, False)])
async def test_following_from_one_event_later_would_miss_it(
    town: Town, after_header: int, *, is_whole: bool
) -> None:
    await town.published()
    copy = Copy()
    await copy.fill(town)
    first, second = await town.listing("Next"), await town.listing("Next but one")
    start = copy.header.stream_sequence + after_header
    following = asyncio.create_task(Follower(town.bus, "evt_directory", start, copy.apply).run())
    for _ in range(250):
        if second.id in copy.listings:
            break
        await asyncio.sleep(0.02)
    following.cancel()
    assert second.id in copy.listings
    assert (first.id in copy.listings) is is_whole


async def test_the_header_names_the_last_event_that_was_published(town: Town) -> None:
    await town.listing("Header")
    published = len(await town.published())
    copy = Copy()
    await copy.fill(town)
    assert copy.header.stream_sequence == published


async def test_the_change_log_has_every_version_once_in_order(town: Town) -> None:
    cursor, lines = 0, []
    while True:
        page = await town.desk.ListChanges(pb.ListChangesRequest(cursor=cursor, page_size=7))
        if not page.changes:
            break
        lines += [(change.listing_id, change.version) for change in page.changes]
        cursor = page.next_cursor
    told = [
        (subject.rpartition(".")[2], version)
        for subject, version, _ in await town.published()
        if subject.startswith("evt.directory.listing.")
    ]
    assert len(lines) == len(set(lines))
    assert sorted(lines) == sorted(told)
    for listing_id in {id_ for id_, _ in lines}:
        versions = [version for id_, version in lines if id_ == listing_id]
        assert versions == list(range(1, len(versions) + 1))
