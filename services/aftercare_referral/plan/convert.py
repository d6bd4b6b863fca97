"""Plans between the contract and the model."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aftercare.referral.v1 import plan_pb2
from aftercare_platform.contract.words import time_to_proto
from aftercare_referral.plan.model import PlanState
from aftercare_referral.plan.usecases import Asked, PlanView
from aftercare_referral.referral.convert import referral_to_proto

_STATES: Final = {
    PlanState.MATCHING: plan_pb2.PLAN_STATE_MATCHING,
    PlanState.MATCHED: plan_pb2.PLAN_STATE_MATCHED,
    PlanState.MATCH_FAILED: plan_pb2.PLAN_STATE_MATCH_FAILED,
}


def plan_to_proto(view: PlanView, now: datetime) -> plan_pb2.Plan:
    """A plan as its planner sees it."""
    plan = view.plan
    return plan_pb2.Plan(
        id=plan.id,
        episode_id=plan.episode_id,
        revision=plan.revision,
        criteria=view.criteria,
        state=_STATES[plan.state],
        match_set=view.match_set,
        failure=plan.failure,
        referrals=[referral_to_proto(*standing, now) for standing in view.standings],
        etag=str(plan.version),
        create_time=time_to_proto(plan.created_at),
        request_time=time_to_proto(plan.requested_at),
    )


def asked_to_proto(asked: Asked) -> plan_pb2.GetMatchProfileResponse:
    """What matching is told."""
    return plan_pb2.GetMatchProfileResponse(
        revision=asked.revision, profile=asked.profile, is_awaited=asked.is_awaited
    )
