"""Withdrawing a consent: from that instant nothing more leaves on its ground."""

from __future__ import annotations

from sqlmodel import col, update

from aftercare_platform.kernel.errors import Stale
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.keys import client_key
from aftercare_referral.consent.model import Consent, RevokedAlready, is_in_force
from aftercare_referral.consent.storage import sealed_text
from aftercare_referral.consent.tables import ConsentRow
from aftercare_referral.consent.usecases import get_consent, list_consents
from aftercare_referral.referral.usecases import end_offers_without_consent


async def revoke_consent(unit: Unit, consent_id: str, *, channel: str) -> Consent:
    """Withdraw a consent, whatever the channel; RevokedAlready the second time.

    In the same transaction the offers end that were not yet accepted and whose organization no other
    consent in force names. What was disclosed before stays in the log.
    """
    consent = await get_consent(unit, consent_id)
    if consent.revoked_at is not None:
        raise RevokedAlready(id=consent.id)
    key = await client_key(unit, consent.client_id)
    changed = await unit.session.exec(
        update(ConsentRow)
        .where(col(ConsentRow.id) == consent.id, col(ConsentRow.version) == consent.version)
        .values(
            revoked_at=unit.now,
            revoked_by=unit.caller.actor,
            revoke_channel=sealed_text(unit.program_id, "revoke_channel", consent.id, key, channel.strip()),
            version=consent.version + 1,
        )
    )
    if changed.rowcount != 1:
        raise Stale(what="consent")
    left = await list_consents(unit, consent.episode_id)
    uncovered = {
        organization_id
        for organization_id in consent.form.recipients
        if not any(is_in_force(other, organization_id, unit.now) for other in left)
    }
    await end_offers_without_consent(unit, consent.episode_id, uncovered)
    return await get_consent(unit, consent_id)
