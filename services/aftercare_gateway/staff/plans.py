"""Plans: the form with its preview, the plan's page with its matched set, revising, asking again."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from aftercare.matching.v1 import matching_pb2
from aftercare.referral.v1 import client_pb2, plan_pb2
from aftercare.type.v1 import criteria_pb2
from aftercare_gateway.http.forms import Form
from aftercare_gateway.http.visit import Sending, Staff, Visit
from aftercare_gateway.staff import criteria_form
from aftercare_gateway.staff.episodes import episode_and_client
from aftercare_gateway.staff.matched_set import Column, columns_of_plan, columns_of_preview
from aftercare_platform.kernel.errors import InvalidArgument

router = APIRouter()

REFRESH: Final = timedelta(seconds=2)
"""How often a plan that waits for its set is shown anew."""


@router.get("/episodes/{episode_id:uuid}/plans/new")
async def new_plan(visit: Staff, episode_id: UUID) -> Response:
    """The empty form."""
    return await _form_page(visit, str(episode_id), Form({"languages": ["en"]}))


@router.post("/episodes/{episode_id:uuid}/plans")
async def create_plan(visit: Staff, episode_id: UUID, form: Sending) -> Response:
    """Create the plan; or, by the other button, show what would be found and the form again."""
    try:
        criteria = criteria_form.read_criteria(form)
        if form.text("do") == "preview":
            return await _preview(visit, str(episode_id), form, criteria)
        request = plan_pb2.CreatePlanRequest(episode_id=str(episode_id), criteria=criteria)
        plan = await visit.ask(visit.doors.plans.CreatePlan, request)
    except InvalidArgument as refusal:
        form.refuse(refusal, criteria_form.FORM_FIELDS)
        return await _form_page(visit, str(episode_id), form, status=HTTPStatus.BAD_REQUEST)
    return visit.go(f"/plans/{plan.id}")


@router.get("/plans/{plan_id:uuid}")
async def show_plan(visit: Staff, plan_id: UUID) -> Response:
    """The plan with its matched set; while that is being made, the page asks for itself again."""
    plan = await _plan(visit, plan_id)
    if visit.wants_json:
        return visit.page("plan.html", twin=plan)
    episode, client = await episode_and_client(visit, plan.episode_id)
    waits = plan.state == plan_pb2.PLAN_STATE_MATCHING
    return visit.page(
        "plan.html",
        headers={"refresh": str(int(REFRESH.total_seconds()))} if waits else None,
        plan=plan,
        episode=episode,
        client=client,
        columns=columns_of_plan(plan),
    )


@router.get("/plans/{plan_id:uuid}/revise")
async def ask_revision(visit: Staff, plan_id: UUID) -> Response:
    """The form as the plan's criteria stand."""
    plan = await _plan(visit, plan_id)
    return await _form_page(visit, plan.episode_id, criteria_form.fill_form(plan.criteria), plan=plan)


@router.post("/plans/{plan_id:uuid}/revise")
async def revise_plan(visit: Staff, plan_id: UUID, form: Sending) -> Response:
    """Replace the criteria; or, by the other button, show what would be found and the form again."""
    plan = await _plan(visit, plan_id)
    try:
        criteria = criteria_form.read_criteria(form, before=plan.criteria)
        if form.text("do") == "preview":
            return await _preview(visit, plan.episode_id, form, criteria, plan=plan)
        # The etag is that of the page on which the planner decided, not of the plan as it is by now.
        request = plan_pb2.RevisePlanRequest(id=plan.id, etag=form.text("etag"), criteria=criteria)
        await visit.ask(visit.doors.plans.RevisePlan, request)
    except InvalidArgument as refusal:
        form.refuse(refusal, criteria_form.FORM_FIELDS)
        return await _form_page(visit, plan.episode_id, form, plan=plan, status=HTTPStatus.BAD_REQUEST)
    return visit.go(f"/plans/{plan_id}", said="plan_revised")


@router.post("/plans/{plan_id:uuid}/match")
async def match_again(visit: Staff, plan_id: UUID) -> Response:
    """Ask for the matched set once more."""
    await visit.ask(visit.doors.plans.RequestMatch, plan_pb2.RequestMatchRequest(id=str(plan_id)))
    return visit.go(f"/plans/{plan_id}", said="match_requested")


async def _plan(visit: Visit, plan_id: UUID) -> plan_pb2.Plan:
    return await visit.ask(visit.doors.plans.GetPlan, plan_pb2.GetPlanRequest(id=str(plan_id)))


async def _preview(
    visit: Visit,
    episode_id: str,
    form: Form,
    criteria: criteria_pb2.Criteria,
    *,
    plan: plan_pb2.Plan | None = None,
) -> Response:
    """What matching finds for these criteria now; nothing is kept."""
    episode, client = await episode_and_client(visit, episode_id)
    today = visit.gateway.clock.now().date()
    profile = criteria_pb2.MatchProfile(
        criteria=criteria, gender=client.gender, age_years=_age(client, episode, today), tie_key=episode_id
    )
    request = matching_pb2.FindMatchesRequest(profile=profile)
    found = await visit.ask(visit.doors.matching.FindMatches, request)
    return await _form_page(visit, episode_id, form, plan=plan, preview=columns_of_preview(found))


async def _form_page(
    visit: Visit,
    episode_id: str,
    form: Form,
    *,
    plan: plan_pb2.Plan | None = None,
    preview: list[Column] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    episode, client = await episode_and_client(visit, episode_id)
    return visit.page(
        "plan_form.html",
        status=status,
        form=form,
        offered=criteria_form,
        episode=episode,
        client=client,
        plan=plan,
        preview=preview,
    )


def _age(client: client_pb2.Client, episode: client_pb2.Episode, today: date) -> int:
    """Whole years at the planned discharge, else today."""
    born = date.fromisoformat(client.birth_date)
    then = date.fromisoformat(episode.planned_discharge_date) if episode.planned_discharge_date else today
    return then.year - born.year - ((then.month, then.day) < (born.month, born.day))
