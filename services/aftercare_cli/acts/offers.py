"""Offers and referrals: asking agencies, answering them, following up."""

from __future__ import annotations

from collections.abc import Sequence

from aftercare.referral.v1 import referral_pb2 as pb
from aftercare.referral.v1 import work_pb2
from aftercare_cli.acts.paging import PAGE, every
from aftercare_cli.connection.desk import Desk
from aftercare_cli.shown.words import number_of


async def send_offer(
    desk: Desk, referral_id: str, listing_id: str, *, withheld: Sequence[str] = (), mode: str = ""
) -> pb.Offer:
    """Ask a listing's agency; the offer goes out 30 seconds later and can be undone until then."""
    number = number_of(pb.OfferMode.DESCRIPTOR, mode, field="--mode") if mode else 0
    request = pb.SendOfferRequest(
        referral_id=referral_id,
        listing_id=listing_id,
        mode=pb.OfferMode.ValueType(number),
        withheld_fields=withheld,
    )
    return await desk.referrals.SendOffer(request)


async def undo_offer(desk: Desk, offer_id: str) -> pb.Offer:
    """Take an offer back before it went out."""
    return await desk.referrals.UndoOffer(pb.UndoOfferRequest(id=offer_id))


async def recall_offer(desk: Desk, offer_id: str, *, etag: str) -> pb.Offer:
    """Take an offer back after it went out."""
    return await desk.referrals.RecallOffer(pb.RecallOfferRequest(id=offer_id, etag=etag))


async def list_offers(desk: Desk, *, open_only: bool = False) -> list[pb.Offer]:
    """The offers sent to the agency that is signed in."""
    return await every(
        lambda token: desk.referrals.ListOffers(
            pb.ListOffersRequest(open_only=open_only, page_size=PAGE, page_token=token)
        ),
        lambda page: list(page.offers),
    )


async def open_offer(desk: Desk, offer_id: str) -> pb.OpenedOffer:
    """What the consent lets the agency know; this opening is entered as a disclosure."""
    return await desk.referrals.OpenOffer(pb.OpenOfferRequest(id=offer_id))


async def accept_offer(desk: Desk, offer_id: str, *, etag: str = "") -> pb.Offer:
    """Take the client on."""
    known = etag or await _etag(desk, offer_id)
    return await desk.referrals.AcceptOffer(pb.AcceptOfferRequest(id=offer_id, etag=known))


async def decline_offer(desk: Desk, offer_id: str, *, reason: str, etag: str = "") -> pb.Offer:
    """Decline, with a reason."""
    number = pb.DeclineReason.ValueType(number_of(pb.DeclineReason.DESCRIPTOR, reason, field="--reason"))
    known = etag or await _etag(desk, offer_id)
    return await desk.referrals.DeclineOffer(pb.DeclineOfferRequest(id=offer_id, etag=known, reason=number))


async def show_referral(desk: Desk, referral_id: str) -> pb.Referral:
    """A referral with its offers and who holds the ball."""
    return await desk.referrals.GetReferral(pb.GetReferralRequest(id=referral_id))


async def close_referral(desk: Desk, referral_id: str, *, reason: str, etag: str = "") -> pb.Referral:
    """Close a referral without a place."""
    number = pb.CloseReason.ValueType(number_of(pb.CloseReason.DESCRIPTOR, reason, field="--reason"))
    known = etag or (await show_referral(desk, referral_id)).etag
    return await desk.referrals.CloseReferral(
        pb.CloseReferralRequest(id=referral_id, etag=known, reason=number)
    )


async def list_work(desk: Desk, *, holder: str = "", overdue: bool = False) -> list[work_pb2.WorkItem]:
    """What waits, overdue first."""
    number = pb.Holder.ValueType(number_of(pb.Holder.DESCRIPTOR, holder, field="--holder") if holder else 0)
    return await every(
        lambda token: desk.work.ListWork(
            work_pb2.ListWorkRequest(holder=number, overdue_only=overdue, page_size=PAGE, page_token=token)
        ),
        lambda page: list(page.items),
    )


async def list_disclosures(desk: Desk, client_id: str) -> list[pb.Disclosure]:
    """What was told of a client, to whom."""
    return await every(
        lambda token: desk.referrals.ListDisclosures(
            pb.ListDisclosuresRequest(client_id=client_id, page_size=PAGE, page_token=token)
        ),
        lambda page: list(page.disclosures),
    )


async def _etag(desk: Desk, offer_id: str) -> str:
    """The present etag of an offer in the agency's list; of one that is not there, none that fits."""
    return next((offer.etag for offer in await list_offers(desk) if offer.id == offer_id), "0")
