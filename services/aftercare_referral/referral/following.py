"""Who holds the ball for a referral, and until when: a pure function of what is recorded.

Every referral that is not closed has exactly one holder and one due time. The sentence names places and
never a person; the due time stands beside it, for each reader in their own zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from aftercare_referral.referral.model import (
    DiscardReason,
    Offer,
    OfferMode,
    OfferState,
    Referral,
    ReferralState,
    Terms,
)


class Holder(StrEnum):
    """Who must act next."""

    NOBODY = "nobody"
    PLANNER = "planner"
    CASE_MANAGER = "case_manager"
    AGENCY = "agency"
    CLIENT = "client"
    SYSTEM = "system"


class MatchingState(StrEnum):
    """How far the matched set of the referral's plan is."""

    MATCHING = "matching"
    MATCHED = "matched"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Awaited:
    """What a plan still waits for: its matched set, since when; and the day on which the client leaves."""

    state: MatchingState
    since: datetime
    leaves_at: datetime | None = None
    """The first moment of the day of discharge, actual or planned; None where none is known."""

    def arrives_by(self, ready_at: datetime, terms: Terms) -> datetime:
        """By when a client should have arrived at a place that is ready: they must have left before."""
        return max(ready_at, self.leaves_at or ready_at) + terms.arrival


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Who holds the ball, until when, and the same in words."""

    holder: Holder
    due_at: datetime | None
    sentence: str

    def is_overdue(self, now: datetime) -> bool:
        """Whether the due time has passed."""
        return self.due_at is not None and self.due_at < now


_NOT_SENT: Final[Mapping[DiscardReason | None, str]] = {
    DiscardReason.NO_CONSENT: "no consent covers it; record one",
    DiscardReason.LISTING_GONE: "the place is not in use any more; choose another",
}


def follow_up(referral: Referral, awaited: Awaited, terms: Terms) -> FollowUp:
    """Where a need stands."""
    match referral.state:
        case ReferralState.CLOSED:
            why = (referral.close_reason or "").replace("_", " ")
            return FollowUp(Holder.NOBODY, None, f"Closed: {why}")
        case ReferralState.MATCHED:
            return _expected(_last(referral, OfferState.ACCEPTED), awaited, terms)
        case ReferralState.OPEN:
            return _awaiting(_leading(referral), awaited, terms)
        case ReferralState.DRAFT | ReferralState.EXHAUSTED if _was_kept_here(referral):
            return _kept_here(referral.offers[-1], terms)
        case ReferralState.EXHAUSTED:
            return _refused(referral.offers[-1], terms)
        case ReferralState.DRAFT:
            return _unasked(referral, awaited, terms)


def _expected(offer: Offer, awaited: Awaited, terms: Terms) -> FollowUp:
    due = awaited.arrives_by(_ended(offer), terms)
    return FollowUp(
        Holder.CASE_MANAGER,
        due,
        f"{offer.listing_name} takes the client on; see that they arrived",
    )


def _awaiting(offer: Offer, awaited: Awaited, terms: Terms) -> FollowUp:
    name = offer.listing_name
    if offer.state is OfferState.DRAFT:
        return FollowUp(
            Holder.SYSTEM,
            offer.send_at,
            f"Goes out to {name}; can be undone until then",
        )
    if offer.mode is OfferMode.INFORMATIONAL:
        due = awaited.arrives_by(offer.send_at, terms)
        return FollowUp(
            Holder.CASE_MANAGER,
            due,
            f"The client was told of {name}; ask whether they went",
        )
    due = offer.answer_due_at or offer.send_at + terms.answer
    said = "has opened it" if offer.state is OfferState.ACKNOWLEDGED else "has not opened it yet"
    return FollowUp(Holder.AGENCY, due, f"Asked {name}, which {said}")


def _was_kept_here(referral: Referral) -> bool:
    """Whether the last offer could not go out, which its planner must be told."""
    return bool(referral.offers) and referral.offers[-1].discard_reason in _NOT_SENT


def _kept_here(offer: Offer, terms: Terms) -> FollowUp:
    sentence = f"The offer to {offer.listing_name} did not go out: {_NOT_SENT[offer.discard_reason]}"
    return FollowUp(Holder.PLANNER, _ended(offer) + terms.planner, sentence)


def _refused(offer: Offer, terms: Terms) -> FollowUp:
    return FollowUp(
        Holder.PLANNER, _ended(offer) + terms.planner, f"{_how_it_ended(offer)}; choose the next place"
    )


def _unasked(referral: Referral, awaited: Awaited, terms: Terms) -> FollowUp:
    since = max(awaited.since, referral.opened_at)
    match awaited.state:
        case MatchingState.MATCHING:
            return FollowUp(Holder.SYSTEM, since + timedelta(seconds=60), "The matched set is being made")
        case MatchingState.FAILED:
            return FollowUp(
                Holder.PLANNER, since + terms.planner, "No matched set could be made; see the plan for why"
            )
        case MatchingState.MATCHED:
            return FollowUp(
                Holder.PLANNER, since + terms.planner, "Nobody has been asked yet; pick from the matched set"
            )


def _how_it_ended(offer: Offer) -> str:
    name = offer.listing_name
    match offer.state:
        case OfferState.DECLINED:
            return f"{name} declined ({(offer.decline_reason or '').replace('_', ' ')})"
        case OfferState.EXPIRED:
            return f"{name} did not answer in time"
        case OfferState.RECALLED:
            return f"The offer to {name} was taken back"
        case OfferState.CONSENT_REVOKED:
            return f"The client withdrew the consent for {name}"
        case _:
            return f"The offer to {name} was undone"


def _leading(referral: Referral) -> Offer:
    """The open offer that the need turns on: an agency that is asked before a group that was told of."""
    opened = [offer for offer in referral.offers if offer.is_open]
    asked = [offer for offer in opened if offer.mode is OfferMode.DIRECT]
    return (asked or opened)[-1]


def _last(referral: Referral, state: OfferState) -> Offer:
    return [offer for offer in referral.offers if offer.state is state][-1]


def _ended(offer: Offer) -> datetime:
    return offer.ended_at or offer.send_at
