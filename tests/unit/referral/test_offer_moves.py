"""Which moves an offer has: the published table, and nothing else."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aftercare_platform.kernel.errors import Stale
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_referral.referral.model import (
    LIFECYCLE,
    DeclineReason,
    DiscardReason,
    Move,
    Offer,
    OfferMode,
    OfferState,
    WrongMove,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)

# The oracle has more states and moves; they come with the features that need them.
SAID = {
    "send": Move.SEND,
    "discard": Move.DISCARD,
    "acknowledge": Move.ACKNOWLEDGE,
    "accept": Move.ACCEPT,
    "decline": Move.DECLINE,
    "expire": Move.EXPIRE,
    "recall": Move.RECALL,
    "revoke_consent": Move.REVOKE_CONSENT,
}

DO = {
    Move.SEND: lambda offer: offer.send(LATER, due=LATER + timedelta(days=2)),
    Move.DISCARD: lambda offer: offer.discard(LATER, DiscardReason.UNDONE),
    Move.ACKNOWLEDGE: lambda offer: offer.acknowledge(),
    Move.ACCEPT: lambda offer: offer.accept(LATER, "agency:a"),
    Move.DECLINE: lambda offer: offer.decline(LATER, "agency:a", DeclineReason.AGE),
    Move.EXPIRE: lambda offer: offer.expire(LATER),
    Move.RECALL: lambda offer: offer.recall(LATER),
    Move.REVOKE_CONSENT: lambda offer: offer.end_without_consent(LATER),
}


def offer(state=OfferState.DRAFT, **changed):
    return Offer(
        **{
            "id": "o-1", "referral_id": "r-1", "episode_id": "e-1", "kind": Kind.SOBER_LIVING,
            "listing_id": "l-1", "listing_name": "Harbor", "organization_id": "org-1",
            "mode": OfferMode.DIRECT, "state": state, "send_at": NOON,
        } | changed
    )  # fmt: skip


def test_the_moves_are_those_of_the_published_table():
    root = os.environ.get("AFTERCARE_SHARED_DATA") or Path(__file__).parents[4] / "shared" / "data"
    oracle = Path(root) / "fhir" / "oracles" / "lifecycle_proposed.json"
    if not oracle.exists():
        pytest.skip(f"the oracle is not here: {oracle}; set AFTERCARE_SHARED_DATA")
    ours = {state.value for state in OfferState}
    expected = {
        (row["event"], row["from"], row["to"])
        for row in json.loads(oracle.read_text(encoding="utf-8"))["transitions"]
        if row["event"] in SAID and {row["from"], row["to"]} <= ours
    }
    said = {move: event for event, move in SAID.items()}
    assert {
        (said[move], start.value, target.value)
        for move, (starts, target) in LIFECYCLE.items()
        for start in starts
    } == expected


@pytest.mark.fault("REF-07")
@pytest.mark.parametrize("state", list(OfferState))
@pytest.mark.parametrize("move", list(Move))
def test_every_move_from_every_state(state, move):
    starts, target = LIFECYCLE[move]
    given = offer(state)
    if move is Move.REVOKE_CONSENT and state is OfferState.DRAFT:
        kept = DO[move](given)  # nothing was sent, so there is nothing to withdraw from anybody
        assert (kept.state, kept.discard_reason) == (OfferState.DISCARDED, DiscardReason.NO_CONSENT)
    elif state in starts:
        assert DO[move](given).state is target
    else:
        with pytest.raises(WrongMove) as refusal:
            DO[move](given)
        assert refusal.value.facts["state"] == state.value


def test_a_refusal_says_what_would_be_right():
    with pytest.raises(WrongMove, match="is declined; only one that is acknowledged or sent can be"):
        offer(OfferState.DECLINED).accept(LATER, "agency:a")


def test_a_move_keeps_what_it_was_told():
    sent = offer().send(LATER, due=LATER + timedelta(days=2))
    assert (sent.send_at, sent.answer_due_at, sent.ended_at) == (LATER, LATER + timedelta(days=2), None)
    accepted = sent.accept(LATER, "agency:a")
    assert (accepted.ended_at, accepted.answered_by) == (LATER, "agency:a")
    declined = sent.decline(LATER, "member:m", DeclineReason.RECORD)
    assert (declined.decline_reason, declined.answered_by) == (DeclineReason.RECORD, "member:m")


# state | whether its agency may open it
@pytest.mark.parametrize(
    ("state", "is_readable"),
    [(state, state.value in {"sent", "acknowledged", "accepted"}) for state in OfferState],
)
def test_only_what_waits_or_was_accepted_can_be_opened(state, is_readable):
    if is_readable:
        offer(state).require_readable()
    else:
        with pytest.raises(WrongMove):
            offer(state).require_readable()


def test_a_move_is_made_on_the_newest_state():
    offer(version=3).require_etag("3")
    for etag in ("2", "4", "", "03"):
        with pytest.raises(Stale):
            offer(version=3).require_etag(etag)
