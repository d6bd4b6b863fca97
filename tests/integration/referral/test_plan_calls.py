"""Plans as planners and matching meet them: walk A, seen from the owner of the plan."""

from __future__ import annotations

import pytest

from aftercare.referral.v1 import events_pb2, referral_pb2
from aftercare.referral.v1 import plan_pb2 as pb
from aftercare.referral.v1.client_pb2 import DISCHARGE_KIND_DECEASED, DischargeEpisodeRequest
from aftercare.type.v1 import criteria_pb2, kind_pb2, session_pb2
from aftercare_platform.kernel.errors import Denied, InvalidArgument, NotFound, Stale
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.sql.tables import OutboxRow
from aftercare_referral.plan.tables import PlanRevisionRow, PlanRow
from aftercare_referral.referral.tables import ReferralRow
from integration.referral.desk import PLANTED
from integration.referral.practice import (
    HOUSING,
    MEETINGS,
    SOUTH,
    THERAPY,
    WORK,
    criteria,
    match_set,
    point,
    refused,
)

SYSTEM, PLANNER_HOLDS = referral_pb2.HOLDER_SYSTEM, referral_pb2.HOLDER_PLANNER


def recorded(plan, match_set, revision=1):
    return pb.RecordMatchSetRequest(plan_id=plan.id, revision=revision, match_set=match_set)


async def read(practice, plan):
    return await practice.plans().GetPlan(pb.GetPlanRequest(id=plan.id))


async def revised(practice, plan, *kinds):
    request = pb.RevisePlanRequest(id=plan.id, etag=plan.etag, criteria=criteria(*kinds))
    return await practice.plans().RevisePlan(request)


async def test_a_plan_waits_for_its_set_with_a_referral_for_each_need(practice):
    plan = (await practice.case(THERAPY, HOUSING, MEETINGS, WORK, medicines=["buprenorphine"])).plan
    assert (plan.state, plan.revision, plan.etag) == (pb.PLAN_STATE_MATCHING, 1, "1")
    assert not plan.HasField("match_set")
    assert list(plan.criteria.medicines) == ["buprenorphine"]
    assert [referral.kind for referral in plan.referrals] == [THERAPY, HOUSING, MEETINGS, WORK]
    for referral in plan.referrals:
        assert referral.state == referral_pb2.REFERRAL_STATE_DRAFT
        assert (referral.follow_up.holder, referral.follow_up.sentence) == (
            SYSTEM,
            "The matched set is being made",
        )
        assert referral.follow_up.due_time.seconds - plan.request_time.seconds == 60


async def test_what_is_asked_for_travels_as_ids_alone(practice):
    plan = (await practice.case(HOUSING, medicines=["methadone"])).plan
    assert await practice.events(plan.id) == [("PlanRequested", 1)]
    (event,) = await practice.rows(OutboxRow)
    told = events_pb2.PlanRequested.FromString(event.body)
    assert (told.plan_id, told.revision) == (plan.id, 1)
    assert told == events_pb2.PlanRequested(plan_id=plan.id, revision=1)


async def test_needs_lie_sealed_on_the_disk(practice):
    plan = (await practice.case(HOUSING, medicines=["methadone"], records=["arson"])).plan
    await practice.matching.RecordMatchSet(recorded(plan, match_set(await practice.place("Quietcove"))))
    files = practice.files()
    assert [word for word in (b"methadone", b"arson", b"20001", *PLANTED) if word in files] == []


A_WISH = criteria_pb2.Wish(attribute=kind_pb2.ATTRIBUTE_PHILOSOPHY, term="vegan")
A_COST = criteria_pb2.Wish(attribute=kind_pb2.ATTRIBUTE_COST_PER_MONTH)
A_BLANK = criteria_pb2.Wish(attribute=kind_pb2.ATTRIBUTE_PHILOSOPHY)
BACKWARDS = session_pb2.WeeklyTime(weekday=1, opens="18:00", closes="09:00")
NO_TIME = session_pb2.WeeklyTime(weekday=1, opens="25:00")

