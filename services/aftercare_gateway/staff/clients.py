"""Clients: the list, a new one, and the page of one with everything that hangs on it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from aftercare.referral.v1 import client_pb2, consent_pb2, plan_pb2, referral_pb2
from aftercare.type.v1 import criteria_pb2
from aftercare_gateway.http.forms import Form
from aftercare_gateway.http.visit import Sending, Staff, Visit
from aftercare_gateway.staff.organizations import names_of
from aftercare_platform.kernel.errors import InvalidArgument

router = APIRouter()

_GENDERS: Final = criteria_pb2.Gender.values()


@dataclass(frozen=True, slots=True)
class Stay:
    """An episode with what was written for it."""

    episode: client_pb2.Episode
    consents: list[consent_pb2.Consent]
    plans: list[plan_pb2.Plan]


@router.get("/clients")
async def list_clients(visit: Staff, page_token: str = "") -> Response:
    """The clients of the program."""
    request = client_pb2.ListClientsRequest(page_token=page_token)
    answer = await visit.ask(visit.doors.clients.ListClients, request)
    return visit.page("clients.html", twin=answer, answer=answer)


@router.get("/clients/new")
async def new_client(visit: Staff) -> Response:
    """The form for a new client."""
    return visit.page("client_new.html", form=Form())


@router.post("/clients")
async def add_client(visit: Staff, form: Sending) -> Response:
    """Add a client."""
    try:
        request = client_pb2.CreateClientRequest(
            given_name=form.text("given_name"),
            family_name=form.text("family_name"),
            birth_date=form.text("birth_date"),
            gender=criteria_pb2.Gender.ValueType(form.number_one_of("gender", _GENDERS)),
            phone=form.text("phone"),
        )
        client = await visit.ask(visit.doors.clients.CreateClient, request)
    except InvalidArgument as refusal:
        form.refuse(refusal)
        return visit.page("client_new.html", form=form, status=HTTPStatus.BAD_REQUEST)
    return visit.go(f"/clients/{client.id}", said="client_added")


@router.get("/clients/{client_id:uuid}")
async def show_client(visit: Staff, client_id: UUID) -> Response:
    """A client with episodes, consents and plans, newest first."""
    get = client_pb2.GetClientRequest(id=str(client_id))
    client = await visit.ask(visit.doors.clients.GetClient, get)
    if visit.wants_json:
        return visit.page("client.html", twin=client)
    listing = client_pb2.ListEpisodesRequest(client_id=client.id)
    episodes = (await visit.ask(visit.doors.clients.ListEpisodes, listing)).episodes
    stays = await asyncio.gather(*(_stay(visit, episode) for episode in reversed(episodes)))
    recipients = {
        organization
        for stay in stays
        for consent in stay.consents
        for organization in consent.recipient_organization_ids
    }
    return visit.page("client.html", client=client, stays=stays, names=await names_of(visit, recipients))


@router.get("/clients/{client_id:uuid}/disclosures")
async def list_disclosures(visit: Staff, client_id: UUID, page_token: str = "") -> Response:
    """Who was told what of a client, and by which consent."""
    get = client_pb2.GetClientRequest(id=str(client_id))
    client = await visit.ask(visit.doors.clients.GetClient, get)
    request = referral_pb2.ListDisclosuresRequest(client_id=client.id, page_token=page_token)
    answer = await visit.ask(visit.doors.referrals.ListDisclosures, request)
    names = await names_of(visit, {one.recipient_organization_id for one in answer.disclosures})
    return visit.page("disclosures.html", twin=answer, client=client, answer=answer, names=names)


async def _stay(visit: Visit, episode: client_pb2.Episode) -> Stay:
    consents, plans = await asyncio.gather(
        visit.ask(visit.doors.consents.ListConsents, consent_pb2.ListConsentsRequest(episode_id=episode.id)),
        _plans(visit, episode),
    )
    return Stay(episode, list(reversed(consents.consents)), list(reversed(plans)))


async def _plans(visit: Visit, episode: client_pb2.Episode) -> Sequence[plan_pb2.Plan]:
    """The plans of an episode; none for a privacy officer, who sees consents and disclosures alone."""
    if not visit.is_in_care:
        return ()
    request = plan_pb2.ListPlansRequest(episode_id=episode.id)
    return (await visit.ask(visit.doors.plans.ListPlans, request)).plans
