"""What can be done with plans. Each use case works in the unit it is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from google.protobuf.message import Message

from aftercare.referral.v1 import events_pb2
from aftercare.type.v1 import criteria_pb2, match_set_pb2
from aftercare_platform.contract.words import KIND_OF
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.paging import decode_token, encode_token
from aftercare_platform.kernel.paging import page_size as checked_size
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.convert import gender_to_proto
from aftercare_referral.client.model import DischargeKind, age_on
from aftercare_referral.client.usecases import episode_client, get_episode
from aftercare_referral.clock.setting import ClockKind, clear_clock, set_clock
from aftercare_referral.plan import storage
from aftercare_referral.plan.criteria import checked
from aftercare_referral.plan.model import EpisodeOver, Plan, PlanState
from aftercare_referral.referral.model import CloseReason, Referral, Terms
from aftercare_referral.referral.standing import Standing, standings
from aftercare_referral.referral.storage import add_referral, referrals_of_plans
from aftercare_referral.referral.usecases import close
from aftercare_referral.signpost import finding

PLAN: Final = "plan"
ASKED_AGAIN_AFTER: Final = timedelta(seconds=60)
"""A plan that still waits for its set then is asked for once more."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as its planner sees it."""

    plan: Plan
    criteria: criteria_pb2.Criteria = field(repr=False)
    match_set: match_set_pb2.MatchSet | None = field(repr=False)
    standings: list[Standing] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Some plans, oldest first, without their sets, and the token of the next page (empty on the last)."""

    plans: list[PlanView]
    next_token: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What matching is told of a plan."""

    revision: int
    profile: criteria_pb2.MatchProfile = field(repr=False)
    is_awaited: bool


async def create_plan(unit: Unit, episode_id: str, criteria: criteria_pb2.Criteria, terms: Terms) -> PlanView:
    """Make a plan, open a referral for each need, and ask for its matched set."""
    kept = checked(criteria)
    episode = await get_episode(unit, episode_id)
    if episode.discharge_kind is DischargeKind.DECEASED:
        raise EpisodeOver
    plan = Plan(
        id=new_id(),
        episode_id=episode.id,
        client_id=episode.client_id,
        revision=1,
        state=PlanState.MATCHING,
        failure="",
        created_at=unit.now,
        requested_at=unit.now,
        event_version=1,
    )
    await storage.add_plan(unit, plan)
    await storage.add_revision(unit, plan, kept)
    finding.put_up(unit, plan.id)
    await _open_referrals(unit, plan, _kinds(kept))
    await _ask(unit, plan)
    return await view_plan(unit, plan.id, terms)


async def revise_plan(
    unit: Unit, plan_id: str, criteria: criteria_pb2.Criteria, terms: Terms, *, etag: str
) -> PlanView:
    """Replace the criteria by a new revision. Needs that stay keep their referral and its offers."""
    kept = checked(criteria)
    plan = await storage.get_plan(unit, plan_id)
    plan.require_etag(etag)
    plan = await storage.save_plan(unit, plan.requested(unit.now, revision=plan.revision + 1))
    await storage.add_revision(unit, plan, kept)
    wanted = _kinds(kept)
    living = {
        referral.kind: referral
        for referral in await referrals_of_plans(unit, [plan.id])
        if referral.closed_at is None
    }
    for kind, referral in living.items():
        if kind not in wanted:
            await close(unit, referral, CloseReason.NO_LONGER_NEEDED)
    await _open_referrals(unit, plan, [kind for kind in wanted if kind not in living])
    await _ask(unit, plan)
    return await view_plan(unit, plan.id, terms)


async def request_match(unit: Unit, plan_id: str, terms: Terms) -> PlanView:
    """Ask once more: for the set that is missing, or, once there is one, for a new revision's.

    A set that was found stays with its revision, as offers rest on it; the new one has the same criteria.
    """
    plan = await storage.get_plan(unit, plan_id)
    if plan.state is not PlanState.MATCHED:
        await _ask_again(unit, plan)
    else:
        criteria = await storage.criteria_of(unit, plan)
        plan = await storage.save_plan(unit, plan.requested(unit.now, revision=plan.revision + 1))
        await storage.add_revision(unit, plan, criteria)
        await _ask(unit, plan)
    return await view_plan(unit, plan_id, terms)


async def ask_again_if_waiting(unit: Unit, plan_id: str) -> None:
    """Ask once more for a set that should have been here; whoever answers twice is heard once."""
    plan = await storage.get_plan(unit, plan_id)
    if plan.state is PlanState.MATCHING:
        await _ask_again(unit, plan)


