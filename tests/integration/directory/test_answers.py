"""How listings last answered, from the events of offers: once each, in order, whatever comes twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.message import Message

from aftercare.directory.v1 import directory_pb2 as pb
from aftercare.directory.v1 import resources_pb2
from aftercare.referral.v1 import events_pb2, referral_pb2
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.kernel.ids import new_id
from integration.directory.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def tell(town: Town, offer_id: str, version: int, event: Message) -> None:
    await town.bus.publish(
        Envelope(
            event_id=new_id(),
            type=event.DESCRIPTOR.full_name,
            subject=f"evt.referral.offer.{offer_id}",
            aggregate_id=offer_id,
            version=version,
            occurred_at=NOON,
            traceparent="",
            body=event.SerializeToString(),
        )
    )


def answered(offer_id: str, listing_id: str, *, at: datetime = NOON, reason: int = 0) -> Message:
    state = referral_pb2.OFFER_STATE_DECLINED if reason else referral_pb2.OFFER_STATE_ACCEPTED
    event = events_pb2.OfferAnswered(
        offer_id=offer_id,
        listing_id=listing_id,
        organization_id=new_id(),
        answer=state,
        decline_reason=reason,
    )
    event.answer_time.FromDatetime(at)
    return event


async def last_answer(town: Town, listing_id: str, *, is_known: bool = True) -> resources_pb2.LastAnswer:
    for _ in range(150):
        shown = await town.desk.GetListing(pb.GetListingRequest(id=listing_id))
        if shown.HasField("last_answer") == is_known:
            break
        await asyncio.sleep(0.02)
    return shown.last_answer


async def test_an_answer_is_kept_with_its_code(town: Town) -> None:
    listing, offer = await town.listing("Answers"), new_id()
    await tell(town, offer, 1, events_pb2.OfferSent(offer_id=offer, listing_id=listing.id))
    declined = answered(offer, listing.id, reason=referral_pb2.DECLINE_REASON_NO_CAPACITY)
    await tell(town, offer, 2, declined)
    kept = await last_answer(town, listing.id)
    assert (kept.answer, kept.reason, kept.answer_time.ToDatetime(UTC)) == ("declined", "no_capacity", NOON)
    events = await town.listing_events(listing.id)
    assert [event.version for event in events] == [1]
    assert not events[0].HasField("last_answer")


async def test_what_overtook_waits_and_what_comes_twice_counts_once(town: Town) -> None:
    listing, offer = await town.listing("Order"), new_id()
    later = answered(offer, listing.id)
    await tell(town, offer, 2, later)
    await asyncio.sleep(0.3)
    shown = await town.desk.GetListing(pb.GetListingRequest(id=listing.id))
    assert not shown.HasField("last_answer")
    await tell(town, offer, 1, events_pb2.OfferSent(offer_id=offer, listing_id=listing.id))
    assert (await last_answer(town, listing.id)).answer == "accepted"
    again = answered(offer, listing.id, reason=referral_pb2.DECLINE_REASON_OTHER)
    await tell(town, offer, 2, again)
    other = new_id()
    earlier = answered(other, listing.id, at=NOON - timedelta(days=1), reason=referral_pb2.DECLINE_REASON_AGE)
    await tell(town, other, 1, earlier)
    for _ in range(150):
        if town.rows("SELECT 1 FROM aggregate_version WHERE subject = ?", f"evt.referral.offer.{other}"):
            break
        await asyncio.sleep(0.02)
    assert (await last_answer(town, listing.id)).answer == "accepted"
