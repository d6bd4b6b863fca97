"""Referrals and offers between the contract and the model."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aftercare.referral.v1 import referral_pb2 as pb
from aftercare_platform.access.caller import Caller
from aftercare_platform.contract.words import KINDS, time_to_proto
from aftercare_referral.referral.following import FollowUp
from aftercare_referral.referral.model import Offer, OfferMode, Referral
from aftercare_referral.referral.usecases import OpenedOffer, SendOffer
from aftercare_referral.referral.words import (
    close_reason_to_proto,
    decline_reason_to_proto,
    holder_to_proto,
    offer_state_to_proto,
    referral_state_to_proto,
)

_MODES: Final = {
    pb.OFFER_MODE_UNSPECIFIED: None,
    pb.OFFER_MODE_DIRECT: OfferMode.DIRECT,
    pb.OFFER_MODE_INFORMATIONAL: OfferMode.INFORMATIONAL,
}
_MODE_NUMBERS: Final = {mode: number for number, mode in _MODES.items() if mode}


def send_offer_from_proto(request: pb.SendOfferRequest) -> SendOffer:
    """What is asked for."""
    return SendOffer(
        request.referral_id, request.listing_id, _MODES[request.mode], frozenset(request.withheld_fields)
    )


def offer_to_proto(offer: Offer) -> pb.Offer:
    """An offer as its program sees it."""
    return pb.Offer(
        id=offer.id,
        referral_id=offer.referral_id,
        listing_id=offer.listing_id,
        listing_name=offer.listing_name,
        organization_id=offer.organization_id,
        mode=_MODE_NUMBERS[offer.mode],
        state=offer_state_to_proto(offer.state),
        send_time=time_to_proto(offer.send_at),
        answer_due_time=time_to_proto(offer.answer_due_at),
        end_time=time_to_proto(offer.ended_at),
        decline_reason=decline_reason_to_proto(offer.decline_reason),
        answered_by=offer.answered_by,
        etag=str(offer.version),
        kind=KINDS[offer.kind],
    )


def offer_to_agency(offer: Offer) -> pb.Offer:
    """An offer as its agency sees it: without the way to the client's other referrals."""
    message = offer_to_proto(offer)
    message.ClearField("referral_id")
    return message


def offer_to(caller: Caller, offer: Offer) -> pb.Offer:
    """An offer as the caller may see it."""
    return offer_to_agency(offer) if caller.agency else offer_to_proto(offer)


def opened_to_proto(opened: OpenedOffer) -> pb.OpenedOffer:
    """What leaves, with what must go with it."""
    return pb.OpenedOffer(
        offer=offer_to_agency(opened.offer),
        fields=[pb.DisclosedField(name=name, value=value) for name, value in opened.disclosed.fields.items()],
        notice=opened.disclosed.notice,
        consent_scope=opened.disclosed.consent_scope,
    )


def follow_up_to_proto(status: FollowUp, now: datetime) -> pb.FollowUp:
    """Who holds the ball, as of now."""
    return pb.FollowUp(
        holder=holder_to_proto(status.holder),
        due_time=time_to_proto(status.due_at),
        sentence=status.sentence,
        is_overdue=status.is_overdue(now),
    )


def referral_to_proto(referral: Referral, status: FollowUp, now: datetime) -> pb.Referral:
    """A referral with its offers and who holds the ball."""
    return pb.Referral(
        id=referral.id,
        plan_id=referral.plan_id,
        kind=KINDS[referral.kind],
        state=referral_state_to_proto(referral.state),
        close_reason=close_reason_to_proto(referral.close_reason),
        offers=map(offer_to_proto, referral.offers),
        follow_up=follow_up_to_proto(status, now),
        etag=str(referral.version),
    )
