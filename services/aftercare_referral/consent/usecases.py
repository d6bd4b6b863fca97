"""Recording and reading consents, and asking what they permit. `revocation.py` withdraws them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.keys import client_key
from aftercare_referral.client.model import DischargeKind
from aftercare_referral.client.usecases import get_episode
from aftercare_referral.consent.model import (
    Consent,
    ConsentMissing,
    Denial,
    Form,
    Permit,
    check_form,
    permit,
)
from aftercare_referral.consent.offer_fields import OFFER_FIELDS
from aftercare_referral.consent.storage import consent_of, row_of
from aftercare_referral.consent.tables import ConsentRow

_NOTHING_MORE = Denial(
    "discharge_kind", "the client has died", "Nothing more is sent; ask your privacy officer (42 CFR 2.15)"
)


async def record_consent(unit: Unit, episode_id: str, form: Form) -> Consent:
    """Store what the form says; NotFound for an episode that the program does not have.

    A form that lacks an element is stored as well, as a draft that permits nothing. InvalidArgument
    for one that is signed in the future.
    """
    check_form(form, now=unit.now)
    episode = await get_episode(unit, episode_id)
    key = await client_key(unit, episode.client_id)
    consent = Consent(new_id(), episode_id, episode.client_id, form, version=1)
    unit.session.add(row_of(unit, consent, key))
    await unit.session.flush()
    unit.touch("consent", consent.id)
    return consent


async def get_consent(unit: Unit, consent_id: str) -> Consent:
    """A consent of the unit's program; NotFound for any other id."""
    found = await unit.session.exec(select(ConsentRow).where(col(ConsentRow.id) == consent_id))
    row = found.one_or_none()
    if row is None:
        raise NotFound
    unit.touch("consent", row.id)
    return consent_of(row, await client_key(unit, row.client_id))


async def list_consents(unit: Unit, episode_id: str) -> list[Consent]:
    """The consents of an episode, oldest first; NotFound for an episode the program does not have."""
    episode = await get_episode(unit, episode_id)
    key = await client_key(unit, episode.client_id)
    rows = await unit.session.exec(
        select(ConsentRow).where(col(ConsentRow.episode_id) == episode_id).order_by(col(ConsentRow.id))
    )
    consents = [consent_of(row, key) for row in rows]
    for consent in consents:
        unit.touch("consent", consent.id)
    return consents


async def permit_for(
    unit: Unit, *, episode_id: str, organization_id: str, kind: Kind, now: datetime
) -> Permit:
    """What an offer of this kind may tell the organization at that moment.

    Its `fields` are those of the offer that the consent covers. ConsentMissing, which names the
    element in the way and how to mend it, where nothing may be told; NotFound for an episode that the
    program does not have. A change of consent in the same unit counts.
    """
    episode = await get_episode(unit, episode_id)
    if episode.discharge_kind is DischargeKind.DECEASED:
        raise ConsentMissing(_NOTHING_MORE)
    verdict = permit(await list_consents(unit, episode_id), organization_id, OFFER_FIELDS[kind], now)
    if isinstance(verdict, Denial):
        raise ConsentMissing(verdict)
    return verdict
