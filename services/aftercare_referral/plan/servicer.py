"""PlanService."""

from __future__ import annotations

from aftercare.referral.v1 import plan_pb2 as pb
from aftercare.referral.v1 import plan_pb2_grpc
from aftercare_platform.rpc.call import unit_of
from aftercare_referral.plan import convert, usecases
from aftercare_referral.referral.model import Terms


class PlanServicer(plan_pb2_grpc.PlanServiceServicer):
    """Plans and their matched sets. Each call runs in the unit of work that the chain opened for it."""

    def __init__(self, terms: Terms) -> None:
        """`terms` say how long things may take."""
        self._terms = terms

    async def CreatePlan(self, request: pb.CreatePlanRequest, context: object) -> pb.Plan:
        unit = unit_of(context)
        view = await usecases.create_plan(unit, request.episode_id, request.criteria, self._terms)
        return convert.plan_to_proto(view, unit.now)

    async def RevisePlan(self, request: pb.RevisePlanRequest, context: object) -> pb.Plan:
        unit = unit_of(context)
        view = await usecases.revise_plan(unit, request.id, request.criteria, self._terms, etag=request.etag)
        return convert.plan_to_proto(view, unit.now)

    async def RequestMatch(self, request: pb.RequestMatchRequest, context: object) -> pb.Plan:
        unit = unit_of(context)
        return convert.plan_to_proto(await usecases.request_match(unit, request.id, self._terms), unit.now)

    async def GetPlan(self, request: pb.GetPlanRequest, context: object) -> pb.Plan:
        unit = unit_of(context)
        return convert.plan_to_proto(await usecases.view_plan(unit, request.id, self._terms), unit.now)

    async def ListPlans(self, request: pb.ListPlansRequest, context: object) -> pb.ListPlansResponse:
        unit = unit_of(context)
        page = await usecases.list_plans(
            unit, request.episode_id, self._terms, page_size=request.page_size, page_token=request.page_token
        )
        plans = [convert.plan_to_proto(view, unit.now) for view in page.plans]
        return pb.ListPlansResponse(plans=plans, next_page_token=page.next_token)

    async def GetMatchProfile(
        self, request: pb.GetMatchProfileRequest, context: object
    ) -> pb.GetMatchProfileResponse:
        return convert.asked_to_proto(await usecases.match_profile(unit_of(context), request.plan_id))

    async def RecordMatchSet(
        self, request: pb.RecordMatchSetRequest, context: object
    ) -> pb.RecordMatchSetResponse:
        await usecases.record_match_set(
            unit_of(context), request.plan_id, request.revision, request.match_set
        )
        return pb.RecordMatchSetResponse()

    async def RecordMatchFailure(
        self, request: pb.RecordMatchFailureRequest, context: object
    ) -> pb.RecordMatchFailureResponse:
        await usecases.record_match_failure(
            unit_of(context), request.plan_id, request.revision, request.reason
        )
        return pb.RecordMatchFailureResponse()
