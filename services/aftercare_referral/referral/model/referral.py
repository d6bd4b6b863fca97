"""One need of one client: what may be offered for it, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from aftercare_platform.kernel.errors import Conflict, Stale
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_referral.referral.model.lifecycle import State
from aftercare_referral.referral.model.offer import Mode, Offer


class ReferralState(StrEnum):
    """Where a referral stands; never set, always derived."""

    DRAFT = "draft"
    OPEN = "open"
    MATCHED = "matched"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"


class CloseReason(StrEnum):
    """Why a referral is closed without a place."""

    CLIENT_DECLINED = "client_declined"
    CLIENT_UNREACHABLE = "client_unreachable"
    NO_LONGER_NEEDED = "no_longer_needed"
    NO_CAPACITY_IN_REACH = "no_capacity_in_reach"
    MOVED = "moved"
    ERROR = "error"


class ReferralClosed(Conflict):
    """The referral is closed ({why}): nothing more can be offered for it."""

    reason = "WRONG_MOVE"


class ReferralHasPlace(Conflict):
    """{listing} takes the client on: the referral has its place and cannot be closed without one."""

    reason = "WRONG_MOVE"


class OfferUnderWay(Conflict):
    """{listing} is being asked already ({state}): wait for its answer, or take that offer back first."""

    reason = "WRONG_MOVE"


class ListingNotOfferable(Conflict):
    """This listing cannot be offered: it {why}."""

    reason = "LISTING_NOT_OFFERABLE"


ASKED_AGAIN: Final = frozenset({State.DISCARDED, State.RECALLED, State.EXPIRED})
"""How an earlier offer may have ended so that its listing may be asked once more."""

_UNDER_WAY: Final = frozenset({State.DRAFT, State.SENT, State.ACKNOWLEDGED, State.ACCEPTED})
_TOLD: Final = frozenset({State.SENT, State.ACKNOWLEDGED, State.INFORMED})


@dataclass(slots=True)
class Referral:
    """A need with its offers, oldest first."""

    id: str
    plan_id: str
    episode_id: str
    client_id: str
    kind: Kind
    position: int
    """Its place among the plan's needs, from 0."""
    created_at: datetime
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    is_needed: bool = True
    """Whether the plan's current criteria still name the need."""
    version: int = 1
    """Grows by one with each stored change of it or its offers; the etag."""
    offers: list[Offer] = field(default_factory=list)

    @property
    def state(self) -> ReferralState:
        """Where it stands."""
        return state_of(self.offers, is_closed=self.closed_at is not None)

    def require_etag(self, etag: str) -> None:
        """`Stale` when the etag is not this version's."""
        if etag != str(self.version):
            raise Stale(what="referral", current=str(self.version))

    def require_offerable(self, listing_id: str, mode: Mode) -> None:
        """Refuse a further offer: closed; one under way; the same listing asked before."""
        if self.close_reason is not None:
            raise ReferralClosed(why=self.close_reason.replace("_", " "))
        for offer in self.offers:
            if mode is Mode.DIRECT and offer.state in _UNDER_WAY:
                raise OfferUnderWay(listing=offer.listing_name, state=offer.state.value)
            if offer.listing_id == listing_id and offer.state not in ASKED_AGAIN:
                raise ListingNotOfferable(why="was offered for this need before", listing=listing_id)

    def close(self, *, at: datetime, reason: CloseReason) -> list[Offer]:
        """Close it without a place; the offers that this ended are returned."""
        if self.close_reason is not None:
            raise ReferralClosed(why=self.close_reason.replace("_", " "))
        for offer in self.offers:
            if offer.state is State.ACCEPTED:
                raise ReferralHasPlace(listing=offer.listing_name)
        self.closed_at = at
        self.close_reason = reason
        return [offer for offer in self.offers if _take_back(offer, at)]


def state_of(offers: Iterable[Offer], *, is_closed: bool) -> ReferralState:
    """Where a referral stands: a function of its offers and its closing, and of nothing else."""
    states = {offer.state for offer in offers if offer.was_asked}
    if is_closed:
        return ReferralState.CLOSED
    if State.ACCEPTED in states:
        return ReferralState.MATCHED
    if states & _TOLD:
        return ReferralState.OPEN
    return ReferralState.EXHAUSTED if states else ReferralState.DRAFT


def _take_back(offer: Offer, at: datetime) -> bool:
    if offer.state is State.DRAFT:
        offer.discard(at=at)
        return True
    if offer.is_waiting:
        offer.recall(at=at)
        return True
    return False
