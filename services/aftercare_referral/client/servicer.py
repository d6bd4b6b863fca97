"""ClientService."""

from __future__ import annotations

from aftercare.referral.v1 import client_pb2, client_pb2_grpc
from aftercare_platform.rpc.call import unit_of
from aftercare_referral.client import convert, usecases
from aftercare_referral.client.model import calendar_date, optional_date


class ClientServicer(client_pb2_grpc.ClientServiceServicer):
    """Clients and their episodes. Each call runs in the unit of work that the chain opened for it."""

    async def CreateClient(
        self, request: client_pb2.CreateClientRequest, context: object
    ) -> client_pb2.Client:
        identity = convert.identity_from_proto(request)
        return convert.client_to_proto(await usecases.create_client(unit_of(context), identity))

    async def GetClient(self, request: client_pb2.GetClientRequest, context: object) -> client_pb2.Client:
        return convert.client_to_proto(await usecases.get_client(unit_of(context), request.id))

    async def ListClients(
        self, request: client_pb2.ListClientsRequest, context: object
    ) -> client_pb2.ListClientsResponse:
        page = await usecases.list_clients(
            unit_of(context), page_size=request.page_size, page_token=request.page_token
        )
        clients = [convert.client_to_proto(client) for client in page.clients]
        return client_pb2.ListClientsResponse(clients=clients, next_page_token=page.next_token)

    async def OpenEpisode(
        self, request: client_pb2.OpenEpisodeRequest, context: object
    ) -> client_pb2.Episode:
        episode = await usecases.open_episode(
            unit_of(context),
            request.client_id,
            admitted_on=calendar_date(request.admitted_date, field="admitted_date"),
            planned_discharge_on=optional_date(
                request.planned_discharge_date, field="planned_discharge_date"
            ),
        )
        return convert.episode_to_proto(episode)

    async def GetEpisode(self, request: client_pb2.GetEpisodeRequest, context: object) -> client_pb2.Episode:
        return convert.episode_to_proto(await usecases.get_episode(unit_of(context), request.id))

    async def ListEpisodes(
        self, request: client_pb2.ListEpisodesRequest, context: object
    ) -> client_pb2.ListEpisodesResponse:
        page = await usecases.list_episodes(
            unit_of(context), request.client_id, page_size=request.page_size, page_token=request.page_token
        )
        episodes = [convert.episode_to_proto(episode) for episode in page.episodes]
        return client_pb2.ListEpisodesResponse(episodes=episodes, next_page_token=page.next_token)

    async def DischargeEpisode(
        self, request: client_pb2.DischargeEpisodeRequest, context: object
    ) -> client_pb2.Episode:
        episode = await usecases.discharge_episode(
            unit_of(context),
            request.id,
            etag=request.etag,
            discharged_on=calendar_date(request.discharged_date, field="discharged_date"),
            kind=convert.discharge_kind_from_proto(request.kind),
        )
        return convert.episode_to_proto(episode)
