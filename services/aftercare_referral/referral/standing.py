"""Where referrals stand: each with who holds the ball."""

from __future__ import annotations

from collections.abc import Iterable

from aftercare_platform.sql.work import Unit
from aftercare_referral.plan.storage import awaited_of_plans
from aftercare_referral.referral import storage
from aftercare_referral.referral.following import FollowUp, follow_up
from aftercare_referral.referral.model import Referral, Terms

Standing = tuple[Referral, FollowUp]


async def standing_of(unit: Unit, referral_id: str, terms: Terms) -> Standing:
    """One referral of the program, and where it stands."""
    return (await standings(unit, [await storage.get_referral(unit, referral_id)], terms))[0]


async def standings(unit: Unit, referrals: Iterable[Referral], terms: Terms) -> list[Standing]:
    """Where each of these stands, in the same order."""
    kept = list(referrals)
    awaited = await awaited_of_plans(unit, {referral.plan_id for referral in kept})
    return [(referral, follow_up(referral, awaited[referral.plan_id], terms)) for referral in kept]
