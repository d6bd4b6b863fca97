"""Offers and referrals: which moves there are, and what follows from them; pure, with time given.

An offer is one agency asked for one referral. Its state moves by the verbs below, each allowed from the
states that `LIFECYCLE` names. A referral's state is never set: it follows from its offers and its closing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from aftercare_platform.kernel.errors import Conflict, Stale
from aftercare_platform.kernel.vocabulary import Kind


class OfferMode(StrEnum):
    """How a listing is asked."""

    DIRECT = "direct"
    INFORMATIONAL = "informational"
    """Mutual help: the client is told and goes; nothing is disclosed."""


class OfferState(StrEnum):
    """Where an offer stands."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    RECALLED = "recalled"
    CONSENT_REVOKED = "consent_revoked"
    INFORMED = "informed"


class Move(StrEnum):
    """What can happen to an offer; the value is how it is said."""

    SEND = "sent"
    DISCARD = "undone"
    ACKNOWLEDGE = "opened"
    ACCEPT = "accepted"
    DECLINE = "declined"
    EXPIRE = "ended by its deadline"
    RECALL = "recalled"
    REVOKE_CONSENT = "ended by the consent's withdrawal"


class DeclineReason(StrEnum):
    """Why an agency declines."""

    NO_CAPACITY = "no_capacity"
    MEDICINE = "medicine"
    GENDER = "gender"
    AGE = "age"
    INSURANCE = "insurance"
    LANGUAGE = "language"
    LEVEL_OF_CARE = "level_of_care"
    RECORD = "record"
    CLIENT_DECLINED = "client_declined"
    UNREACHABLE = "unreachable"
    OTHER = "other"


class CloseReason(StrEnum):
    """Why a referral is closed without a place."""

    CLIENT_DECLINED = "client_declined"
    CLIENT_UNREACHABLE = "client_unreachable"
    NO_LONGER_NEEDED = "no_longer_needed"
    NO_CAPACITY_IN_REACH = "no_capacity_in_reach"
    MOVED = "moved"
    ERROR = "error"


class DiscardReason(StrEnum):
    """Why an offer never went out."""

    UNDONE = "undone"
    NO_CONSENT = "no_consent"
    LISTING_GONE = "listing_gone"


class ReferralState(StrEnum):
    """Where a referral stands; derived."""

    DRAFT = "draft"
    OPEN = "open"
    MATCHED = "matched"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"


_WAITING: Final = frozenset({OfferState.SENT, OfferState.ACKNOWLEDGED})

LIFECYCLE: Final[Mapping[Move, tuple[frozenset[OfferState], OfferState]]] = {
    Move.SEND: (frozenset({OfferState.DRAFT}), OfferState.SENT),
    Move.DISCARD: (frozenset({OfferState.DRAFT}), OfferState.DISCARDED),
    Move.ACKNOWLEDGE: (frozenset({OfferState.SENT}), OfferState.ACKNOWLEDGED),
    Move.ACCEPT: (_WAITING, OfferState.ACCEPTED),
    Move.DECLINE: (_WAITING, OfferState.DECLINED),
    Move.EXPIRE: (_WAITING, OfferState.EXPIRED),
    Move.RECALL: (_WAITING, OfferState.RECALLED),
    Move.REVOKE_CONSENT: (_WAITING, OfferState.CONSENT_REVOKED),
}
"""From which states each move is allowed, and where it leads."""

OPEN_STATES: Final = frozenset({OfferState.DRAFT, *_WAITING, OfferState.INFORMED})
"""Somebody or something is still awaited."""
NEVER_SENT: Final = frozenset({OfferState.DRAFT, OfferState.DISCARDED, OfferState.INFORMED})
"""No agency has heard of it."""
WAITING_STATES: Final = _WAITING
"""The agency is asked and has not answered."""
READABLE_STATES: Final = frozenset({*_WAITING, OfferState.ACCEPTED})
"""An agency may open the offer."""
_AGAIN: Final = frozenset(
    {OfferState.DISCARDED, OfferState.EXPIRED, OfferState.RECALLED, OfferState.CONSENT_REVOKED}
)
"""After these the same listing may be asked once more: it has not answered."""


class WrongMove(Conflict):
    """The offer is {state}; only one that is {allowed} can be {verb}."""


class AnotherOfferOpen(Conflict):
    """{listing} is asked already or takes the client on: end that offer before you ask another place."""


class AlreadyAsked(Conflict):
    """{listing} was picked for this referral before: it is asked still, has answered, or the client knows."""


class PlaceFound(Conflict):
    """{listing} takes the client on: the need is met and cannot be dropped."""


class ReferralClosed(Conflict):
    """The referral is closed ({why}); revise the plan to open a new one."""


class ListingNotOfferable(Conflict):
    """The listing {why}; pick another one."""

    reason = "LISTING_NOT_OFFERABLE"


class NoPlaceLeft(Conflict):
    """{available} free were reported last, and as many were taken since: report the number anew first."""

    reason = "NO_PLACE_LEFT"


