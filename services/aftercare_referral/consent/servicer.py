"""ConsentService."""

from __future__ import annotations

from aftercare.referral.v1 import consent_pb2, consent_pb2_grpc
from aftercare_platform.rpc.call import unit_of
from aftercare_referral.consent import convert, usecases
from aftercare_referral.consent.revocation import EndOffers, revoke_consent


class ConsentServicer(consent_pb2_grpc.ConsentServiceServicer):
    """Consents. Each call runs in the unit of work that the chain opened for it."""

    def __init__(self, *, end_offers: EndOffers) -> None:
        self._end_offers = end_offers

    async def RecordConsent(
        self, request: consent_pb2.RecordConsentRequest, context: object
    ) -> consent_pb2.Consent:
        form = convert.form_from_proto(request)
        consent = await usecases.record_consent(unit_of(context), request.episode_id, form)
        return convert.consent_to_proto(consent)

    async def GetConsent(
        self, request: consent_pb2.GetConsentRequest, context: object
    ) -> consent_pb2.Consent:
        return convert.consent_to_proto(await usecases.get_consent(unit_of(context), request.id))

    async def ListConsents(
        self, request: consent_pb2.ListConsentsRequest, context: object
    ) -> consent_pb2.ListConsentsResponse:
        consents = await usecases.list_consents(unit_of(context), request.episode_id)
        return consent_pb2.ListConsentsResponse(consents=map(convert.consent_to_proto, consents))

    async def RevokeConsent(
        self, request: consent_pb2.RevokeConsentRequest, context: object
    ) -> consent_pb2.Consent:
        consent = await revoke_consent(
            unit_of(context), request.id, channel=request.channel, end_offers=self._end_offers
        )
        return convert.consent_to_proto(consent)
