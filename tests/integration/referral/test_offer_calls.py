"""Offers from the planner's desk: sending, undoing, what stands in the way, how they end."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from aftercare.directory.v1.resources_pb2 import STATUS_INACTIVE
from aftercare.referral.v1 import consent_pb2
from aftercare.referral.v1 import referral_pb2 as pb
from aftercare_platform.kernel.errors import InvalidArgument, NotFound, Stale
from aftercare_platform.kernel.ids import new_id
from aftercare_referral.clock.tables import ClockEntry
from aftercare_referral.referral.tables import OfferRow
from integration.referral.desk import NOON, PLANNER
from integration.referral.practice import (
    HOUSING,
    MANAGER,
    MEETINGS,
    SOUTH,
    TERMS,
    THERAPY,
    consent_form,
    refused,
)

DRAFT, SENT, DISCARDED = pb.OFFER_STATE_DRAFT, pb.OFFER_STATE_SENT, pb.OFFER_STATE_DISCARDED


def undo(practice, offer, person=PLANNER):
    return practice.referrals(person).UndoOffer(pb.UndoOfferRequest(id=offer.id))


def recall(practice, offer, person=PLANNER):
    return practice.referrals(person).RecallOffer(pb.RecallOfferRequest(id=offer.id, etag=offer.etag))


def close(practice, referral, reason=pb.CLOSE_REASON_MOVED, person=PLANNER):
    request = pb.CloseReferralRequest(id=referral.id, etag=referral.etag, reason=reason)
    return practice.referrals(person).CloseReferral(request)


def revoke(practice, consent_id):
    request = consent_pb2.RevokeConsentRequest(id=consent_id, channel="by phone")
    return practice.consents().RevokeConsent(request)


# what is on the form otherwise -> the element that the refusal names
MISSING = [
    ({"signer_name": ""}, "signer_name"),
    ({"sign_time": None}, "sign_time"),
    ({"discloser": ""}, "discloser"),
    ({"categories": []}, "categories"),
    ({"purposes": []}, "purposes"),
    ({"states_right_to_revoke": False}, "states_right_to_revoke"),
    ({"expiration_date": ""}, "expiration_date_or_event"),
    ({"recipient_organization_ids": [new_id()]}, "recipient_organization_ids"),
    ({"expiration_date": "2026-11-23"}, "expiration_date"),
]


@pytest.mark.parametrize(("form", "element"), MISSING)
async def test_a_refusal_names_the_missing_element(practice, form, element):
    case, harbor = await practice.case(), await practice.place()
    request = consent_form(case.episode_id, harbor, at=NOON - timedelta(days=3))
    for name, value in form.items():
        request.ClearField(name)
        if isinstance(value, list):
            getattr(request, name).extend(value)
        elif value is not None:
            setattr(request, name, value)
    await practice.consents().RecordConsent(request)
    error = await refused(practice.send(case, harbor))
    assert (error.reason, error.facts["element"]) == ("CONSENT_MISSING", element)
    assert (await practice.referral(case)).offers == []
    assert [entry.kind for entry in await practice.rows(ClockEntry)] == ["plan_match"]


async def test_without_any_consent_nothing_is_sent(practice):
    case, harbor = await practice.case(), await practice.place()
    error = await refused(practice.send(case, harbor))
    assert (error.reason, error.facts["element"]) == ("CONSENT_MISSING", "consent")
    assert [entry.allowed for entry in await practice.audit()][-1] is False


async def test_an_offer_goes_out_when_the_time_to_undo_has_passed(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor)
    offer = await practice.send(case, harbor)
    assert (offer.state, offer.mode, offer.kind) == (DRAFT, pb.OFFER_MODE_DIRECT, HOUSING)
    assert offer.send_time.ToDatetime(UTC) == NOON + TERMS.undo
    status = (await practice.referral(case)).follow_up
    assert (status.holder, status.due_time) == (pb.HOLDER_SYSTEM, offer.send_time)
    assert status.sentence == "Goes out to Harbor; can be undone until then"
    await practice.pass_time(seconds=29)
    assert (await practice.offer(case, offer.id)).state == DRAFT
    assert await practice.events(offer.id) == []
    await practice.pass_time(seconds=1)
    gone = await practice.offer(case, offer.id)
    assert (gone.state, gone.answer_due_time.ToDatetime(UTC)) == (SENT, NOON + TERMS.undo + TERMS.answer)
    assert await practice.events(offer.id) == [("OfferSent", 1)]
    status = (await practice.referral(case)).follow_up
    assert (status.holder, status.due_time) == (pb.HOLDER_AGENCY, gone.answer_due_time)
    assert "Asked Harbor, which has not opened it yet" in status.sentence
    assert (await refused(undo(practice, gone))).reason == "WRONG_MOVE"


async def test_an_offer_that_was_undone_never_goes_out(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor)
    offer = await practice.send(case, harbor)
    assert (await undo(practice, offer)).state == DISCARDED
    await practice.pass_time(days=3)
    assert (await practice.offer(case, offer.id)).state == DISCARDED
    assert await practice.events(offer.id) == []
    referral = await practice.referral(case)
    assert (referral.state, referral.follow_up.holder) == (pb.REFERRAL_STATE_DRAFT, pb.HOLDER_SYSTEM)
    assert (await refused(undo(practice, offer))).reason == "WRONG_MOVE"
    assert (await practice.send(case, harbor)).state == DRAFT


@pytest.mark.fault("CON-05")
async def test_a_consent_withdrawn_before_it_goes_keeps_it_here(practice):
    case, harbor = await practice.case(), await practice.place()
    consent_id = await practice.sign(case, harbor)
    offer = await practice.send(case, harbor)
    await revoke(practice, consent_id)
    await practice.pass_time(seconds=30)
    assert (await practice.offer(case, offer.id)).state == DISCARDED
    status = (await practice.referral(case)).follow_up
    assert (status.holder, status.sentence) == (
        pb.HOLDER_PLANNER,
        "The offer to Harbor did not go out: no consent covers it; record one",
    )
    assert await practice.events(offer.id) == []


async def test_a_consent_that_runs_out_before_it_goes_keeps_it_here(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor, expiration_date="2026-11-24")
    offer = await practice.send(case, harbor)
    practice.clock.advance(timedelta(hours=12))
    await practice.fire()
    assert (await practice.offer(case, offer.id)).state == DISCARDED
    assert (await practice.referral(case)).follow_up.holder == pb.HOLDER_PLANNER
    assert await practice.events(offer.id) == []


@pytest.mark.fault("CON-05")
async def test_a_consent_withdrawn_ends_an_offer_that_waits(practice):
    case, harbor = await practice.case(), await practice.place()
    consent_id = await practice.sign(case, harbor)
    offer = await practice.send(case, harbor)
    await practice.pass_time(seconds=30)
    await revoke(practice, consent_id)
    assert (await practice.offer(case, offer.id)).state == pb.OFFER_STATE_CONSENT_REVOKED
    assert await practice.events(offer.id) == [("OfferSent", 1), ("OfferEnded", 2)]
    error = await refused(practice.referrals(harbor.agency).OpenOffer(pb.OpenOfferRequest(id=offer.id)))
    assert error.reason == "WRONG_MOVE"
    assert await practice.disclosures(case) == []
    assert (await practice.referral(case)).follow_up.holder == pb.HOLDER_PLANNER
    await practice.sign(case, harbor)
    assert (await practice.send(case, harbor)).state == DRAFT


async def test_silence_ends_an_offer_at_its_deadline(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    await practice.pass_time(hours=47, minutes=59)
    assert (await practice.offer(case, offer.id)).state == SENT
    await practice.pass_time(minutes=1)
    ended = await practice.offer(case, offer.id)
    assert (ended.state, ended.end_time) == (pb.OFFER_STATE_EXPIRED, offer.answer_due_time)
    referral = await practice.referral(case)
    assert (referral.state, referral.follow_up.holder) == (pb.REFERRAL_STATE_EXHAUSTED, pb.HOLDER_PLANNER)
    assert referral.follow_up.sentence == "Harbor did not answer in time; choose the next place"
    assert await practice.events(offer.id) == [("OfferSent", 1), ("OfferEnded", 2)]
    assert (await refused(practice.accept(ended, harbor.agency))).reason == "WRONG_MOVE"


async def test_an_offer_is_taken_back(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    stale = pb.Offer(id=offer.id, etag="1")
    assert isinstance(await refused(recall(practice, stale)), Stale)
    assert (await recall(practice, offer)).state == pb.OFFER_STATE_RECALLED
    await practice.pass_time(days=3)
    assert await practice.events(offer.id) == [("OfferSent", 1), ("OfferEnded", 2)]


async def test_closing_a_referral_takes_its_offers_back(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    referral = await practice.referral(case)
    closed = await close(practice, referral)
    assert (closed.state, closed.close_reason) == (pb.REFERRAL_STATE_CLOSED, pb.CLOSE_REASON_MOVED)
    assert [each.state for each in closed.offers] == [pb.OFFER_STATE_RECALLED]
    assert (closed.follow_up.holder, closed.follow_up.HasField("due_time")) == (0, False)
    assert await practice.events(offer.id) == [("OfferSent", 1), ("OfferEnded", 2)]
    assert (await refused(practice.send(case, harbor))).reason == "WRONG_MOVE"
    assert (await refused(close(practice, closed))).reason == "WRONG_MOVE"


async def test_closing_a_referral_keeps_a_draft_here(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor)
    offer = await practice.send(case, harbor)
    assert isinstance(await refused(close(practice, case.need(HOUSING))), Stale)
    closed = await close(practice, await practice.referral(case))
    assert [each.state for each in closed.offers] == [DISCARDED]
    await practice.pass_time(minutes=1)
    assert await practice.events(offer.id) == []


async def test_one_place_is_asked_at_a_time(practice):
    case, harbor, hillside = await practice.case(), await practice.place(), await practice.place("Hillside")
    await practice.sign(case, harbor, hillside)
    offer = await practice.send(case, harbor)
    for place, asked in ((hillside, "Harbor is asked already"), (harbor, "Harbor was picked")):
        error = await refused(practice.send(case, place))
        assert (error.reason, asked in str(error)) == ("WRONG_MOVE", True)
    await practice.pass_time(seconds=30)
    declined = await practice.offer(case, offer.id)
    await practice.decline(declined, harbor.agency, pb.DECLINE_REASON_NO_CAPACITY)
    assert (await refused(practice.send(case, harbor))).reason == "WRONG_MOVE"
    assert (await practice.send(case, hillside)).state == DRAFT


# what is wrong with the listing -> what the refusal says
@pytest.mark.fault("NEED-07")
@pytest.mark.parametrize(
    ("kinds", "changed", "sentence"),
    [
        ([HOUSING], {"status": STATUS_INACTIVE}, "is not in use any more"),
        ([MEETINGS, THERAPY], {}, "is no sober living but support group, outpatient"),
    ],
)
async def test_a_listing_that_cannot_be_offered_is_refused(practice, kinds, changed, sentence):
    case = await practice.case()
    place = await practice.place("Harbor", *kinds, **changed)
    error = await refused(practice.send(case, place))
    assert error.reason == "LISTING_NOT_OFFERABLE"
    assert sentence in str(error)


async def test_an_older_telling_of_a_listing_is_left_out(practice):
    case = await practice.case()
    id = new_id()
    await practice.place("Harbor", version=3, id=id, status=STATUS_INACTIVE)
    place = await practice.place("Harbor", version=2, id=id)
    assert (await refused(practice.send(case, place))).reason == "LISTING_NOT_OFFERABLE"
    await practice.place("Harbor", version=4, id=id)
    assert (await refused(practice.send(case, place))).reason == "CONSENT_MISSING"


async def test_a_meeting_is_told_to_the_client_and_to_nobody_else(practice):
    case = await practice.case(MEETINGS)
    monday, friday = await practice.place("Monday", MEETINGS), await practice.place("Friday", MEETINGS)
    offer = await practice.send(case, monday, MEETINGS)
    assert (offer.mode, offer.state) == (pb.OFFER_MODE_INFORMATIONAL, pb.OFFER_STATE_INFORMED)
    await practice.send(case, friday, MEETINGS)
    await practice.pass_time(days=3)
    referral = await practice.referral(case, MEETINGS)
    assert [each.state for each in referral.offers] == [pb.OFFER_STATE_INFORMED] * 2
    assert referral.follow_up.holder == pb.HOLDER_CASE_MANAGER
    assert "The client was told of Friday; ask" in referral.follow_up.sentence
    assert await practice.disclosures(case) == []
    assert await practice.events(offer.id) == []
    listed = await practice.referrals(monday.agency).ListOffers(pb.ListOffersRequest())
    assert listed.offers == []
    assert isinstance(await refused(practice.accept(offer, monday.agency)), NotFound)
    direct = practice.send(case, monday, MEETINGS, mode=pb.OFFER_MODE_DIRECT)
    assert [violation.field for violation in (await refused(direct)).violations] == ["mode"]


async def test_a_house_is_never_merely_told_of(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor)
    error = await refused(practice.send(case, harbor, mode=pb.OFFER_MODE_INFORMATIONAL))
    assert [violation.field for violation in error.violations] == ["mode"]


async def test_a_listing_that_has_gone_before_it_goes_keeps_it_here(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor)
    offer = await practice.send(case, harbor)
    await practice.place("Harbor", version=2, id=harbor.listing_id, status=STATUS_INACTIVE)
    await practice.pass_time(seconds=30)
    assert (await practice.offer(case, offer.id)).state == DISCARDED
    status = (await practice.referral(case)).follow_up
    assert (status.holder, "not in use any more" in status.sentence) == (pb.HOLDER_PLANNER, True)
    assert await practice.events(offer.id) == []


async def test_a_field_that_no_offer_has_cannot_be_withheld(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor)
    error = await refused(practice.send(case, harbor, withheld_fields=["shoe_size"]))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field.startswith("withheld_fields")


@pytest.mark.fault("REF-01")
async def test_the_same_send_again_is_one_offer(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor)
    request = pb.SendOfferRequest(referral_id=case.need(HOUSING).id, listing_id=harbor.listing_id)
    stub, key = practice.referrals(), (("idempotency-key", "once"),)
    replies = [await stub.SendOffer(request, metadata=key) for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert len(await practice.rows(OfferRow)) == 1
    request.listing_id = (await practice.place("Hillside")).listing_id
    error = await refused(stub.SendOffer(request, metadata=key))
    assert error.reason == "IDEMPOTENCY_KEY_REUSED"


async def test_another_programs_referral_is_not_there(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    desk = practice.referrals(SOUTH)
    calls = [
        lambda id: desk.GetReferral(pb.GetReferralRequest(id=id)),
        lambda id: desk.SendOffer(pb.SendOfferRequest(referral_id=id, listing_id=harbor.listing_id)),
        lambda id: close(practice, pb.Referral(id=id, etag="1"), person=SOUTH),
    ]
    moves = [
        lambda id: desk.UndoOffer(pb.UndoOfferRequest(id=id)),
        lambda id: recall(practice, pb.Offer(id=id, etag=offer.etag), SOUTH),
        lambda id: practice.accept(pb.Offer(id=id, etag=offer.etag), SOUTH),
        lambda id: practice.decline(pb.Offer(id=id, etag=offer.etag), SOUTH, pb.DECLINE_REASON_AGE),
    ]
    pairs = [(call, case.need(HOUSING).id) for call in calls] + [(call, offer.id) for call in moves]
    for call, id in pairs:
        foreign, absent = await refused(call(id)), await refused(call(new_id()))
        assert isinstance(foreign, NotFound)
        assert (str(foreign), foreign.facts) == (str(absent), absent.facts)
    assert (await practice.offer(case, offer.id, person=MANAGER)).state == SENT
