"""What can be done with referrals and offers. Each use case works in the unit it is given."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from aftercare_platform.kernel.errors import NotFound, invalid
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.paging import decode_token, encode_token
from aftercare_platform.kernel.paging import page_size as checked_size
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_platform.sql.work import Unit
from aftercare_referral.clock.setting import ClockKind, set_clock
from aftercare_referral.consent.disclosure import Disclosed, disclose
from aftercare_referral.consent.model import ConsentMissing
from aftercare_referral.consent.offer_fields import check_withheld
from aftercare_referral.consent.usecases import permit_for
from aftercare_referral.listing_copy.places import offerable_listing, take_place
from aftercare_referral.plan.storage import criteria_of, get_plan
from aftercare_referral.referral import storage
from aftercare_referral.referral.model import (
    CloseReason,
    DeclineReason,
    DiscardReason,
    ListingNotOfferable,
    Offer,
    OfferFrozen,
    OfferMode,
    OfferState,
    Referral,
    Terms,
)
from aftercare_referral.referral.telling import store_move


@dataclass(frozen=True, slots=True)
class SendOffer:
    """A planner's wish to ask a listing."""

    referral_id: str
    listing_id: str
    mode: OfferMode | None
    """None: informational for support groups, else direct."""
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenedOffer:
    """An offer with what its agency may know of the person."""

    offer: Offer
    disclosed: Disclosed


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Some offers, newest first, and the token of the next page (empty on the last)."""

    offers: list[Offer]
    next_token: str


async def send_offer(unit: Unit, command: SendOffer, terms: Terms) -> Offer:
    """Ask a listing: it goes out when the time to undo has passed. A group's client is told at once."""
    referral = await storage.get_referral(unit, command.referral_id)
    listing = await offerable_listing(unit, command.listing_id, referral.kind)
    mode = _mode(command.mode, referral.kind)
    referral.require_room_for(command.listing_id, listing.name, mode)
    offer = Offer(
        id=new_id(),
        referral_id=referral.id,
        episode_id=referral.episode_id,
        kind=referral.kind,
        listing_id=listing.listing_id,
        listing_name=listing.name,
        organization_id=listing.organization_id,
        mode=mode,
        state=OfferState.INFORMED,
        send_at=unit.now,
        withheld=check_withheld(referral.kind, command.withheld),
    )
    if mode is OfferMode.DIRECT:
        await _permit(unit, offer)
        offer = replace(offer, state=OfferState.DRAFT, send_at=unit.now + terms.undo)
        await set_clock(unit, ClockKind.SEND_OFFER, offer.id, offer.send_at)
    await storage.add_offer(unit, offer)
    await storage.touch_referral(unit, referral)
    return offer


async def undo_offer(unit: Unit, offer_id: str) -> Offer:
    """Take an offer back before it went out."""
    offer = await storage.get_offer(unit, offer_id)
    return await store_move(unit, offer.discard(unit.now, DiscardReason.UNDONE))


async def send_due_offer(unit: Unit, offer_id: str, terms: Terms) -> None:
    """Let an offer go out, its sending time come; without a consent or a listing any more, it does not go."""
    offer = await storage.get_offer(unit, offer_id)
    reason = await _why_not_to_send(unit, offer)
    if reason is not None:
        await store_move(unit, offer.discard(unit.now, reason))
        return
    due = unit.now + terms.answer
    await set_clock(unit, ClockKind.OFFER_ANSWER, offer.id, due)
    await store_move(unit, offer.send(unit.now, due=due))


async def expire_offer(unit: Unit, offer_id: str) -> None:
    """End an offer that was not answered in time."""
    offer = await storage.get_offer(unit, offer_id)
    await store_move(unit, offer.expire(unit.now))


async def list_offers(unit: Unit, *, open_only: bool, page_size: int, page_token: str) -> OfferPage:
    """The offers that were sent to the calling agency, newest first, with nothing about a person."""
    size = checked_size(page_size)
    found = await storage.offers_sent_to(
        unit,
        unit.caller.require_agency().organization_id,
        open_only=open_only,
        before=decode_token(page_token),
        limit=size + 1,
    )
    return OfferPage(found[:size], encode_token(found[size - 1].id if len(found) > size else ""))


