"""Offers from the agency's desk: what it finds, what it learns, what its answer does."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta

import grpc.aio
import pytest

from aftercare.referral.v1 import consent_pb2, events_pb2, plan_pb2
from aftercare.referral.v1 import referral_pb2 as pb
from aftercare_platform.kernel.errors import Denied, NotFound, Stale
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.sql.tables import OutboxRow
from integration.referral.desk import HOUSE, NOON, OFFICER, PLANNER, PLANTED
from integration.referral.practice import (
    HOUSING,
    MANAGER,
    SOUTH,
    TERMS,
    THERAPY,
    criteria,
    refused,
)

ACCEPTED, DECLINED = pb.OFFER_STATE_ACCEPTED, pb.OFFER_STATE_DECLINED


def open_offer(practice, offer, person):
    return practice.referrals(person).OpenOffer(pb.OpenOfferRequest(id=offer.id))


async def listed(practice, agency, **asked):
    return await practice.referrals(agency).ListOffers(pb.ListOffersRequest(**asked))


async def found(practice, agency, **asked):
    return [offer.id for offer in (await listed(practice, agency, **asked)).offers]


async def test_an_agency_opens_its_offer_and_that_is_one_disclosure(practice):
    case, harbor = await practice.case(medicines=["buprenorphine"]), await practice.place()
    await practice.sign(case, harbor)
    offer = await practice.send(case, harbor, withheld_fields=["phone"])
    assert isinstance(await refused(open_offer(practice, offer, harbor.agency)), NotFound)
    await practice.pass_time(seconds=30)
    opened = await open_offer(practice, offer, harbor.agency)
    told = {field.name: field.value for field in opened.fields}
    assert (told["given_name"], told["medicines"]) == ("Rosalind", "buprenorphine")
    assert "phone" not in told
    assert (opened.offer.state, opened.offer.referral_id) == (pb.OFFER_STATE_ACKNOWLEDGED, "")
    assert "42 CFR part 2" in opened.notice
    (entry,) = await practice.disclosures(case)
    assert (entry.offer_id, entry.recipient, list(entry.fields)) == (
        offer.id,
        f"agency:{harbor.agency.account_id}",
        list(told),
    )
    assert await practice.events(offer.id) == [("OfferSent", 1), ("OfferAcknowledged", 2)]
    sentence = (await practice.referral(case)).follow_up.sentence
    assert "Asked Harbor, which has opened it" in sentence
    again = await open_offer(practice, offer, harbor.agency)
    assert again.offer.etag == opened.offer.etag
    assert len(await practice.disclosures(case)) == 2
    assert len(await practice.events(offer.id)) == 2


async def test_an_acceptance_becomes_a_follow_up_status(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    opened = (await open_offer(practice, offer, harbor.agency)).offer
    practice.clock.advance(timedelta(hours=1))
    accepted = await practice.accept(opened, harbor.agency)
    assert (accepted.state, accepted.answered_by) == (ACCEPTED, f"agency:{harbor.agency.account_id}")
    assert accepted.referral_id == ""
    referral = await practice.referral(case)
    answered_at = NOON + TERMS.undo + timedelta(hours=1)
    assert (referral.state, referral.follow_up.holder) == (
        pb.REFERRAL_STATE_MATCHED,
        pb.HOLDER_CASE_MANAGER,
    )
    assert referral.follow_up.due_time.ToDatetime(UTC) == answered_at + TERMS.arrival
    assert referral.follow_up.sentence.startswith("Harbor takes the client on; see that they arrived")
    told = [row for row in await practice.rows(OutboxRow) if row.type.endswith("OfferAnswered")]
    event = events_pb2.OfferAnswered.FromString(told[0].body)
    assert (told[0].version, event.answer, event.organization_id) == (3, ACCEPTED, harbor.organization_id)
    assert event.answer_time.ToDatetime(UTC) == answered_at
    await practice.pass_time(days=3)
    assert (await practice.offer(case, offer.id)).state == ACCEPTED
    assert (await open_offer(practice, offer, harbor.agency)).offer.state == ACCEPTED


async def test_a_decline_has_a_reason_and_gives_the_ball_back(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    declined = await practice.decline(offer, harbor.agency, pb.DECLINE_REASON_MEDICINE)
    assert (declined.state, declined.decline_reason) == (DECLINED, pb.DECLINE_REASON_MEDICINE)
    referral = await practice.referral(case)
    assert (referral.state, referral.follow_up.holder) == (pb.REFERRAL_STATE_EXHAUSTED, pb.HOLDER_PLANNER)
    assert referral.follow_up.sentence == "Harbor declined (medicine); choose the next place"
    assert await practice.events(offer.id) == [("OfferSent", 1), ("OfferAnswered", 2)]
    assert (await refused(open_offer(practice, offer, harbor.agency))).reason == "WRONG_MOVE"


@pytest.mark.parametrize("reason", [0, 99])
async def test_a_reason_is_one_of_the_codes(practice, reason):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    error = await refused(practice.decline(offer, harbor.agency, reason))
    assert [violation.field for violation in error.violations] == ["reason"]


# by whom | who is noted
async def test_staff_answer_for_an_agency_that_called(practice):
    case, harbor = await practice.case(HOUSING, THERAPY), await practice.place()
    clinic = await practice.place("Clinic", THERAPY)
    offer, other = await practice.sent(case, harbor), await practice.sent(case, clinic, THERAPY)
    accepted = await practice.accept(offer, MANAGER)
    assert (accepted.state, accepted.answered_by) == (ACCEPTED, "member:m-manager")
    assert accepted.referral_id == case.need(HOUSING).id
    declined = await practice.decline(other, PLANNER, pb.DECLINE_REASON_AGE)
    assert (declined.state, declined.answered_by) == (DECLINED, "member:m-planner")
    assert isinstance(await refused(practice.accept(offer, OFFICER)), Denied)


async def test_an_answer_is_given_once(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    accepted = await practice.accept(offer, harbor.agency)
    late = practice.decline(accepted, harbor.agency, pb.DECLINE_REASON_OTHER)
    assert (await refused(late)).reason == "WRONG_MOVE"
    assert (await refused(practice.accept(accepted, harbor.agency))).reason == "WRONG_MOVE"
    assert isinstance(await refused(practice.accept(offer, harbor.agency)), Stale)


@pytest.mark.fault("REF-09")
async def test_of_an_acceptance_and_a_recall_at_once_one_holds(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    taken_back = pb.RecallOfferRequest(id=offer.id, etag=offer.etag)
    results = await asyncio.gather(
        practice.accept(offer, harbor.agency),
        practice.referrals().RecallOffer(taken_back),
        return_exceptions=True,
    )
    assert sum(isinstance(result, grpc.aio.AioRpcError) for result in results) == 1
    assert len(await practice.events(offer.id)) == 2


async def test_a_place_that_was_found_is_not_dropped(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.accept(await practice.sent(case, harbor), harbor.agency)
    referral = await practice.referral(case)
    request = pb.CloseReferralRequest(id=referral.id, etag=referral.etag, reason=pb.CLOSE_REASON_ERROR)
    assert (await refused(practice.referrals().CloseReferral(request))).reason == "WRONG_MOVE"
    revision = plan_pb2.RevisePlanRequest(id=case.plan.id, etag=case.plan.etag, criteria=criteria(THERAPY))
    assert (await refused(practice.plans().RevisePlan(revision))).reason == "WRONG_MOVE"
    assert len((await practice.referral(case)).offers) == 1


@pytest.mark.fault("ISO-05")
async def test_what_is_addressed_to_another_agency_is_not_there(practice):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    absent = pb.Offer(id=new_id(), etag=offer.etag)
    calls = [
        lambda offer: open_offer(practice, offer, HOUSE),
        lambda offer: practice.accept(offer, HOUSE),
        lambda offer: practice.decline(offer, HOUSE, pb.DECLINE_REASON_AGE),
    ]
    for call in calls:
        with pytest.raises(grpc.aio.AioRpcError) as foreign:
            await call(offer)
        with pytest.raises(grpc.aio.AioRpcError) as nothing:
            await call(absent)
        assert isinstance(await refused(call(pb.Offer(id=case.plan.id, etag="1"))), NotFound)
        assert foreign.value.code() == grpc.StatusCode.NOT_FOUND
        assert body(foreign.value) == body(nothing.value)
    assert await practice.disclosures(case) == []
    assert await found(practice, HOUSE) == []


def body(error):
    """What a caller is told, byte for byte."""
    return error.code(), error.details(), dict(error.trailing_metadata())["grpc-status-details-bin"]


async def test_a_consent_that_has_run_out_closes_the_door(practice):
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor, expiration_date="2026-11-24")
    offer = await practice.send(case, harbor)
    await practice.pass_time(seconds=30)
    practice.clock.advance(timedelta(hours=20))
    error = await refused(open_offer(practice, offer, harbor.agency))
    assert (error.reason, error.facts) == ("CONSENT_MISSING", {})
    assert [entry.allowed for entry in await practice.audit()][-1] is False
    waiting = await practice.offer(case, offer.id)
    assert (await refused(practice.accept(waiting, harbor.agency))).reason == "CONSENT_MISSING"
    assert waiting.state == pb.OFFER_STATE_SENT
    assert await practice.disclosures(case) == []


async def test_an_accepted_offer_freezes_when_the_consent_is_withdrawn(practice):
    case, harbor = await practice.case(), await practice.place()
    consent_id = await practice.sign(case, harbor)
    offer = await practice.send(case, harbor)
    await practice.pass_time(seconds=30)
    await practice.accept(await practice.offer(case, offer.id), harbor.agency)
    withdrawal = consent_pb2.RevokeConsentRequest(id=consent_id, channel="in writing")
    await practice.consents().RevokeConsent(withdrawal)
    assert (await practice.offer(case, offer.id)).state == ACCEPTED
    assert (await refused(open_offer(practice, offer, harbor.agency))).reason == "CONSENT_MISSING"


async def test_an_agency_finds_what_was_sent_to_it_newest_first(practice):
    harbor = await practice.place()
    case = await practice.case()
    await practice.sign(case, harbor)
    first = await practice.send(case, harbor)
    assert await found(practice, harbor.agency) == []
    await practice.pass_time(seconds=30)
    second = await practice.sent(await practice.case(), harbor)
    third = await practice.sent(await practice.case(), harbor)
    everything = [third.id, second.id, first.id]
    assert await found(practice, harbor.agency) == everything
    pages, token = [], ""
    while True:
        page = await listed(practice, harbor.agency, page_size=2, page_token=token)
        pages.append([offer.id for offer in page.offers])
        token = page.next_page_token
        if not token:
            break
    assert pages == [everything[:2], everything[2:]]
    await practice.decline(await practice.offer(case, first.id), harbor.agency, pb.DECLINE_REASON_AGE)
    assert await found(practice, harbor.agency, open_only=True) == everything[:2]
    assert await found(practice, harbor.agency) == everything


async def test_an_account_with_one_program_sees_nothing_of_another(practice):
    harbor = await practice.place()
    offer = await practice.sent(await practice.case(person=SOUTH), harbor, person=SOUTH)
    assert await found(practice, harbor.agency_of("south")) == [offer.id]
    assert await found(practice, harbor.agency_of("north")) == []
    error = await refused(open_offer(practice, offer, harbor.agency_of("north")))
    assert isinstance(error, NotFound)


async def test_what_an_agency_finds_says_nothing_of_a_person(practice):
    case, harbor = await practice.case(medicines=["methadone"]), await practice.place()
    await practice.sent(case, harbor)
    page = await listed(practice, harbor.agency)
    (offer,) = page.offers
    assert (offer.listing_name, offer.kind, offer.referral_id) == ("Harbor", HOUSING, "")
    sent = page.SerializeToString()
    ids = [case.client_id, case.episode_id, case.plan.id, case.need(HOUSING).id]
    assert [word for word in (b"methadone", *PLANTED, *map(str.encode, ids)) if word in sent] == []
    assert await practice.disclosures(case) == []


async def test_a_member_has_no_letter_box(practice):
    assert isinstance(await refused(listed(practice, PLANNER)), Denied)
    assert isinstance(await refused(open_offer(practice, pb.Offer(id=new_id()), PLANNER)), Denied)


# --- the last bed -----------------------------------------------------------------------------------


async def asked(practice, place, *people):
    """One offer to the place from each of these people's programs, sent."""
    cases = [await practice.case(person=person) for person in people]
    return [
        await practice.sent(case, place, person=person) for case, person in zip(cases, people, strict=True)
    ]


