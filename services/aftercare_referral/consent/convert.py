"""Consents and disclosures between the contract and the model."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from aftercare.referral.v1 import consent_pb2, referral_pb2
from aftercare_platform.kernel.errors import invalid
from aftercare_referral.client.model import optional_date
from aftercare_referral.consent.disclosure import Disclosure
from aftercare_referral.consent.model import Category, Consent, Form, Purpose, missing_elements

_CATEGORIES: Final = {
    consent_pb2.CATEGORY_IDENTITY: Category.IDENTITY,
    consent_pb2.CATEGORY_CONTACT: Category.CONTACT,
    consent_pb2.CATEGORY_TREATMENT: Category.TREATMENT,
    consent_pb2.CATEGORY_MEDICATION: Category.MEDICATION,
    consent_pb2.CATEGORY_INSURANCE: Category.INSURANCE,
    consent_pb2.CATEGORY_NEEDS: Category.NEEDS,
}
_PURPOSES: Final = {
    consent_pb2.PURPOSE_TREATMENT_PAYMENT_OPERATIONS: Purpose.TREATMENT_PAYMENT_OPERATIONS,
    consent_pb2.PURPOSE_REFERRAL: Purpose.REFERRAL,
}


def form_from_proto(request: consent_pb2.RecordConsentRequest) -> Form:
    """What the form says; blanks around texts are dropped, so that a blank is no signature."""
    return Form(
        discloser=request.discloser.strip(),
        categories=frozenset(_CATEGORIES[number] for number in request.categories),
        recipients=frozenset(request.recipient_organization_ids),
        purposes=frozenset(_PURPOSES[number] for number in request.purposes),
        states_right_to_revoke=request.states_right_to_revoke,
        expires_on=optional_date(request.expiration_date, field="expiration_date"),
        expiration_event=request.expiration_event.strip(),
        signer_name=request.signer_name.strip(),
        signed_at=_signed_at(request),
        states_redisclosure=request.states_redisclosure,
        states_consequences_of_refusal=request.states_consequences_of_refusal,
        states_hipaa_redisclosure=request.states_hipaa_redisclosure,
    )


def consent_to_proto(consent: Consent) -> consent_pb2.Consent:
    """A consent as the program sees it, with the elements it lacks."""
    form = consent.form
    message = consent_pb2.Consent(
        id=consent.id,
        episode_id=consent.episode_id,
        discloser=form.discloser,
        categories=[number for number, category in _CATEGORIES.items() if category in form.categories],
        recipient_organization_ids=sorted(form.recipients),
        purposes=[number for number, purpose in _PURPOSES.items() if purpose in form.purposes],
        states_right_to_revoke=form.states_right_to_revoke,
        expiration_date=form.expires_on.isoformat() if form.expires_on else "",
        expiration_event=form.expiration_event,
        signer_name=form.signer_name,
        states_redisclosure=form.states_redisclosure,
        states_consequences_of_refusal=form.states_consequences_of_refusal,
        states_hipaa_redisclosure=form.states_hipaa_redisclosure,
        missing_elements=[element.name for element in missing_elements(form)],
        version=consent.version,
    )
    if form.signed_at is not None:
        message.sign_time.FromDatetime(form.signed_at)
    if consent.revoked_at is not None:
        message.revoke_time.FromDatetime(consent.revoked_at)
    return message


def disclosure_to_proto(disclosure: Disclosure) -> referral_pb2.Disclosure:
    """One entry of the log of disclosures."""
    message = referral_pb2.Disclosure(
        id=disclosure.id,
        recipient_organization_id=disclosure.organization_id,
        recipient=disclosure.recipient,
        fields=disclosure.fields,
        purpose=disclosure.purpose,
        consent_id=disclosure.consent_id,
        consent_version=disclosure.consent_version,
        offer_id=disclosure.offer_id,
        notice_id=disclosure.notice_id,
    )
    message.disclose_time.FromDatetime(disclosure.disclosed_at)
    return message


def _signed_at(request: consent_pb2.RecordConsentRequest) -> datetime | None:
    if not request.HasField("sign_time"):
        return None
    try:
        return request.sign_time.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise invalid("sign_time", "is no moment between the years 1 and 9999") from None
