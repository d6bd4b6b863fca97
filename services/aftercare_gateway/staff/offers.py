"""Offers: picking an option, sending it, and every move that a member can make with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from aftercare.directory.v1 import directory_pb2
from aftercare.referral.v1 import plan_pb2, referral_pb2
from aftercare.type.v1 import kind_pb2
from aftercare_gateway import words
from aftercare_gateway.http.forms import Form
from aftercare_gateway.http.visit import Sending, Staff, Visit
from aftercare_platform.kernel.errors import Conflict, invalid
from aftercare_platform.kernel.ids import is_id

router = APIRouter()

CONSENT_MISSING: Final = "CONSENT_MISSING"


@router.get("/referrals/{referral_id:uuid}/offers/new")
async def confirm_offer(visit: Staff, referral_id: UUID, listing: UUID) -> Response:
    """What sending this offer means, before it is sent."""
    return await _confirming(visit, str(referral_id), str(listing))


@router.post("/referrals/{referral_id:uuid}/offers")
async def send_offer(visit: Staff, referral_id: UUID, form: Sending) -> Response:
    """Send it; a refusal is shown with what would mend it."""
    listing_id = _id(form, "listing")
    request = referral_pb2.SendOfferRequest(referral_id=str(referral_id), listing_id=listing_id)
    try:
        offer = await visit.ask(visit.doors.referrals.SendOffer, request)
    except Conflict as refusal:
        if visit.wants_json:
            raise
        return await _confirming(visit, str(referral_id), listing_id, refusal=refusal)
    referral = await _referral(visit, str(referral_id))
    is_told = offer.mode == referral_pb2.OFFER_MODE_INFORMATIONAL
    return visit.go(f"/plans/{referral.plan_id}", said="client_told" if is_told else "offer_made")


@router.post("/offers/{offer_id:uuid}/undo")
async def undo(visit: Staff, offer_id: UUID, form: Sending) -> Response:
    """Take it back before it went out."""
    request = referral_pb2.UndoOfferRequest(id=str(offer_id))
    await visit.ask(visit.doors.referrals.UndoOffer, request)
    return _back(visit, form, said="offer_undone")


@router.post("/offers/{offer_id:uuid}/recall")
async def recall(visit: Staff, offer_id: UUID, form: Sending) -> Response:
    """Take it back before it was answered."""
    request = referral_pb2.RecallOfferRequest(id=str(offer_id), etag=form.text("etag"))
    await visit.ask(visit.doors.referrals.RecallOffer, request)
    return _back(visit, form, said="offer_recalled")


@router.post("/offers/{offer_id:uuid}/accept")
async def accept(visit: Staff, offer_id: UUID, form: Sending) -> Response:
    """Record an acceptance that came by phone."""
    request = referral_pb2.AcceptOfferRequest(id=str(offer_id), etag=form.text("etag"))
    await visit.ask(visit.doors.referrals.AcceptOffer, request)
    return _back(visit, form, said="accepted")


@router.post("/offers/{offer_id:uuid}/decline")
async def decline(visit: Staff, offer_id: UUID, form: Sending) -> Response:
    """Record a refusal that came by phone."""
    reason = form.number_one_of("reason", words.DECLINE_REASONS)
    request = referral_pb2.DeclineOfferRequest(
        id=str(offer_id), etag=form.text("etag"), reason=referral_pb2.DeclineReason.ValueType(reason)
    )
    await visit.ask(visit.doors.referrals.DeclineOffer, request)
    return _back(visit, form, said="declined")


@router.post("/referrals/{referral_id:uuid}/close")
async def close(visit: Staff, referral_id: UUID, form: Sending) -> Response:
    """Close a referral without a place."""
    reason = form.number_one_of("reason", words.CLOSE_REASONS)
    request = referral_pb2.CloseReferralRequest(
        id=str(referral_id), etag=form.text("etag"), reason=referral_pb2.CloseReason.ValueType(reason)
    )
    await visit.ask(visit.doors.referrals.CloseReferral, request)
    return _back(visit, form, said="closed")


async def _confirming(
    visit: Visit, referral_id: str, listing_id: str, *, refusal: Conflict | None = None
) -> Response:
    referral = await _referral(visit, referral_id)
    get = directory_pb2.GetListingRequest(id=listing_id)
    listing = await visit.ask(visit.doors.directory.GetListing, get)
    of = plan_pb2.GetPlanRequest(id=referral.plan_id)
    plan = await visit.ask(visit.doors.plans.GetPlan, of)
    return visit.page(
        "offer_new.html",
        status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
        referral=referral,
        listing=listing,
        episode_id=plan.episode_id,
        is_informational=referral.kind == kind_pb2.KIND_SUPPORT_GROUP,
        refusal=refusal,
        lacks_consent=refusal is not None and refusal.reason == CONSENT_MISSING,
    )


async def _referral(visit: Visit, referral_id: str) -> referral_pb2.Referral:
    get = referral_pb2.GetReferralRequest(id=referral_id)
    return await visit.ask(visit.doors.referrals.GetReferral, get)


def _back(visit: Visit, form: Form, *, said: str) -> Response:
    return visit.go(f"/plans/{_id(form, 'plan')}", said=said)


def _id(form: Form, name: str) -> str:
    """An id from a hidden field; InvalidArgument for anything else, so that no answer leads elsewhere."""
    text = form.text(name)
    if not is_id(text):
        raise invalid(name, "is no id")
    return text
