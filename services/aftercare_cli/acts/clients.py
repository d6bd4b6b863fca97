"""Clients and their episodes."""

from __future__ import annotations

from aftercare.referral.v1 import client_pb2 as pb
from aftercare.type.v1 import criteria_pb2
from aftercare_cli.acts.paging import PAGE, every
from aftercare_cli.connection.desk import Desk
from aftercare_cli.shown.words import number_of


async def add_client(
    desk: Desk, *, given_name: str, family_name: str, born: str, gender: str = "", phone: str = ""
) -> pb.Client:
    """Add a client to the program."""
    number = number_of(criteria_pb2.Gender.DESCRIPTOR, gender, field="--gender") if gender else 0
    request = pb.CreateClientRequest(
        given_name=given_name,
        family_name=family_name,
        birth_date=born,
        gender=criteria_pb2.Gender.ValueType(number),
        phone=phone,
    )
    return await desk.clients.CreateClient(request)


async def show_client(desk: Desk, client_id: str) -> pb.Client:
    """A client."""
    return await desk.clients.GetClient(pb.GetClientRequest(id=client_id))


async def list_clients(desk: Desk) -> list[pb.Client]:
    """The program's clients."""
    return await every(
        lambda token: desk.clients.ListClients(pb.ListClientsRequest(page_size=PAGE, page_token=token)),
        lambda page: list(page.clients),
    )


async def open_episode(desk: Desk, client_id: str, *, admitted: str, planned: str = "") -> pb.Episode:
    """Open a stay of a client in the program."""
    request = pb.OpenEpisodeRequest(
        client_id=client_id, admitted_date=admitted, planned_discharge_date=planned
    )
    return await desk.clients.OpenEpisode(request)


async def list_episodes(desk: Desk, client_id: str) -> list[pb.Episode]:
    """A client's episodes."""
    return await every(
        lambda token: desk.clients.ListEpisodes(
            pb.ListEpisodesRequest(client_id=client_id, page_size=PAGE, page_token=token)
        ),
        lambda page: list(page.episodes),
    )


async def discharge(desk: Desk, episode_id: str, *, on: str, kind: str, etag: str = "") -> pb.Episode:
    """Record the actual discharge; without an etag the present one is read."""
    known = etag or (await desk.clients.GetEpisode(pb.GetEpisodeRequest(id=episode_id))).etag
    number = number_of(pb.DischargeKind.DESCRIPTOR, kind, field="--kind")
    request = pb.DischargeEpisodeRequest(
        id=episode_id, etag=known, discharged_date=on, kind=pb.DischargeKind.ValueType(number)
    )
    return await desk.clients.DischargeEpisode(request)
