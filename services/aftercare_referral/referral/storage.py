"""Referrals and offers between rows and the model."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlmodel import col, select, update

from aftercare_platform.kernel.errors import NotFound, Stale
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_platform.sql.work import Unit
from aftercare_referral.referral.model import (
    NEVER_SENT,
    WAITING_STATES,
    CloseReason,
    DeclineReason,
    DiscardReason,
    Offer,
    OfferMode,
    OfferState,
    Referral,
)
from aftercare_referral.referral.tables import OfferRow, ReferralRow


async def get_offer(unit: Unit, offer_id: str) -> Offer:
    """An offer of the unit's program; NotFound for any other id."""
    row = (await unit.session.exec(select(OfferRow).where(col(OfferRow.id) == offer_id))).one_or_none()
    if row is None:
        raise NotFound
    unit.touch("offer", row.id)
    return offer_of(row)


async def offers_sent_to(
    unit: Unit, organization_id: str, *, open_only: bool, before: str, limit: int
) -> list[Offer]:
    """The offers that were sent to an organization, newest first; with `open_only`, the unanswered ones."""
    query = select(OfferRow).where(col(OfferRow.organization_id) == organization_id)
    if open_only:
        query = query.where(col(OfferRow.state).in_(sorted(WAITING_STATES)))
    else:
        query = query.where(col(OfferRow.state).not_in(sorted(NEVER_SENT)))
    if before:
        query = query.where(col(OfferRow.id) < before)
    rows = await unit.session.exec(query.order_by(col(OfferRow.id).desc()).limit(limit))
    return [offer_of(row) for row in rows]


async def open_offers_to(unit: Unit, episode_id: str, organization_ids: Collection[str]) -> list[Offer]:
    """The offers of an episode that wait for one of these organizations."""
    waiting = [OfferState.DRAFT.value, OfferState.SENT.value, OfferState.ACKNOWLEDGED.value]
    rows = await unit.session.exec(
        select(OfferRow).where(
            col(OfferRow.episode_id) == episode_id,
            col(OfferRow.organization_id).in_(organization_ids),
            col(OfferRow.mode) == OfferMode.DIRECT.value,
            col(OfferRow.state).in_(waiting),
        )
    )
    return [offer_of(row) for row in rows]


async def get_referral(unit: Unit, referral_id: str) -> Referral:
    """A referral of the unit's program with its offers; NotFound for any other id."""
    row = (
        await unit.session.exec(select(ReferralRow).where(col(ReferralRow.id) == referral_id))
    ).one_or_none()
    if row is None:
        raise NotFound
    unit.touch("referral", row.id)
    return (await _with_offers(unit, [row]))[0]


async def referrals_of_plans(unit: Unit, plan_ids: Collection[str]) -> list[Referral]:
    """The referrals of these plans with their offers, oldest first."""
    query = select(ReferralRow).where(col(ReferralRow.plan_id).in_(plan_ids)).order_by(col(ReferralRow.id))
    return await _with_offers(unit, (await unit.session.exec(query)).all())


async def open_referrals(unit: Unit) -> list[Referral]:
    """Every referral of the program that is not closed, with its offers."""
    query = select(ReferralRow).where(col(ReferralRow.closed_at).is_(None)).order_by(col(ReferralRow.id))
    return await _with_offers(unit, (await unit.session.exec(query)).all())


async def add_referral(unit: Unit, referral: Referral) -> None:
    """Store a new referral."""
    unit.session.add(
        ReferralRow(
            program_id=unit.program_id,
            id=referral.id,
            plan_id=referral.plan_id,
            episode_id=referral.episode_id,
            client_id=referral.client_id,
            kind=referral.kind.value,
            opened_at=referral.opened_at,
        )
    )
    await unit.session.flush()
    unit.touch("referral", referral.id)


async def close_referral(unit: Unit, referral: Referral, reason: CloseReason) -> None:
    """Store that a referral is closed; Stale when it was changed since it was read."""
    await _change(unit, referral.id, referral.version, closed_at=unit.now, close_reason=reason.value)


