"""ReferralService."""

from __future__ import annotations

from aftercare.referral.v1 import referral_pb2 as pb
from aftercare.referral.v1 import referral_pb2_grpc
from aftercare_platform.rpc.call import caller_of, unit_of
from aftercare_referral.consent.convert import disclosure_to_proto
from aftercare_referral.consent.disclosure import list_disclosures
from aftercare_referral.referral import convert, usecases
from aftercare_referral.referral.model import Terms
from aftercare_referral.referral.standing import standing_of
from aftercare_referral.referral.words import close_reason_from_proto, decline_reason_from_proto


class ReferralServicer(referral_pb2_grpc.ReferralServiceServicer):
    """Referrals and their offers. Each call runs in the unit of work that the chain opened for it."""

    def __init__(self, terms: Terms) -> None:
        """`terms` say how long things may take."""
        self._terms = terms

    async def GetReferral(self, request: pb.GetReferralRequest, context: object) -> pb.Referral:
        unit = unit_of(context)
        standing = await standing_of(unit, request.id, self._terms)
        return convert.referral_to_proto(*standing, unit.now)

    async def SendOffer(self, request: pb.SendOfferRequest, context: object) -> pb.Offer:
        command = convert.send_offer_from_proto(request)
        offer = await usecases.send_offer(unit_of(context), command, self._terms)
        return convert.offer_to_proto(offer)

    async def UndoOffer(self, request: pb.UndoOfferRequest, context: object) -> pb.Offer:
        return convert.offer_to_proto(await usecases.undo_offer(unit_of(context), request.id))

    async def RecallOffer(self, request: pb.RecallOfferRequest, context: object) -> pb.Offer:
        offer = await usecases.recall_offer(unit_of(context), request.id, etag=request.etag)
        return convert.offer_to_proto(offer)

    async def CloseReferral(self, request: pb.CloseReferralRequest, context: object) -> pb.Referral:
        unit, reason = unit_of(context), close_reason_from_proto(request.reason)
        await usecases.close_referral(unit, request.id, etag=request.etag, reason=reason)
        return convert.referral_to_proto(*await standing_of(unit, request.id, self._terms), unit.now)

    async def ListOffers(self, request: pb.ListOffersRequest, context: object) -> pb.ListOffersResponse:
        page = await usecases.list_offers(
            unit_of(context),
            open_only=request.open_only,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return pb.ListOffersResponse(
            offers=map(convert.offer_to_agency, page.offers), next_page_token=page.next_token
        )

    async def OpenOffer(self, request: pb.OpenOfferRequest, context: object) -> pb.OpenedOffer:
        return convert.opened_to_proto(await usecases.open_offer(unit_of(context), request.id))

    async def AcceptOffer(self, request: pb.AcceptOfferRequest, context: object) -> pb.Offer:
        offer = await usecases.accept_offer(unit_of(context), request.id, etag=request.etag)
        return convert.offer_to(caller_of(context), offer)

    async def DeclineOffer(self, request: pb.DeclineOfferRequest, context: object) -> pb.Offer:
        reason = decline_reason_from_proto(request.reason)
        offer = await usecases.decline_offer(unit_of(context), request.id, etag=request.etag, reason=reason)
        return convert.offer_to(caller_of(context), offer)

    async def ListDisclosures(
        self, request: pb.ListDisclosuresRequest, context: object
    ) -> pb.ListDisclosuresResponse:
        page = await list_disclosures(
            unit_of(context), request.client_id, page_size=request.page_size, page_token=request.page_token
        )
        return pb.ListDisclosuresResponse(
            disclosures=map(disclosure_to_proto, page.disclosures), next_page_token=page.next_token
        )