WRONG = [
    ({"medicines": ["aspirin"]}, ["criteria.medicines[0]"]),
    ({"payers": ["medicaid", "barter"]}, ["criteria.payers[1]"]),
    ({"access_needs": ["lift"]}, ["criteria.access_needs[0]"]),
    ({"records": ["jaywalking"]}, ["criteria.records[0]"]),
    ({"populations": ["veterans", "pirates"]}, ["criteria.populations[1]"]),
    ({"wishes": [A_WISH]}, ["criteria.wishes[0].term"]),
    ({"wishes": [A_COST]}, ["criteria.wishes[0].attribute"]),
    ({"wishes": [A_BLANK]}, ["criteria.wishes[0].term"]),
    ({"free_times": [BACKWARDS]}, ["criteria.free_times[0].closes"]),
    ({"free_times": [NO_TIME]}, ["criteria.free_times[0].opens"]),
    ({"languages": ["Spanish"]}, ["criteria.languages[0]"]),
    ({"zip": "00000"}, ["criteria.zip"]),
    ({"zip": "2000"}, ["criteria.zip"]),
    ({"zip": "00000", "medicines": ["aspirin"]}, ["criteria.zip", "criteria.medicines[0]"]),
    ({"zip": None, "point": point(91, 0)}, ["criteria.point.latitude"]),
    ({"zip": None, "point": point(float("nan"), 0)}, ["criteria.point.latitude"]),
    ({"zip": None}, ["criteria.origin"]),
    ({"max_distance_meters": float("inf")}, ["criteria.max_distance_meters"]),
    ({"needs": []}, ["criteria.needs"]),
    ({"needs": [criteria_pb2.Need(kind=HOUSING)] * 2}, ["criteria.needs"]),
    ({"needs": [criteria_pb2.Need(kind=99)]}, ["criteria.needs[0].kind"]),
]


@pytest.mark.parametrize(("asked", "fields"), WRONG)
async def test_a_wrong_field_is_named_and_nothing_is_half_written(practice, asked, fields):
    _, episode_id = await practice.admit()
    request = pb.CreatePlanRequest(episode_id=episode_id, criteria=criteria(**asked))
    error = await refused(practice.plans().CreatePlan(request))
    assert isinstance(error, InvalidArgument)
    assert [violation.field for violation in error.violations] == fields
    for table in (PlanRow, PlanRevisionRow, ReferralRow, OutboxRow):
        assert await practice.rows(table) == []


async def test_a_point_is_rounded_to_three_decimals(practice):
    plan = (await practice.case(zip=None, point=point(38.897675, -77.036547))).plan
    assert (plan.criteria.point.latitude, plan.criteria.point.longitude) == (38.898, -77.037)


async def test_no_plan_is_made_for_a_client_who_has_died(practice):
    _, episode_id = await practice.admit()
    discharge = DischargeEpisodeRequest(
        id=episode_id, etag="1", discharged_date="2026-11-20", kind=DISCHARGE_KIND_DECEASED
    )
    await practice.clients().DischargeEpisode(discharge)
    request = pb.CreatePlanRequest(episode_id=episode_id, criteria=criteria())
    assert (await refused(practice.plans().CreatePlan(request))).reason == "WRONG_MOVE"


async def test_matching_learns_no_name_and_no_birth_date(practice):
    case = await practice.case(HOUSING, medicines=["buprenorphine"])
    asked = await practice.matching.GetMatchProfile(pb.GetMatchProfileRequest(plan_id=case.plan.id))
    assert (asked.revision, asked.is_awaited) == (1, True)
    profile = asked.profile
    assert profile.criteria == case.plan.criteria
    assert (profile.age_years, profile.gender) == (36, criteria_pb2.GENDER_WOMAN)
    assert profile.tie_key
    sent = asked.SerializeToString()
    known = (*PLANTED, case.client_id.encode(), case.episode_id.encode())
    assert [word for word in known if word in sent] == []
    assert (await read(practice, case.plan)).state == pb.PLAN_STATE_MATCHING


# who asks for what is matching's alone; whom a planner may ask
@pytest.mark.parametrize("call", ["GetMatchProfile", "RecordMatchSet", "RecordMatchFailure"])
async def test_the_profile_is_for_matching_alone(practice, call):
    plan = (await practice.case()).plan
    requests = {
        "GetMatchProfile": pb.GetMatchProfileRequest(plan_id=plan.id),
        "RecordMatchSet": recorded(plan, match_set()),
        "RecordMatchFailure": pb.RecordMatchFailureRequest(plan_id=plan.id, revision=1, reason="none"),
    }
    for stub in (practice.plans(), practice.plans(None, as_service="gateway")):
        assert isinstance(await refused(getattr(stub, call)(requests[call])), Denied)
    by_matching = getattr(practice.matching, call)
    absent = type(requests[call])()
    absent.CopyFrom(requests[call])
    absent.plan_id = new_id()
    assert isinstance(await refused(by_matching(absent)), NotFound)


