"""Who holds the ball for a referral and until when: derived, so that it is never undefined.

Every referral that is not closed has exactly one holder and one due time (invariant I9). The words
name places, never a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from aftercare_referral.referral.model.lifecycle import State
from aftercare_referral.referral.model.offer import Offer
from aftercare_referral.referral.model.referral import Referral


class Holder(StrEnum):
    """Who must act next."""

    PLANNER = "planner"
    CASE_MANAGER = "case_manager"
    AGENCY = "agency"
    CLIENT = "client"
    SYSTEM = "system"


NEXT_CHOICE_WITHIN: Final = timedelta(days=1)
"""How long a planner has to choose, or to choose again after an answer."""
ASK_CLIENT_WITHIN: Final = timedelta(days=7)
"""How long a case manager has to ask how it went with a group the client was told of."""
START_WITHIN: Final = timedelta(days=7)
"""How long a case manager has to confirm that the client has started at an agency that accepted."""
SET_WITHIN: Final = timedelta(seconds=60)
"""How long a matched set may take before it is asked for again."""


@dataclass(frozen=True, slots=True)
class MatchProgress:
    """How far the plan's matched set is, as a follow-up needs to know it."""

    requested_at: datetime
    found_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Who holds the ball, by when, and what it is about."""

    holder: Holder | None
    """None where nothing is left to do."""
    due_at: datetime | None
    """None exactly where `holder` is."""
    happened: str
    """What happened last, such as "Asked Harbor House"."""
    awaited: str = ""
    """What is due, such as "answer"."""

    def is_overdue(self, now: datetime) -> bool:
        """Whether the due time has passed."""
        return self.due_at is not None and self.due_at < now

    def sentence(self, now: datetime, zone: tzinfo) -> str:
        """The same in words, with the time on the clocks of `zone`."""
        if self.due_at is None:
            return self.happened
        verb = "was due" if self.is_overdue(now) else "due"
        return f"{self.happened}; {self.awaited} {verb} {say_time(self.due_at, zone)}"


def say_time(moment: datetime, zone: tzinfo) -> str:
    """Such as "Tue 24 Nov 14:00 EST"."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M %Z}"


def follow_up(referral: Referral, match: MatchProgress) -> FollowUp:
    """Who must act next on the referral; a function of what is recorded, and of nothing else."""
    if referral.close_reason is not None:
        return FollowUp(None, None, f"Closed: {referral.close_reason.replace('_', ' ')}")
    decisive = _decisive(referral.offers)
    if decisive is not None:
        return _after_offer(decisive)
    return _before_any_offer(referral, match)


def _decisive(offers: list[Offer]) -> Offer | None:
    """The offer on which the referral hangs now: accepted before pending before told before the latest end."""
    for states in (
        {State.ACCEPTED},
        {State.DRAFT, State.SENT, State.ACKNOWLEDGED},
        {State.INFORMED},
    ):
        found = [offer for offer in offers if offer.state in states]
        if found:
            return found[-1]
    ended = [offer for offer in offers if offer.ended_at and (offer.was_asked or offer.discard_reason)]
    return max(ended, key=lambda offer: (offer.ended_at, offer.id), default=None)


def _after_offer(offer: Offer) -> FollowUp:
    name = offer.listing_name
    planner_due = (offer.ended_at or offer.send_at) + NEXT_CHOICE_WITHIN
    reason = (offer.decline_reason or "no reason").replace("_", " ")
    told = f"The client was told of {name}"
    match offer.state:
        case State.DRAFT:
            return FollowUp(Holder.SYSTEM, offer.send_at, f"Goes out to {name}; can be undone", "sending")
        case State.SENT:
            return FollowUp(Holder.AGENCY, offer.answer_due_at, f"Asked {name}", "answer")
        case State.ACKNOWLEDGED:
            return FollowUp(Holder.AGENCY, offer.answer_due_at, f"{name} has read the offer", "answer")
        case State.INFORMED:
            return FollowUp(
                Holder.CASE_MANAGER, offer.send_at + ASK_CLIENT_WITHIN, told, "asking how it went"
            )
        case State.ACCEPTED:
            due = (offer.ended_at or offer.send_at) + START_WITHIN
            return FollowUp(Holder.CASE_MANAGER, due, f"{name} takes the client on", "confirming the start")
        case State.DECLINED:
            return FollowUp(Holder.PLANNER, planner_due, f"{name} declined ({reason})", "next choice")
        case State.EXPIRED:
            return FollowUp(Holder.PLANNER, planner_due, f"{name} did not answer in time", "next choice")
        case State.RECALLED:
            return FollowUp(Holder.PLANNER, planner_due, f"The offer to {name} was taken back", "next choice")
        case State.CONSENT_REVOKED:
            return FollowUp(
                Holder.PLANNER, planner_due, f"The consent for {name} was withdrawn", "next choice"
            )
        case State.DISCARDED:
            happened = f"Not sent to {name}: {offer.discard_reason}".rstrip(".")
            return FollowUp(Holder.PLANNER, planner_due, happened, "next choice")


def _before_any_offer(referral: Referral, match: MatchProgress) -> FollowUp:
    undone_at = max(
        (offer.ended_at for offer in referral.offers if offer.ended_at), default=referral.created_at
    )
    if match.failed_at is not None:
        happened = f"No matched set could be made: {match.failure}".rstrip(".")
        return FollowUp(Holder.PLANNER, match.failed_at + NEXT_CHOICE_WITHIN, happened, "another try")
    if match.found_at is not None:
        since = max(match.found_at, undone_at)
        return FollowUp(Holder.PLANNER, since + NEXT_CHOICE_WITHIN, "Nobody has been asked yet", "choice")
    return FollowUp(Holder.SYSTEM, match.requested_at + SET_WITHIN, "The matched set is being made", "result")