@pytest.mark.fault("NEED-02")
async def test_two_programs_and_one_bed(practice):
    harbor = await practice.place()
    await practice.report(harbor, 1, version=1)
    offers = await asked(practice, harbor, PLANNER, SOUTH)
    accounts = [harbor.agency_of("north"), harbor.agency_of("south")]
    results = await asyncio.gather(
        *(practice.accept(offer, account) for offer, account in zip(offers, accounts, strict=True)),
        return_exceptions=True,
    )
    won = [result for result in results if isinstance(result, pb.Offer)]
    assert [offer.state for offer in won] == [ACCEPTED]
    loser = 0 if isinstance(results[1], pb.Offer) else 1
    lost, account = offers[loser], accounts[loser]
    error = await refused(practice.accept(lost, account))
    assert (error.reason, error.facts["available"]) == ("NO_PLACE_LEFT", "1")
    assert await practice.events(lost.id) == [("OfferSent", 1)]
    await practice.report(harbor, 0, version=1)
    assert (await refused(practice.accept(lost, account))).reason == "NO_PLACE_LEFT"
    await practice.report(harbor, 1, version=2)
    assert (await practice.accept(lost, account)).state == ACCEPTED


# reported | hours until it counts as unknown | whether somebody is refused
@pytest.mark.parametrize(
    ("available", "hours", "is_refused"),
    [(0, 48, True), (0, -1, False), (None, 48, False), (1, 48, False), ("never", 0, False)],
)
async def test_only_a_known_number_refuses(practice, available, hours, is_refused):
    harbor = await practice.place()
    if available != "never":
        await practice.report(harbor, available, version=1, hours=hours)
    (offer,) = await asked(practice, harbor, PLANNER)
    if is_refused:
        assert (await refused(practice.accept(offer, harbor.agency))).reason == "NO_PLACE_LEFT"
    else:
        assert (await practice.accept(offer, harbor.agency)).state == ACCEPTED