async def test_a_set_is_frozen_as_it_was_found(practice):
    case = await practice.case()
    place = await practice.place("Harbor")
    await practice.matching.RecordMatchSet(recorded(case.plan, match_set(place)))
    plan = await read(practice, case.plan)
    assert (plan.state, plan.match_set) == (pb.PLAN_STATE_MATCHED, match_set(place))
    assert plan.referrals[0].follow_up.holder == PLANNER_HOLDS
    await practice.matching.RecordMatchSet(recorded(case.plan, match_set(await practice.place("Other"))))
    again = await read(practice, case.plan)
    assert (again.match_set, again.etag) == (match_set(place), plan.etag)
    assert await practice.events(plan.id) == [("PlanRequested", 1), ("PlanMatched", 2)]
    asked = await practice.matching.GetMatchProfile(pb.GetMatchProfileRequest(plan_id=plan.id))
    assert not asked.is_awaited


async def test_a_set_that_is_asked_for_anew_belongs_to_a_new_revision(practice):
    case = await practice.case(medicines=["methadone"])
    await practice.matching.RecordMatchSet(recorded(case.plan, match_set(await practice.place())))
    again = await practice.plans().RequestMatch(pb.RequestMatchRequest(id=case.plan.id))
    assert (again.revision, again.state, again.criteria) == (2, pb.PLAN_STATE_MATCHING, case.plan.criteria)
    assert again.referrals[0].id == case.need(HOUSING).id
    kept = [(row.revision, row.match_set is None) for row in await practice.rows(PlanRevisionRow)]
    assert kept == [(1, False), (2, True)]


async def test_lists_leave_the_sets_out(practice):
    case = await practice.case()
    await practice.matching.RecordMatchSet(recorded(case.plan, match_set(await practice.place())))
    for request in (pb.ListPlansRequest(episode_id=case.episode_id), pb.ListPlansRequest()):
        (plan,) = (await practice.plans().ListPlans(request)).plans
        assert (plan.id, plan.state) == (case.plan.id, pb.PLAN_STATE_MATCHED)
        assert (plan.HasField("match_set"), len(plan.referrals)) == (False, 1)


async def test_plans_come_in_pages(practice):
    case = await practice.case()
    more = pb.CreatePlanRequest(episode_id=case.episode_id, criteria=criteria())
    made = [case.plan.id, *[(await practice.plans().CreatePlan(more)).id for _ in range(2)]]
    first = await practice.plans().ListPlans(pb.ListPlansRequest(page_size=2))
    rest = await practice.plans().ListPlans(
        pb.ListPlansRequest(page_size=2, page_token=first.next_page_token)
    )
    assert [plan.id for plan in (*first.plans, *rest.plans)] == made
    assert rest.next_page_token == ""


async def test_a_set_for_another_revision_is_refused(practice):
    plan = (await practice.case()).plan
    plan = await revised(practice, plan, HOUSING, WORK)
    assert (plan.revision, plan.state) == (2, pb.PLAN_STATE_MATCHING)
    for revision in (1, 3):
        error = await refused(practice.matching.RecordMatchSet(recorded(plan, match_set(), revision)))
        assert error.reason == "STALE_REVISION"
    failure = pb.RecordMatchFailureRequest(plan_id=plan.id, revision=1, reason="late")
    assert (await refused(practice.matching.RecordMatchFailure(failure))).reason == "STALE_REVISION"
    assert (await read(practice, plan)).state == pb.PLAN_STATE_MATCHING
    await practice.matching.RecordMatchSet(recorded(plan, match_set(), 2))
    assert (await read(practice, plan)).state == pb.PLAN_STATE_MATCHED


