"""An agency's offers: the list tells nothing of a person; opening one discloses, and is said to."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from aftercare.referral.v1 import referral_pb2
from aftercare_gateway import words
from aftercare_gateway.http.visit import Agency, Sending

router = APIRouter(prefix="/portal")


@router.get("")
async def list_offers(visit: Agency, page_token: str = "") -> Response:
    """Offers to this agency, newest first, without anything about a person."""
    request = referral_pb2.ListOffersRequest(page_token=page_token)
    answer = await visit.ask(visit.doors.referrals.ListOffers, request)
    return visit.page("portal_offers.html", twin=answer, answer=answer)


@router.post("/offers/{offer_id:uuid}/open")
async def open_offer(visit: Agency, offer_id: UUID) -> Response:
    """Read an offer. It is a POST because each reading is a disclosure, written down as one."""
    request = referral_pb2.OpenOfferRequest(id=str(offer_id))
    opened = await visit.ask(visit.doors.referrals.OpenOffer, request)
    return visit.page("portal_offer.html", twin=opened, opened=opened)


@router.post("/offers/{offer_id:uuid}/accept")
async def accept(visit: Agency, offer_id: UUID, form: Sending) -> Response:
    """Take the client on."""
    request = referral_pb2.AcceptOfferRequest(id=str(offer_id), etag=form.text("etag"))
    await visit.ask(visit.doors.referrals.AcceptOffer, request)
    return visit.go("/portal", said="offer_accepted")


@router.post("/offers/{offer_id:uuid}/decline")
async def decline(visit: Agency, offer_id: UUID, form: Sending) -> Response:
    """Not take the client on, with a coded reason."""
    reason = form.number_one_of("reason", words.DECLINE_REASONS)
    request = referral_pb2.DeclineOfferRequest(
        id=str(offer_id), etag=form.text("etag"), reason=referral_pb2.DeclineReason.ValueType(reason)
    )
    await visit.ask(visit.doors.referrals.DeclineOffer, request)
    return visit.go("/portal", said="offer_declined")