class OfferFrozen(Conflict):
    """No consent covers this offer any more: the program that sent it has to renew it first."""

    # Which element is missing is for the program to know, not for the agency.
    reason = "CONSENT_MISSING"
    is_denial = True


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things may take."""

    undo: timedelta
    """From a planner's send until the offer goes out."""
    answer: timedelta
    """From there until the agency has answered."""
    arrival: timedelta
    """From an acceptance, or from telling the client of a group, until the case manager asks how it went."""
    planner: timedelta
    """From when the ball comes to the planner until it should have moved."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One agency asked for one referral."""

    id: str
    referral_id: str
    episode_id: str
    kind: Kind
    listing_id: str
    listing_name: str
    organization_id: str
    mode: OfferMode
    state: OfferState
    send_at: datetime
    answer_due_at: datetime | None = None
    ended_at: datetime | None = None
    """When it was answered, or ended otherwise."""
    decline_reason: DeclineReason | None = None
    discard_reason: DiscardReason | None = None
    answered_by: str = ""
    withheld: frozenset[str] = frozenset()
    version: int = 1
    event_version: int = 0
    """How many events told of it."""

    @property
    def is_open(self) -> bool:
        """Whether somebody or something is still awaited."""
        return self.state in OPEN_STATES

    def was_sent_to(self, organization_id: str) -> bool:
        """Whether the organization has been asked by this offer, however it went on."""
        return self.organization_id == organization_id and self.state not in NEVER_SENT

    def require_etag(self, etag: str) -> None:
        """Refuse a move by someone who has not seen the newest state."""
        if etag != str(self.version):
            raise Stale(what="offer", current=self.version)

    def require_readable(self) -> None:
        """Refuse to open an offer that has ended."""
        if self.state not in READABLE_STATES:
            raise WrongMove(state=self.state.value, allowed="sent or accepted", verb="opened")

    def send(self, at: datetime, *, due: datetime) -> Offer:
        """It goes out; its agency is awaited."""
        return replace(self._moved(Move.SEND), send_at=at, answer_due_at=due)

    def discard(self, at: datetime, reason: DiscardReason) -> Offer:
        """It never goes out."""
        return replace(self._moved(Move.DISCARD), ended_at=at, discard_reason=reason)

    def acknowledge(self) -> Offer:
        """Its agency has opened it."""
        return self._moved(Move.ACKNOWLEDGE)

    def accept(self, at: datetime, by: str) -> Offer:
        """Its agency expects the client."""
        return replace(self._moved(Move.ACCEPT), ended_at=at, answered_by=by)

    def decline(self, at: datetime, by: str, reason: DeclineReason) -> Offer:
        """Its agency does not take the client on."""
        return replace(self._moved(Move.DECLINE), ended_at=at, answered_by=by, decline_reason=reason)

    def expire(self, at: datetime) -> Offer:
        """Its agency stayed silent."""
        return replace(self._moved(Move.EXPIRE), ended_at=at)

    def recall(self, at: datetime) -> Offer:
        """The program takes it back."""
        return replace(self._moved(Move.RECALL), ended_at=at)

    def end_without_consent(self, at: datetime) -> Offer:
        """The client has withdrawn the consent it rested on."""
        if self.state is OfferState.DRAFT:
            return self.discard(at, DiscardReason.NO_CONSENT)
        return replace(self._moved(Move.REVOKE_CONSENT), ended_at=at)

    def _moved(self, move: Move) -> Offer:
        allowed, target = LIFECYCLE[move]
        if self.state not in allowed:
            words = " or ".join(sorted(state.value for state in allowed))
            raise WrongMove(state=self.state.value, allowed=words, verb=move.value)
        return replace(self, state=target)


@dataclass(frozen=True, slots=True)
class Referral:
    """One need of one client, with the offers made for it, oldest first."""

    id: str
    plan_id: str
    episode_id: str
    client_id: str
    kind: Kind
    opened_at: datetime
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    offers: tuple[Offer, ...] = ()
    version: int = 1

    @property
    def state(self) -> ReferralState:
        """Where it stands; follows from its offers and its closing alone."""
        return state_of(self.offers, is_closed=self.closed_at is not None)

    def require_etag(self, etag: str) -> None:
        """Refuse a change by someone who has not seen the newest state."""
        if etag != str(self.version):
            raise Stale(what="referral", current=self.version)

    def require_open(self) -> None:
        """Refuse to go on with a closed referral."""
        if self.close_reason is not None:
            raise ReferralClosed(why=self.close_reason.value.replace("_", " "))

    def require_unmet(self) -> None:
        """Refuse to drop a need whose place expects the client."""
        for offer in self.offers:
            if offer.state is OfferState.ACCEPTED:
                raise PlaceFound(listing=offer.listing_name)

    def require_room_for(self, listing_id: str, listing_name: str, mode: OfferMode) -> None:
        """Refuse a second open place, and a place that has answered already.

        Groups may be many: a person goes to several.
        """
        self.require_open()
        for offer in self.offers:
            if offer.listing_id == listing_id and offer.state not in _AGAIN:
                raise AlreadyAsked(listing=listing_name)
            is_taken = offer.state is OfferState.ACCEPTED or offer.is_open
            if is_taken and OfferMode.INFORMATIONAL not in {mode, offer.mode}:
                raise AnotherOfferOpen(listing=offer.listing_name)


def state_of(offers: Iterable[Offer], *, is_closed: bool) -> ReferralState:
    """The state of a referral with these offers."""
    if is_closed:
        return ReferralState.CLOSED
    states = {offer.state for offer in offers}
    if OfferState.ACCEPTED in states:
        return ReferralState.MATCHED
    if states & OPEN_STATES:
        return ReferralState.OPEN
    return ReferralState.EXHAUSTED if states - {OfferState.DISCARDED} else ReferralState.DRAFT
