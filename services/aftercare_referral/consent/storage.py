"""Consents between their rows and the model; the texts pass through the client's key."""

from __future__ import annotations

from typing import Final

from aftercare_platform.sql.work import Unit
from aftercare_referral.client.sealing import ClientKey, Place
from aftercare_referral.consent.model import Category, Consent, Form, Purpose
from aftercare_referral.consent.tables import ConsentRow

_SEALED: Final = ("discloser", "expiration_event", "signer_name")


def row_of(unit: Unit, consent: Consent, key: ClientKey) -> ConsentRow:
    """The row of a new consent."""
    form = consent.form
    sealed = {
        name: sealed_text(unit.program_id, name, consent.id, key, getattr(form, name)) for name in _SEALED
    }
    return ConsentRow(
        program_id=unit.program_id,
        id=consent.id,
        episode_id=consent.episode_id,
        client_id=consent.client_id,
        discloser=sealed["discloser"],
        categories=sorted(form.categories),
        recipients=sorted(form.recipients),
        purposes=sorted(form.purposes),
        states_right_to_revoke=form.states_right_to_revoke,
        expires_on=form.expires_on,
        expiration_event=sealed["expiration_event"],
        signer_name=sealed["signer_name"],
        signed_at=form.signed_at,
        states_redisclosure=form.states_redisclosure,
        states_consequences_of_refusal=form.states_consequences_of_refusal,
        states_hipaa_redisclosure=form.states_hipaa_redisclosure,
        recorded_at=unit.now,
        recorded_by=unit.caller.actor,
        version=consent.version,
    )


def consent_of(row: ConsentRow, key: ClientKey) -> Consent:
    """The consent in a row."""
    opened = {name: key.unseal(getattr(row, name), _place(row.program_id, name, row.id)) for name in _SEALED}
    form = Form(
        discloser=opened["discloser"],
        categories=frozenset(map(Category, row.categories)),
        recipients=frozenset(row.recipients),
        purposes=frozenset(map(Purpose, row.purposes)),
        states_right_to_revoke=row.states_right_to_revoke,
        expires_on=row.expires_on,
        expiration_event=opened["expiration_event"],
        signer_name=opened["signer_name"],
        signed_at=row.signed_at,
        states_redisclosure=row.states_redisclosure,
        states_consequences_of_refusal=row.states_consequences_of_refusal,
        states_hipaa_redisclosure=row.states_hipaa_redisclosure,
    )
    return Consent(row.id, row.episode_id, row.client_id, form, row.version, row.revoked_at)


def sealed_text(program_id: str, column: str, consent_id: str, key: ClientKey, text: str) -> bytes:
    """A text of a consent, as it is stored in that column."""
    return key.seal(text, _place(program_id, column, consent_id))


def _place(program_id: str, column: str, consent_id: str) -> Place:
    return Place(program_id, "consent", column, consent_id)
