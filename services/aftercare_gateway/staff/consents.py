"""Consents: recording what a client signed, and withdrawing it.

The form asks in the order in which one talks about it; each question is an element of 42 CFR 2.31(a).
What is missing does not stop the recording: the consent is then a draft that permits nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from aftercare.referral.v1 import client_pb2, consent_pb2, plan_pb2
from aftercare.type.v1 import kind_pb2
from aftercare_gateway import words
from aftercare_gateway.http.forms import Form
from aftercare_gateway.http.visit import Sending, Staff, Visit
from aftercare_gateway.staff.episodes import episode_and_client
from aftercare_gateway.staff.organizations import named_like, names_of
from aftercare_platform.kernel.errors import InvalidArgument

router = APIRouter()

_FORM_FIELDS = {"recipient_organization_ids": "recipients", "sign_time": "sign_date"}


@router.get("/episodes/{episode_id:uuid}/consents/new")
async def new_consent(
    visit: Staff, episode_id: UUID, recipient: Annotated[list[UUID] | None, Query()] = None
) -> Response:
    """The form, with the places that are to be named ticked already."""
    form = Form({"recipients": [str(id) for id in recipient or ()], "discloser": [_program_of(visit)]})
    return await _page(visit, str(episode_id), form)


@router.post("/episodes/{episode_id:uuid}/consents")
async def record_consent(visit: Staff, episode_id: UUID, form: Sending) -> Response:
    """Record the consent; or, by the other button, look for a place to name and show the form again."""
    if form.text("do") == "find":
        return await _page(visit, str(episode_id), form)
    try:
        request = _request(visit, str(episode_id), form)
        form.stop_if_wrong()
        consent = await visit.ask(visit.doors.consents.RecordConsent, request)
    except InvalidArgument as refusal:
        form.refuse(refusal, _FORM_FIELDS)
        return await _page(visit, str(episode_id), form, status=HTTPStatus.BAD_REQUEST)
    get = client_pb2.GetEpisodeRequest(id=str(episode_id))
    episode = await visit.ask(visit.doors.clients.GetEpisode, get)
    said = "consent_drafted" if consent.missing_elements else "consent_recorded"
    return visit.go(f"/clients/{episode.client_id}", said=said)


@router.get("/consents/{consent_id:uuid}/withdraw")
async def ask_withdrawal(visit: Staff, consent_id: UUID) -> Response:
    """What withdrawing means, and how the client said so."""
    return await _withdrawing(visit, str(consent_id), Form())


@router.post("/consents/{consent_id:uuid}/withdraw")
async def withdraw(visit: Staff, consent_id: UUID, form: Sending) -> Response:
    """Withdraw a consent, at once."""
    request = consent_pb2.RevokeConsentRequest(id=str(consent_id), channel=form.text("channel"))
    try:
        consent = await visit.ask(visit.doors.consents.RevokeConsent, request)
    except InvalidArgument as refusal:
        form.refuse(refusal)
        return await _withdrawing(visit, str(consent_id), form, status=HTTPStatus.BAD_REQUEST)
    get = client_pb2.GetEpisodeRequest(id=consent.episode_id)
    episode = await visit.ask(visit.doors.clients.GetEpisode, get)
    return visit.go(f"/clients/{episode.client_id}", said="consent_withdrawn")


def _request(visit: Visit, episode_id: str, form: Form) -> consent_pb2.RecordConsentRequest:
    request = consent_pb2.RecordConsentRequest(
        episode_id=episode_id,
        discloser=form.text("discloser"),
        categories=map(consent_pb2.Category.ValueType, form.numbers_of("categories", words.CATEGORIES)),
        recipient_organization_ids=form.all("recipients"),
        purposes=map(consent_pb2.Purpose.ValueType, form.numbers_of("purposes", words.PURPOSES)),
        states_right_to_revoke=form.is_ticked("states_right_to_revoke"),
        expiration_date=form.text("expiration_date"),
        expiration_event=form.text("expiration_event"),
        signer_name=form.text("signer_name"),
        states_redisclosure=form.is_ticked("states_redisclosure"),
        states_consequences_of_refusal=form.is_ticked("states_consequences_of_refusal"),
        states_hipaa_redisclosure=form.is_ticked("states_hipaa_redisclosure"),
    )
    signed_at = form.moment("sign_date", "sign_time", visit.gateway.settings.zone)
    if signed_at is not None:
        request.sign_time.FromDatetime(signed_at)
    return request


async def _page(visit: Visit, episode_id: str, form: Form, *, status: int = HTTPStatus.OK) -> Response:
    episode, client = await episode_and_client(visit, episode_id)
    places = await _matched_places(visit, episode_id)
    wanted = form.text("find")
    found = await named_like(visit, wanted) if wanted else {}
    ticked = await names_of(visit, set(form.all("recipients")) - places.keys() - found.keys())
    return visit.page(
        "consent_new.html",
        status=status,
        form=form,
        episode=episode,
        client=client,
        places={**ticked, **found, **places},
        is_found=bool(found) or not wanted,
    )


async def _matched_places(visit: Visit, episode_id: str) -> dict[str, str]:
    """The organizations in the matched sets of the episode's plans: whom a consent will mostly name."""
    listing = plan_pb2.ListPlansRequest(episode_id=episode_id)
    places: dict[str, str] = {}
    for plan in (await visit.ask(visit.doors.plans.ListPlans, listing)).plans:
        whole = await visit.ask(visit.doors.plans.GetPlan, plan_pb2.GetPlanRequest(id=plan.id))
        for matches in whole.match_set.kinds:
            if matches.kind == kind_pb2.KIND_SUPPORT_GROUP:
                continue  # mutual help is not asked, so nobody there is told
            places |= {option.organization_id: option.organization_name for option in matches.options}
    return places


async def _withdrawing(visit: Visit, consent_id: str, form: Form, *, status: int = HTTPStatus.OK) -> Response:
    get = consent_pb2.GetConsentRequest(id=consent_id)
    consent = await visit.ask(visit.doors.consents.GetConsent, get)
    _, client = await episode_and_client(visit, consent.episode_id)
    names = await names_of(visit, consent.recipient_organization_ids)
    return visit.page(
        "consent_withdraw.html", form=form, consent=consent, client=client, names=names, status=status
    )


def _program_of(visit: Visit) -> str:
    return visit.person.who.program_name if visit.person else ""
