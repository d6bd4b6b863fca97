"""Storing an offer's next state together with what tells of it: event and clock."""

from __future__ import annotations

from dataclasses import replace

from google.protobuf.message import Message

from aftercare.referral.v1 import events_pb2
from aftercare_platform.contract.words import time_to_proto
from aftercare_platform.sql.work import Unit
from aftercare_referral.clock.setting import ClockKind, clear_clock
from aftercare_referral.referral import storage
from aftercare_referral.referral.model import Offer, OfferState
from aftercare_referral.referral.words import decline_reason_to_proto, offer_state_to_proto

_ANSWERS = frozenset({OfferState.ACCEPTED, OfferState.DECLINED})


async def store_move(unit: Unit, offer: Offer) -> Offer:
    """Store where a move has led, in one transaction with its event; the offer as stored.

    An offer that waits for nothing any more has its clocks cleared.
    """
    event = _event(unit, offer)
    if event is not None:
        offer = replace(offer, event_version=offer.event_version + 1)
        unit.record(event, aggregate_type="offer", aggregate_id=offer.id, version=offer.event_version)
    await storage.save_offer(unit, offer)
    await storage.note_offer_change(unit, offer.referral_id)
    if not offer.is_open:
        await clear_clock(unit, ClockKind.SEND_OFFER, offer.id)
        await clear_clock(unit, ClockKind.OFFER_ANSWER, offer.id)
    return await storage.get_offer(unit, offer.id)


def _event(unit: Unit, offer: Offer) -> Message | None:
    """What is told of an offer's new state; what never went out is nobody's business."""
    if offer.state in {OfferState.DISCARDED, OfferState.DRAFT, OfferState.INFORMED}:
        return None
    now = time_to_proto(unit.now)
    if offer.state is OfferState.SENT:
        return events_pb2.OfferSent(
            offer_id=offer.id,
            listing_id=offer.listing_id,
            organization_id=offer.organization_id,
            send_time=now,
        )
    if offer.state is OfferState.ACKNOWLEDGED:
        return events_pb2.OfferAcknowledged(
            offer_id=offer.id, listing_id=offer.listing_id, acknowledge_time=now
        )
    if offer.state in _ANSWERS:
        return events_pb2.OfferAnswered(
            offer_id=offer.id,
            listing_id=offer.listing_id,
            organization_id=offer.organization_id,
            answer=offer_state_to_proto(offer.state),
            decline_reason=decline_reason_to_proto(offer.decline_reason),
            answer_time=now,
        )
    return events_pb2.OfferEnded(
        offer_id=offer.id,
        listing_id=offer.listing_id,
        end=offer_state_to_proto(offer.state),
        end_time=now,
    )
