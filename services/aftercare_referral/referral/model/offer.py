"""One agency asked for one referral."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aftercare_platform.kernel.errors import Stale
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_referral.referral.model.lifecycle import WAITING, State, Verb, after


class Mode(StrEnum):
    """How a listing is asked."""

    DIRECT = "direct"
    INFORMATIONAL = "informational"


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


@dataclass(slots=True)
class Offer:
    """An offer, changed by its verbs alone. A verb that does not fit the state raises `WrongMove`."""

    id: str
    referral_id: str
    episode_id: str
    kind: Kind
    listing_id: str
    listing_name: str
    organization_id: str
    mode: Mode
    state: State
    send_at: datetime
    """When it goes or went out; for `informed`, when the client was told."""
    withheld: frozenset[str] = frozenset()
    """Fields the planner took away from what the agency may be told."""
    answer_due_at: datetime | None = None
    ended_at: datetime | None = None
    """When it was answered or ended."""
    decline_reason: DeclineReason | None = None
    discard_reason: str = ""
    """Why it did not go out, in words for the planner; empty when it was undone."""
    answered_by: str = ""
    """"agency:<account id>", or "member:<id>" for an answer by phone."""
    version: int = 1
    """Grows by one with each stored change; the etag."""
    events: int = 0
    """How many events were recorded of it: the version of the last one."""

    @property
    def is_waiting(self) -> bool:
        """Whether the agency has it and has not answered."""
        return self.state in WAITING

    @property
    def was_asked(self) -> bool:
        """Whether it ever reached the agency or the client."""
        return self.state not in (State.DRAFT, State.DISCARDED)

    def require_etag(self, etag: str) -> None:
        """`Stale` when the etag is not this version's."""
        if etag != str(self.version):
            raise Stale(what="offer", current=str(self.version))

    def send(self, *, at: datetime, answer_due_at: datetime) -> None:
        """It goes out; the agency has until `answer_due_at`."""
        self._move(Verb.SEND)
        self.send_at = at
        self.answer_due_at = answer_due_at

    def discard(self, *, at: datetime, why: str = "") -> None:
        """It does not go out: undone, or for a reason that the planner must see."""
        self._move(Verb.DISCARD)
        self.ended_at = at
        self.discard_reason = why

    def acknowledge(self) -> None:
        """The agency has read it."""
        self._move(Verb.ACKNOWLEDGE)

    def accept(self, *, by: str, at: datetime) -> None:
        """The agency expects the client; `by` is the actor who said so."""
        self._end(Verb.ACCEPT, at)
        self.answered_by = by

    def decline(self, *, by: str, at: datetime, reason: DeclineReason) -> None:
        """The agency does not take the client on."""
        self._end(Verb.DECLINE, at)
        self.answered_by = by
        self.decline_reason = reason

    def expire(self, *, at: datetime) -> None:
        """The agency stayed silent past its deadline."""
        self._end(Verb.EXPIRE, at)

    def recall(self, *, at: datetime) -> None:
        """The program takes it back before an answer."""
        self._end(Verb.RECALL, at)

    def revoke_consent(self, *, at: datetime) -> None:
        """The client withdrew the consent it rests on before an answer."""
        self._end(Verb.REVOKE_CONSENT, at)

    def _end(self, verb: Verb, at: datetime) -> None:
        self._move(verb)
        self.ended_at = at

    def _move(self, verb: Verb) -> None:
        self.state = after(self.id, self.state, verb)