async def test_a_failure_says_why_and_can_be_asked_again(practice):
    plan = (await practice.case()).plan
    request = pb.RecordMatchFailureRequest(plan_id=plan.id, revision=1, reason="Nothing could be read")
    await practice.matching.RecordMatchFailure(request)
    failed = await read(practice, plan)
    assert (failed.state, failed.failure) == (pb.PLAN_STATE_MATCH_FAILED, "Nothing could be read")
    assert failed.referrals[0].follow_up.holder == PLANNER_HOLDS
    await practice.pass_time(minutes=10)
    assert await practice.events(plan.id) == [("PlanRequested", 1)]
    again = await practice.plans().RequestMatch(pb.RequestMatchRequest(id=plan.id))
    assert (again.state, again.failure, again.revision) == (pb.PLAN_STATE_MATCHING, "", 1)
    assert await practice.events(plan.id) == [("PlanRequested", 1), ("PlanRequested", 2)]


async def test_a_late_failure_does_not_undo_a_set(practice):
    plan = (await practice.case()).plan
    await practice.matching.RecordMatchSet(recorded(plan, match_set()))
    late = pb.RecordMatchFailureRequest(plan_id=plan.id, revision=1, reason="late")
    await practice.matching.RecordMatchFailure(late)
    assert (await read(practice, plan)).state == pb.PLAN_STATE_MATCHED


async def test_a_plan_that_waits_is_asked_for_again_each_minute(practice):
    plan = (await practice.case()).plan
    await practice.pass_time(seconds=59)
    assert await practice.events(plan.id) == [("PlanRequested", 1)]
    await practice.pass_time(seconds=1)
    await practice.fire()
    assert await practice.events(plan.id) == [("PlanRequested", 1), ("PlanRequested", 2)]
    await practice.pass_time(seconds=60)
    await practice.matching.RecordMatchSet(recorded(plan, match_set()))
    await practice.pass_time(hours=1)
    told = ["PlanRequested", "PlanRequested", "PlanRequested", "PlanMatched"]
    assert [name for name, _ in await practice.events(plan.id)] == told


async def test_a_revision_keeps_closes_and_adds_referrals(practice):
    case = await practice.case(HOUSING, THERAPY)
    harbor = await practice.place("Harbor")
    clinic = await practice.place("Clinic", THERAPY)
    await practice.sign(case, harbor, clinic)
    await practice.send(case, harbor)
    await practice.send(case, clinic, THERAPY)
    await practice.pass_time(seconds=30)
    plan = await revised(practice, await read(practice, case.plan), WORK, HOUSING)
    assert [referral.kind for referral in plan.referrals] == [WORK, HOUSING]
    (work, housing), therapy = plan.referrals, await practice.referral(case, THERAPY)
    assert (housing.id, housing.state) == (case.need(HOUSING).id, referral_pb2.REFERRAL_STATE_OPEN)
    assert (therapy.id, therapy.close_reason) == (
        case.need(THERAPY).id,
        referral_pb2.CLOSE_REASON_NO_LONGER_NEEDED,
    )
    assert [offer.state for offer in therapy.offers] == [referral_pb2.OFFER_STATE_RECALLED]
    assert (work.state, work.offers) == (referral_pb2.REFERRAL_STATE_DRAFT, [])
    assert await practice.events(plan.id) == [("PlanRequested", 1), ("PlanRequested", 2)]
    back = await revised(practice, plan, THERAPY, HOUSING)
    assert back.referrals[0].id != case.need(THERAPY).id
    assert [referral.kind for referral in back.referrals] == [THERAPY, HOUSING]


async def test_a_stale_revision_changes_nothing(practice):
    plan = (await practice.case()).plan
    await revised(practice, plan, HOUSING, WORK)
    error = await refused(revised(practice, plan, THERAPY))
    assert isinstance(error, Stale)
    assert [row.revision for row in await practice.rows(PlanRow)] == [2]


async def test_another_programs_plan_is_not_there(practice):
    plan = (await practice.case()).plan
    desk = practice.plans(SOUTH)
    calls = [
        lambda id: desk.GetPlan(pb.GetPlanRequest(id=id)),
        lambda id: desk.RequestMatch(pb.RequestMatchRequest(id=id)),
        lambda id: desk.RevisePlan(pb.RevisePlanRequest(id=id, etag="1", criteria=criteria())),
    ]
    for call in calls:
        foreign, absent = await refused(call(plan.id)), await refused(call(new_id()))
        assert isinstance(foreign, NotFound)
        assert str(foreign) == str(absent)
    assert (await desk.ListPlans(pb.ListPlansRequest())).plans == []
    create = pb.CreatePlanRequest(episode_id=plan.episode_id, criteria=criteria())
    assert isinstance(await refused(desk.CreatePlan(create)), NotFound)