async def touch_referral(unit: Unit, referral: Referral) -> None:
    """Give a referral as it was read a new version; Stale when it was changed since."""
    await _change(unit, referral.id, referral.version)


async def note_offer_change(unit: Unit, referral_id: str) -> None:
    """Give the referral a new version, as one of its offers has changed."""
    await unit.session.execute(
        update(ReferralRow).where(col(ReferralRow.id) == referral_id).values(version=ReferralRow.version + 1)
    )


async def add_offer(unit: Unit, offer: Offer) -> None:
    """Store a new offer."""
    unit.session.add(OfferRow(program_id=unit.program_id, **_columns(offer), version=offer.version))
    await unit.session.flush()
    unit.touch("offer", offer.id)


async def save_offer(unit: Unit, offer: Offer) -> None:
    """Store an offer's next state; Stale when it was changed since it was read."""
    changed = await unit.session.execute(
        update(OfferRow)
        .where(col(OfferRow.id) == offer.id, col(OfferRow.version) == offer.version)
        .values(**_columns(offer), version=offer.version + 1)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(what="offer")
    unit.session.expire_all()
    unit.touch("offer", offer.id)


async def _change(unit: Unit, referral_id: str, version: int, **values: object) -> None:
    changed = await unit.session.execute(
        update(ReferralRow)
        .where(col(ReferralRow.id) == referral_id, col(ReferralRow.version) == version)
        .values(**values, version=version + 1)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(what="referral")
    unit.session.expire_all()
    unit.touch("referral", referral_id)


async def _with_offers(unit: Unit, rows: Iterable[ReferralRow]) -> list[Referral]:
    kept = list(rows)
    query = select(OfferRow).where(col(OfferRow.referral_id).in_([row.id for row in kept]))
    offers: dict[str, list[Offer]] = {}
    for row in await unit.session.exec(query.order_by(col(OfferRow.id))):
        offers.setdefault(row.referral_id, []).append(offer_of(row))
    return [_referral(row, tuple(offers.get(row.id, ()))) for row in kept]


def _referral(row: ReferralRow, offers: tuple[Offer, ...]) -> Referral:
    return Referral(
        id=row.id,
        plan_id=row.plan_id,
        episode_id=row.episode_id,
        client_id=row.client_id,
        kind=Kind(row.kind),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        close_reason=CloseReason(row.close_reason) if row.close_reason else None,
        offers=offers,
        version=row.version,
    )


def offer_of(row: OfferRow) -> Offer:
    """The offer in a row."""
    return Offer(
        id=row.id,
        referral_id=row.referral_id,
        episode_id=row.episode_id,
        kind=Kind(row.kind),
        listing_id=row.listing_id,
        listing_name=row.listing_name,
        organization_id=row.organization_id,
        mode=OfferMode(row.mode),
        state=OfferState(row.state),
        send_at=row.send_at,
        answer_due_at=row.answer_due_at,
        ended_at=row.ended_at,
        decline_reason=DeclineReason(row.decline_reason) if row.decline_reason else None,
        discard_reason=DiscardReason(row.discard_reason) if row.discard_reason else None,
        answered_by=row.answered_by,
        withheld=frozenset(row.withheld),
        version=row.version,
        event_version=row.event_version,
    )


def _columns(offer: Offer) -> dict[str, Any]:
    """The columns of an offer but for its program and its version."""
    return {
        "id": offer.id,
        "referral_id": offer.referral_id,
        "episode_id": offer.episode_id,
        "kind": offer.kind.value,
        "listing_id": offer.listing_id,
        "listing_name": offer.listing_name,
        "organization_id": offer.organization_id,
        "mode": offer.mode.value,
        "state": offer.state.value,
        "send_at": offer.send_at,
        "answer_due_at": offer.answer_due_at,
        "ended_at": offer.ended_at,
        "decline_reason": offer.decline_reason.value if offer.decline_reason else None,
        "discard_reason": offer.discard_reason.value if offer.discard_reason else None,
        "answered_by": offer.answered_by,
        "withheld": sorted(offer.withheld),
        "event_version": offer.event_version,
    }
