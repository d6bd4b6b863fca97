"""The moves of an offer, as data. `docs/REFERRAL-CYCLE.md` tells the same in words.

Every row is a row of the team's longer life cycle (waiting lists, appointments and outcomes come
with their features), so that nothing recorded now becomes illegal later.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from aftercare_platform.kernel.errors import Conflict


class State(StrEnum):
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


class Verb(StrEnum):
    """What can be done with an offer."""

    SEND = "send"
    DISCARD = "discard"
    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    RECALL = "recall"
    REVOKE_CONSENT = "revoke_consent"


STARTS: Final = frozenset({State.DRAFT, State.INFORMED})
"""The states in which an offer begins."""

WAITING: Final = frozenset({State.SENT, State.ACKNOWLEDGED})
"""The agency has it and has not answered."""

LIFECYCLE: Final[Mapping[Verb, Mapping[State, State]]] = {
    Verb.SEND: {State.DRAFT: State.SENT},
    Verb.DISCARD: {State.DRAFT: State.DISCARDED},
    Verb.ACKNOWLEDGE: {State.SENT: State.ACKNOWLEDGED},
    Verb.ACCEPT: dict.fromkeys(sorted(WAITING), State.ACCEPTED),
    Verb.DECLINE: dict.fromkeys(sorted(WAITING), State.DECLINED),
    Verb.EXPIRE: dict.fromkeys(sorted(WAITING), State.EXPIRED),
    Verb.RECALL: dict.fromkeys(sorted(WAITING), State.RECALLED),
    Verb.REVOKE_CONSENT: dict.fromkeys(sorted(WAITING), State.CONSENT_REVOKED),
}
"""For each verb, from which state it leads where; what does not stand here cannot happen."""

_SAID: Final = {
    Verb.SEND: "sent",
    Verb.DISCARD: "undone",
    Verb.ACKNOWLEDGE: "read",
    Verb.ACCEPT: "accepted",
    Verb.DECLINE: "declined",
    Verb.EXPIRE: "left to expire",
    Verb.RECALL: "recalled",
    Verb.REVOKE_CONSENT: "ended by its consent",
}


class WrongMove(Conflict):
    """The offer is {state}, so it cannot be {said}; it can only be {allowed}."""

    reason = "WRONG_MOVE"

    def __init__(self, offer_id: str, state: State, verb: Verb) -> None:
        allowed = [_SAID[other] for other in Verb if state in LIFECYCLE[other]]
        super().__init__(
            offer=offer_id,
            state=state.value,
            verb=verb.value,
            said=_SAID[verb],
            allowed=" or ".join(allowed) or "left as it is",
        )


def after(offer_id: str, state: State, verb: Verb) -> State:
    """Where the verb leads from the state; `WrongMove`, naming what is allowed, where it leads nowhere."""
    if state not in LIFECYCLE[verb]:
        raise WrongMove(offer_id, state, verb)
    return LIFECYCLE[verb][state]
