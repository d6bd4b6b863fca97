"""Withdrawing a consent: from that instant nothing more leaves on its ground.

Offers know consents (each asks for its permit), so consents must not know offers: how offers end is
given by `main`, which joins the two.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet

from sqlmodel import col, update

from aftercare_platform.kernel.errors import Stale
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.keys import client_key
from aftercare_referral.consent.model import Consent, RevokedAlready, is_in_force
from aftercare_referral.consent.storage import sealed_text
from aftercare_referral.consent.tables import ConsentRow
from aftercare_referral.consent.usecases import get_consent, list_consents

EndOffers = Callable[[Unit, str, AbstractSet[str]], Awaitable[object]]
"""Ends an episode's offers to these organizations that were not yet accepted, in the unit it is given:
`aftercare_referral.referral.usecases.end_offers_without_consent`."""


async def revoke_consent(unit: Unit, consent_id: str, *, channel: str, end_offers: EndOffers) -> Consent:
    """Withdraw a consent, whatever the channel; RevokedAlready the second time.

    In the same transaction the offers end that were not yet accepted and whose organization no other
    consent in force names. What was disclosed before stays in the log.
    """
    consent = await get_consent(unit, consent_id)
    if consent.revoked_at is not None:
        raise RevokedAlready(id=consent.id)
    await _mark_revoked(unit, consent, channel.strip())
    left = await list_consents(unit, consent.episode_id)
    uncovered = {
        organization_id
        for organization_id in consent.form.recipients
        if not any(is_in_force(other, organization_id, unit.now) for other in left)
    }
    await end_offers(unit, consent.episode_id, uncovered)
    return await get_consent(unit, consent_id)


async def _mark_revoked(unit: Unit, consent: Consent, channel: str) -> None:
    key = await client_key(unit, consent.client_id)
    changed = await unit.session.exec(
        update(ConsentRow)
        .where(col(ConsentRow.id) == consent.id, col(ConsentRow.version) == consent.version)
        .values(
            revoked_at=unit.now,
            revoked_by=unit.caller.actor,
            revoke_channel=sealed_text(unit.program_id, "revoke_channel", consent.id, key, channel),
            version=consent.version + 1,
        )
    )
    if changed.rowcount != 1:
        raise Stale(what="consent")