async def view_plan(unit: Unit, plan_id: str, terms: Terms) -> PlanView:
    """A plan with its matched set and where each of its needs stands."""
    plan = await storage.get_plan(unit, plan_id)
    criteria = await storage.criteria_of(unit, plan)
    referrals = _of_needs(criteria, await referrals_of_plans(unit, [plan.id]))
    return PlanView(
        plan,
        criteria,
        await storage.match_set_of(unit, plan) if plan.state is PlanState.MATCHED else None,
        await standings(unit, referrals, terms),
    )


async def list_plans(
    unit: Unit, episode_id: str, terms: Terms, *, page_size: int = 0, page_token: str = ""
) -> PlanPage:
    """The plans of an episode (or of the program), oldest first, without their matched sets."""
    size = checked_size(page_size)
    found = await storage.list_plans(
        unit, episode_id=episode_id, after=decode_token(page_token), limit=size + 1
    )
    plans = found[:size]
    referrals = await referrals_of_plans(unit, [plan.id for plan in plans])
    views = []
    for plan in plans:
        criteria = await storage.criteria_of(unit, plan)
        own = _of_needs(criteria, [referral for referral in referrals if referral.plan_id == plan.id])
        views.append(PlanView(plan, criteria, None, await standings(unit, own, terms)))
    return PlanPage(views, encode_token(plans[-1].id if len(found) > size else ""))


async def match_profile(unit: Unit, plan_id: str) -> Asked:
    """What matching may know: criteria, age, gender, a random key. No name, no birth date."""
    await finding.enter_program_of(unit, plan_id)
    plan = await storage.get_plan(unit, plan_id)
    episode = await get_episode(unit, plan.episode_id)
    client = await episode_client(unit, plan.episode_id)
    leaves_on = episode.discharged_on or episode.planned_discharge_on or unit.now.date()
    profile = criteria_pb2.MatchProfile(
        criteria=await storage.criteria_of(unit, plan),
        age_years=age_on(leaves_on, client.birth_date),
        gender=gender_to_proto(client.gender),
        tie_key=client.tie_key,
    )
    profile.as_of_time.FromDatetime(unit.now)
    return Asked(plan.revision, profile, plan.state is PlanState.MATCHING)


async def record_match_set(
    unit: Unit, plan_id: str, revision: int, match_set: match_set_pb2.MatchSet
) -> None:
    """Freeze the set of the current revision. One that is not awaited any more changes nothing."""
    await finding.enter_program_of(unit, plan_id)
    plan = await storage.get_plan(unit, plan_id)
    plan.require_revision(revision)
    if plan.state is PlanState.MATCHED:
        return
    await storage.save_match_set(unit, plan, match_set)
    plan = await storage.save_plan(unit, plan.matched())
    await clear_clock(unit, ClockKind.PLAN_MATCH, plan.id)
    _record(unit, plan, events_pb2.PlanMatched(plan_id=plan.id, revision=plan.revision))


async def record_match_failure(unit: Unit, plan_id: str, revision: int, reason: str) -> None:
    """Note that matching gave up on the current revision; the planner sees why and can ask again."""
    await finding.enter_program_of(unit, plan_id)
    plan = await storage.get_plan(unit, plan_id)
    plan.require_revision(revision)
    if plan.state is PlanState.MATCHING:
        await storage.save_plan(unit, plan.failed(reason))
        await clear_clock(unit, ClockKind.PLAN_MATCH, plan.id)


async def _ask_again(unit: Unit, plan: Plan) -> None:
    await _ask(unit, await storage.save_plan(unit, plan.requested(unit.now)))


async def _ask(unit: Unit, plan: Plan) -> None:
    await set_clock(unit, ClockKind.PLAN_MATCH, plan.id, unit.now + ASKED_AGAIN_AFTER)
    _record(unit, plan, events_pb2.PlanRequested(plan_id=plan.id, revision=plan.revision))


def _record(unit: Unit, plan: Plan, event: Message) -> None:
    unit.record(event, aggregate_type=PLAN, aggregate_id=plan.id, version=plan.event_version)


async def _open_referrals(unit: Unit, plan: Plan, kinds: Iterable[Kind]) -> None:
    for kind in kinds:
        referral = Referral(
            id=new_id(),
            plan_id=plan.id,
            episode_id=plan.episode_id,
            client_id=plan.client_id,
            kind=kind,
            opened_at=unit.now,
        )
        await add_referral(unit, referral)


def _of_needs(criteria: criteria_pb2.Criteria, referrals: Iterable[Referral]) -> list[Referral]:
    """The newest referral of each need, in the order of the needs; those of dropped needs are left out."""
    newest = {referral.kind: referral for referral in referrals}
    return [newest[kind] for kind in _kinds(criteria)]


def _kinds(criteria: criteria_pb2.Criteria) -> list[Kind]:
    return [KIND_OF[need.kind] for need in criteria.needs]
