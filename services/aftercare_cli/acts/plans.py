"""Plans and matched sets."""

from __future__ import annotations

import asyncio
from typing import Final

from aftercare.matching.v1 import matching_pb2
from aftercare.referral.v1 import plan_pb2 as pb
from aftercare.type.v1 import criteria_pb2, match_set_pb2
from aftercare_cli.acts.paging import PAGE, every
from aftercare_cli.connection.desk import Desk
from aftercare_platform.kernel.errors import Unavailable

LOOK_EVERY_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 120.0


class StillMatching(Unavailable):
    """The plan {plan} has no matched set yet; it completes by itself."""


async def find_matches(desk: Desk, profile: criteria_pb2.MatchProfile) -> match_set_pb2.MatchSet:
    """The matched set for a profile, kept by nobody."""
    return await desk.matching.FindMatches(matching_pb2.FindMatchesRequest(profile=profile))


async def create_plan(desk: Desk, episode_id: str, criteria: criteria_pb2.Criteria) -> pb.Plan:
    """A plan for an episode; its matched set is on its way."""
    return await desk.plans.CreatePlan(pb.CreatePlanRequest(episode_id=episode_id, criteria=criteria))


async def revise_plan(
    desk: Desk, plan_id: str, criteria: criteria_pb2.Criteria, *, etag: str = ""
) -> pb.Plan:
    """A new revision with these criteria; without an etag the present one is read."""
    known = etag or (await show_plan(desk, plan_id)).etag
    return await desk.plans.RevisePlan(pb.RevisePlanRequest(id=plan_id, etag=known, criteria=criteria))


async def request_match(desk: Desk, plan_id: str) -> pb.Plan:
    """Ask once more for the matched set of the present revision."""
    return await desk.plans.RequestMatch(pb.RequestMatchRequest(id=plan_id))


async def show_plan(desk: Desk, plan_id: str) -> pb.Plan:
    """A plan with its matched set and the follow-up status of each need."""
    return await desk.plans.GetPlan(pb.GetPlanRequest(id=plan_id))


async def list_plans(desk: Desk, episode_id: str = "") -> list[pb.Plan]:
    """The plans of an episode, or of the program."""
    return await every(
        lambda token: desk.plans.ListPlans(
            pb.ListPlansRequest(episode_id=episode_id, page_size=PAGE, page_token=token)
        ),
        lambda page: list(page.plans),
    )


async def matched(desk: Desk, plan: pb.Plan, *, seconds: float = PATIENCE_SECONDS) -> pb.Plan:
    """The plan once it has its set, or once matching gave up; `StillMatching` when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            while plan.state == pb.PLAN_STATE_MATCHING:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
                plan = await show_plan(desk, plan.id)
    except TimeoutError:
        raise StillMatching(plan=plan.id) from None
    return plan
