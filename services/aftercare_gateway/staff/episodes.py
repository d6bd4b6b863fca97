"""Episodes: opening one, and recording the discharge."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from aftercare.referral.v1 import client_pb2
from aftercare_gateway.http.forms import Form
from aftercare_gateway.http.visit import Sending, Staff, Visit
from aftercare_platform.kernel.errors import InvalidArgument

router = APIRouter()

_KINDS: Final = [number for number in client_pb2.DischargeKind.values() if number]


@router.get("/clients/{client_id:uuid}/episodes/new")
async def new_episode(visit: Staff, client_id: UUID) -> Response:
    """The form for a new episode."""
    return await _opening(visit, str(client_id), Form())


@router.post("/clients/{client_id:uuid}/episodes")
async def open_episode(visit: Staff, client_id: UUID, form: Sending) -> Response:
    """Open an episode."""
    request = client_pb2.OpenEpisodeRequest(
        client_id=str(client_id),
        admitted_date=form.text("admitted_date"),
        planned_discharge_date=form.text("planned_discharge_date"),
    )
    try:
        await visit.ask(visit.doors.clients.OpenEpisode, request)
    except InvalidArgument as refusal:
        form.refuse(refusal)
        return await _opening(visit, str(client_id), form, status=HTTPStatus.BAD_REQUEST)
    return visit.go(f"/clients/{client_id}", said="episode_opened")


@router.get("/episodes/{episode_id:uuid}/discharge")
async def ask_discharge(visit: Staff, episode_id: UUID) -> Response:
    """The form for the discharge."""
    return await _discharging(visit, str(episode_id), Form())


@router.post("/episodes/{episode_id:uuid}/discharge")
async def discharge(visit: Staff, episode_id: UUID, form: Sending) -> Response:
    """Record the actual discharge."""
    try:
        request = client_pb2.DischargeEpisodeRequest(
            id=str(episode_id),
            etag=form.text("etag"),
            discharged_date=form.text("discharged_date"),
            kind=client_pb2.DischargeKind.ValueType(form.number_one_of("kind", _KINDS)),
        )
        episode = await visit.ask(visit.doors.clients.DischargeEpisode, request)
    except InvalidArgument as refusal:
        form.refuse(refusal)
        return await _discharging(visit, str(episode_id), form, status=HTTPStatus.BAD_REQUEST)
    return visit.go(f"/clients/{episode.client_id}", said="discharged")


async def episode_and_client(visit: Visit, episode_id: str) -> tuple[client_pb2.Episode, client_pb2.Client]:
    """An episode, and whose it is."""
    get = client_pb2.GetEpisodeRequest(id=episode_id)
    episode = await visit.ask(visit.doors.clients.GetEpisode, get)
    of = client_pb2.GetClientRequest(id=episode.client_id)
    return episode, await visit.ask(visit.doors.clients.GetClient, of)


async def _opening(visit: Visit, client_id: str, form: Form, *, status: int = HTTPStatus.OK) -> Response:
    get = client_pb2.GetClientRequest(id=client_id)
    client = await visit.ask(visit.doors.clients.GetClient, get)
    return visit.page("episode_new.html", form=form, client=client, status=status)


async def _discharging(visit: Visit, episode_id: str, form: Form, *, status: int = HTTPStatus.OK) -> Response:
    episode, client = await episode_and_client(visit, episode_id)
    return visit.page("discharge.html", form=form, episode=episode, client=client, status=status)