async def open_offer(unit: Unit, offer_id: str) -> OpenedOffer:
    """What the consent lets the calling agency know: a disclosure, logged in this transaction."""
    offer = await _addressed(unit, offer_id)
    offer.require_readable()
    referral = await storage.get_referral(unit, offer.referral_id)
    try:
        disclosed = await disclose(
            unit,
            episode_id=offer.episode_id,
            offer_id=offer.id,
            organization_id=offer.organization_id,
            kind=offer.kind,
            criteria=await criteria_of(unit, await get_plan(unit, referral.plan_id)),
            withheld=offer.withheld,
            recipient=unit.caller.actor,
        )
    except ConsentMissing:
        raise OfferFrozen from None
    if offer.state is OfferState.SENT:
        offer = await store_move(unit, offer.acknowledge())
    return OpenedOffer(offer, disclosed)


async def accept_offer(unit: Unit, offer_id: str, *, etag: str) -> Offer:
    """The agency takes the client on; by itself, or by staff who were told on the phone."""
    offer = await _answerable(unit, offer_id, etag)
    accepted = offer.accept(unit.now, unit.caller.actor)
    try:
        await _permit(unit, offer)
    except ConsentMissing:
        raise OfferFrozen from None
    await take_place(unit, offer.listing_id)
    return await store_move(unit, accepted)


async def decline_offer(unit: Unit, offer_id: str, *, etag: str, reason: DeclineReason) -> Offer:
    """The agency does not; by itself, or by staff who were told on the phone."""
    offer = await _answerable(unit, offer_id, etag)
    return await store_move(unit, offer.decline(unit.now, unit.caller.actor, reason))


async def recall_offer(unit: Unit, offer_id: str, *, etag: str) -> Offer:
    """The program takes back an offer that went out and was not answered."""
    offer = await storage.get_offer(unit, offer_id)
    offer.require_etag(etag)
    return await store_move(unit, offer.recall(unit.now))


async def close_referral(unit: Unit, referral_id: str, *, etag: str, reason: CloseReason) -> Referral:
    """Close a referral without a place; what is still open of it is taken back."""
    referral = await storage.get_referral(unit, referral_id)
    referral.require_etag(etag)
    referral.require_open()
    await close(unit, referral, reason)
    return await storage.get_referral(unit, referral_id)


async def close(unit: Unit, referral: Referral, reason: CloseReason) -> None:
    """Close a referral as it was read, and take back its open offers; not once a place was found."""
    referral.require_unmet()
    await storage.close_referral(unit, referral, reason)
    for offer in referral.offers:
        if offer.state is OfferState.DRAFT:
            await store_move(unit, offer.discard(unit.now, DiscardReason.UNDONE))
        elif offer.is_open and offer.mode is OfferMode.DIRECT:
            await store_move(unit, offer.recall(unit.now))


async def end_offers_without_consent(unit: Unit, episode_id: str, organization_ids: Collection[str]) -> None:
    """End the offers of an episode that were not accepted and whose consent was withdrawn."""
    for offer in await storage.open_offers_to(unit, episode_id, organization_ids):
        await store_move(unit, offer.end_without_consent(unit.now))


async def _permit(unit: Unit, offer: Offer) -> None:
    await permit_for(
        unit,
        episode_id=offer.episode_id,
        organization_id=offer.organization_id,
        kind=offer.kind,
        now=unit.now,
    )


async def _answerable(unit: Unit, offer_id: str, etag: str) -> Offer:
    offer = await _addressed(unit, offer_id)
    offer.require_etag(etag)
    return offer


async def _addressed(unit: Unit, offer_id: str) -> Offer:
    """An offer that the caller may answer: an agency finds only what was sent to its organization."""
    offer = await storage.get_offer(unit, offer_id)
    agency = unit.caller.agency
    if agency is not None and not offer.was_sent_to(agency.organization_id):
        raise NotFound
    return offer


async def _why_not_to_send(unit: Unit, offer: Offer) -> DiscardReason | None:
    try:
        await offerable_listing(unit, offer.listing_id, offer.kind)
        await _permit(unit, offer)
    except ListingNotOfferable:
        return DiscardReason.LISTING_GONE
    except ConsentMissing:
        return DiscardReason.NO_CONSENT
    return None


def _mode(wanted: OfferMode | None, kind: Kind) -> OfferMode:
    """How a listing of this kind is asked. A meeting has nobody who could answer (decision 8)."""
    mode = OfferMode.INFORMATIONAL if kind is Kind.SUPPORT_GROUP else OfferMode.DIRECT
    if wanted not in {None, mode}:
        raise invalid("mode", f"a {kind.value.replace('_', ' ')} is asked {mode.value}; leave it unspecified")
    return mode
