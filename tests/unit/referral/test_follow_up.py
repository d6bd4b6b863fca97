"""Who holds the ball: the table of the follow-up statuses, and that there is always exactly one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercare_platform.kernel.errors import Conflict
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_referral.referral.following import Awaited, Holder, MatchingState, follow_up
from aftercare_referral.referral.model import (
    CloseReason,
    DeclineReason,
    DiscardReason,
    Offer,
    OfferMode,
    OfferState,
    Referral,
    ReferralState,
    Terms,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TERMS = Terms(undo=timedelta(seconds=30), answer=2 * DAY, arrival=7 * DAY, planner=DAY)
MATCHED = Awaited(MatchingState.MATCHED, NOON)


def offer(name="Harbor", *, mode=OfferMode.DIRECT, state=OfferState.DRAFT, at=NOON):
    kind = Kind.SUPPORT_GROUP if mode is OfferMode.INFORMATIONAL else Kind.SOBER_LIVING
    return Offer(
        id=f"o-{name}", referral_id="r-1", episode_id="e-1", kind=kind, listing_id=f"l-{name}",
        listing_name=name, organization_id=f"org-{name}", mode=mode, state=state, send_at=at,
    )  # fmt: skip


def referral(*offers, **changed):
    return Referral(
        **{
            "id": "r-1", "plan_id": "p-1", "episode_id": "e-1", "client_id": "c-1",
            "kind": Kind.SOBER_LIVING, "opened_at": NOON, "offers": offers,
        } | changed
    )  # fmt: skip


DRAFT = offer(at=NOON + TERMS.undo)
SENT = DRAFT.send(NOON, due=NOON + TERMS.answer)
TOLD = offer("Monday group", mode=OfferMode.INFORMATIONAL, state=OfferState.INFORMED)
DECLINED = SENT.decline(NOON + HOUR, "agency:a", DeclineReason.LEVEL_OF_CARE)
KEPT = offer("Hillside").discard(NOON + HOUR, DiscardReason.NO_CONSENT)
GONE = offer("Hillside").discard(NOON + HOUR, DiscardReason.LISTING_GONE)
UNDONE = offer("Hillside").discard(NOON + HOUR, DiscardReason.UNDONE)
CLOSED = {"closed_at": NOON, "close_reason": CloseReason.NO_LONGER_NEEDED}
PICK = "Nobody has been asked yet; pick from the matched set"
LET_GO = "The offer to Hillside did not go out: "

PLANNER, SYSTEM, AGENCY, MANAGER = Holder.PLANNER, Holder.SYSTEM, Holder.AGENCY, Holder.CASE_MANAGER

# offers | holder | due after noon | sentence
STATUSES = [
    ([], PLANNER, DAY, PICK),
    ([UNDONE], PLANNER, DAY, PICK),
    ([DRAFT], SYSTEM, TERMS.undo, "Goes out to Harbor; can be undone until then"),
    ([KEPT], PLANNER, HOUR + DAY, LET_GO + "no consent covers it; record one"),
    ([GONE], PLANNER, HOUR + DAY, LET_GO + "the place is not in use any more; choose another"),
    ([DECLINED, KEPT], PLANNER, HOUR + DAY, LET_GO + "no consent covers it; record one"),
    ([SENT], AGENCY, 2 * DAY, "Asked Harbor, which has not opened it yet"),
    (
        [SENT.acknowledge()],
        AGENCY,
        2 * DAY,
        "Asked Harbor, which has opened it",
    ),
    (
        [SENT.accept(NOON + HOUR, "agency:a")],
        MANAGER,
        HOUR + 7 * DAY,
        "Harbor takes the client on; see that they arrived",
    ),
    ([DECLINED], PLANNER, HOUR + DAY, "Harbor declined (level of care); choose the next place"),
    ([DECLINED, UNDONE], PLANNER, HOUR + DAY, "The offer to Hillside was undone; choose the next place"),
    ([SENT.expire(NOON + DAY)], PLANNER, 2 * DAY, "Harbor did not answer in time; choose the next place"),
    ([SENT.recall(NOON)], PLANNER, DAY, "The offer to Harbor was taken back; choose the next place"),
    (
        [SENT.end_without_consent(NOON)],
        PLANNER,
        DAY,
        "The client withdrew the consent for Harbor; choose the next place",
    ),
    (
        [TOLD],
        MANAGER,
        7 * DAY,
        "The client was told of Monday group; ask whether they went",
    ),
]


@pytest.mark.parametrize(("offers", "holder", "due", "sentence"), STATUSES)
def test_who_holds_the_ball(offers, holder, due, sentence):
    status = follow_up(referral(*offers), MATCHED, TERMS)
    assert (status.holder, status.due_at, status.sentence) == (holder, NOON + due, sentence)
    assert not status.is_overdue(NOON + due)
    assert status.is_overdue(NOON + due + timedelta(microseconds=1))


# how far the set is | holder | due after noon | sentence
@pytest.mark.parametrize(
    ("state", "holder", "due", "sentence"),
    [
        (MatchingState.MATCHING, SYSTEM, timedelta(seconds=60), "The matched set is being made"),
        (MatchingState.MATCHED, PLANNER, DAY, PICK),
        (MatchingState.FAILED, PLANNER, DAY, "No matched set could be made; see the plan for why"),
    ],
)
def test_before_anybody_is_asked_it_turns_on_the_set(state, holder, due, sentence):
    status = follow_up(referral(), Awaited(state, NOON), TERMS)
    assert (status.holder, status.due_at, status.sentence) == (holder, NOON + due, sentence)
    late = follow_up(referral(opened_at=NOON + HOUR), Awaited(state, NOON), TERMS)
    assert late.due_at == NOON + HOUR + due


def test_a_closed_referral_is_nobodys():
    status = follow_up(referral(SENT, **CLOSED), MATCHED, TERMS)
    assert (status.holder, status.due_at, status.sentence) == (
        Holder.NOBODY,
        None,
        "Closed: no longer needed",
    )


def test_nobody_must_arrive_before_they_have_left():
    accepted = replace(SENT, state=OfferState.ACCEPTED, ended_at=NOON + HOUR)
    for leaves_at, due in (
        (None, NOON + HOUR + 7 * DAY),
        (NOON - 3 * DAY, NOON + HOUR + 7 * DAY),
        (NOON + 20 * DAY, NOON + 27 * DAY),
    ):
        awaited = replace(MATCHED, leaves_at=leaves_at)
        assert follow_up(referral(accepted), awaited, TERMS).due_at == due


# --- any history ------------------------------------------------------------------------------------

PLACES = ("Harbor", "Hillside", "Riverside")
MOVES = {
    "send": lambda offer, at: offer.send(at, due=at + TERMS.answer),
    "undo": lambda offer, at: offer.discard(at, DiscardReason.UNDONE),
    "open": lambda offer, _at: offer.acknowledge(),
    "accept": lambda offer, at: offer.accept(at, "agency:a"),
    "decline": lambda offer, at: offer.decline(at, "agency:a", DeclineReason.OTHER),
    "expire": lambda offer, at: offer.expire(at),
    "recall": lambda offer, at: offer.recall(at),
    "revoke": lambda offer, at: offer.end_without_consent(at),
}
STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(PLACES)),
    st.tuples(st.sampled_from(sorted(MOVES)), st.integers(0, 5)),
    st.tuples(st.just("close"), st.sampled_from(list(CloseReason))),
)


def asked(given_, place, mode, at):
    made = offer(place, mode=mode, at=at)
    given_.require_room_for(made.listing_id, place, mode)
    if mode is OfferMode.INFORMATIONAL:
        made = replace(made, state=OfferState.INFORMED)
    return replace(given_, offers=(*given_.offers, made))


def stepped(given_, step, what, mode, at):
    """The referral after one step, as the use cases take it; Conflict where it is not allowed."""
    if step == "ask":
        return asked(given_, what, mode, at)
    if step == "close":
        given_.require_open()
        given_.require_unmet()
        return replace(given_, closed_at=at, close_reason=what)
    if what >= len(given_.offers):
        return given_
    moved = MOVES[step](given_.offers[what], at)
    return replace(given_, offers=(*given_.offers[:what], moved, *given_.offers[what + 1 :]))


@settings(max_examples=300, deadline=None)
@given(
    steps=st.lists(STEPS, max_size=30),
    mode=st.sampled_from(OfferMode),
    matching=st.sampled_from(MatchingState),
)
def test_under_any_history_the_ball_lies_in_one_place(steps, mode, matching):
    given_, at = referral(), NOON
    for step, what in steps:
        at += HOUR
        try:
            given_ = stepped(given_, step, what, mode, at)
        except Conflict:
            continue
        status = follow_up(given_, Awaited(matching, NOON), TERMS)
        is_closed = given_.closed_at is not None
        assert (given_.state is ReferralState.CLOSED) == is_closed
        assert (status.holder is Holder.NOBODY, status.due_at is None) == (is_closed, is_closed)
        assert status.sentence
        direct = [each for each in given_.offers if each.mode is OfferMode.DIRECT]
        living = [each for each in direct if each.is_open or each.state is OfferState.ACCEPTED]
        assert len(living) <= 1
        if not is_closed:
            assert given_.state is expected_state(given_.offers)


def expected_state(offers):
    """The state in the words of the contract, told anew."""
    states = [each.state for each in offers if each.state is not OfferState.DISCARDED]
    if not states:
        return ReferralState.DRAFT
    if OfferState.ACCEPTED in states:
        return ReferralState.MATCHED
    waiting = {OfferState.DRAFT, OfferState.SENT, OfferState.ACKNOWLEDGED, OfferState.INFORMED}
    return ReferralState.OPEN if waiting & set(states) else ReferralState.EXHAUSTED
