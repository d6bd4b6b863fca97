"""What can be done with clients and episodes.

Each use case works in the unit it is given, on the unit's program alone, and needs a unit whose
`SqlWork` was opened with `sealer=open_vault(...)`. Reading a client notes it for the audit entry.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlmodel import col, select, update

from aftercare_platform.kernel.errors import NotFound, Stale
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.paging import decode_token, encode_token
from aftercare_platform.kernel.paging import page_size as checked_size
from aftercare_platform.sql.work import Unit
from aftercare_referral.client import keys
from aftercare_referral.client.model import (
    Client,
    DischargeKind,
    Episode,
    EpisodeOpen,
    Gender,
    Identity,
    check_admission,
    check_discharge,
    check_identity,
)
from aftercare_referral.client.sealing import ClientKey, Place
from aftercare_referral.client.tables import ClientKeyRow, ClientRow, EpisodeRow

_SEALED: Final = ("given_name", "family_name", "birth_date", "gender", "phone")


@dataclass(frozen=True, slots=True)
class ClientPage:
    """Some clients, oldest first, and the token of the next page (empty on the last)."""

    clients: list[Client]
    next_token: str


@dataclass(frozen=True, slots=True)
class EpisodePage:
    """Some episodes, oldest first, and the token of the next page (empty on the last)."""

    episodes: list[Episode]
    next_token: str


async def create_client(unit: Unit, identity: Identity) -> Client:
    """Add a client, sealed with a new key of their own. Two with the same name are two clients."""
    check_identity(identity, today=unit.now.date())
    client_id = new_id()
    key, key_row = keys.new_client_key(unit, client_id)
    sealed = {
        name: key.seal(str(getattr(identity, name)), _place(unit.program_id, name, client_id))
        for name in _SEALED
    }
    row = ClientRow(
        program_id=unit.program_id,
        id=client_id,
        given_name=sealed["given_name"],
        family_name=sealed["family_name"],
        birth_date=sealed["birth_date"],
        gender=sealed["gender"],
        phone=sealed["phone"],
        tie_key=secrets.token_hex(16),
        created_at=unit.now,
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.session.add(key_row)
    await unit.session.flush()
    unit.touch("client", client_id)
    return _client(row, key)


async def get_client(unit: Unit, client_id: str) -> Client:
    """A client of the unit's program; NotFound for any other id, and for one who was forgotten."""
    found = await clients_by_id(unit, [client_id])
    if client_id not in found:
        raise NotFound
    return found[client_id]


async def clients_by_id(unit: Unit, ids: Collection[str]) -> dict[str, Client]:
    """The clients with these ids, by id; ids that are absent or foreign are left out."""
    query = select(ClientRow, ClientKeyRow).join(
        ClientKeyRow, col(ClientKeyRow.client_id) == col(ClientRow.id)
    )
    rows = await unit.session.exec(query.where(col(ClientRow.id).in_(ids)))
    return {row.id: _read(unit, row, key) for row, key in rows}


async def list_clients(unit: Unit, *, page_size: int = 0, page_token: str = "") -> ClientPage:
    """The program's clients, oldest first."""
    size = checked_size(page_size)
    rows = list(
        await unit.session.exec(
            select(ClientRow, ClientKeyRow)
            .join(ClientKeyRow, col(ClientKeyRow.client_id) == col(ClientRow.id))
            .where(col(ClientRow.id) > decode_token(page_token))
            .order_by(col(ClientRow.id))
            .limit(size + 1)
        )
    )
    clients = [_read(unit, row, key) for row, key in rows[:size]]
    return ClientPage(clients, encode_token(clients[-1].id if len(rows) > size else ""))


async def open_episode(
    unit: Unit, client_id: str, *, admitted_on: date, planned_discharge_on: date | None
) -> Episode:
    """Open an episode; EpisodeOpen while the client has one, NotFound without such a client."""
    check_admission(admitted_on, planned_discharge_on, today=unit.now.date())
    await keys.client_key(unit, client_id)
    query = select(EpisodeRow).where(
        col(EpisodeRow.client_id) == client_id, col(EpisodeRow.discharged_on).is_(None)
    )
    open_row = (await unit.session.exec(query)).first()
    if open_row is not None:
        raise EpisodeOpen(episode=open_row.id)
    row = EpisodeRow(
        program_id=unit.program_id,
        id=new_id(),
        client_id=client_id,
        admitted_on=admitted_on,
        planned_discharge_on=planned_discharge_on,
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.touch("client", client_id)
    unit.touch("episode", row.id)
    return _episode(row)


async def get_episode(unit: Unit, episode_id: str) -> Episode:
    """An episode of the unit's program; NotFound for any other id."""
    found = await unit.session.exec(select(EpisodeRow).where(col(EpisodeRow.id) == episode_id))
    row = found.one_or_none()
    if row is None:
        raise NotFound
    unit.touch("episode", row.id)
    return _episode(row)


async def list_episodes(
    unit: Unit, client_id: str, *, page_size: int = 0, page_token: str = ""
) -> EpisodePage:
    """A client's episodes, oldest first; NotFound without such a client."""
    size = checked_size(page_size)
    await keys.client_key(unit, client_id)
    unit.touch("client", client_id)
    rows = list(
        await unit.session.exec(
            select(EpisodeRow)
            .where(col(EpisodeRow.client_id) == client_id, col(EpisodeRow.id) > decode_token(page_token))
            .order_by(col(EpisodeRow.id))
            .limit(size + 1)
        )
    )
    episodes = [_episode(row) for row in rows[:size]]
    return EpisodePage(episodes, encode_token(episodes[-1].id if len(rows) > size else ""))


async def discharge_episode(
    unit: Unit, episode_id: str, *, etag: str, discharged_on: date, kind: DischargeKind
) -> Episode:
    """Record the actual discharge, once; Stale when the episode was changed since it was read."""
    episode = await get_episode(unit, episode_id)
    check_discharge(episode, discharged_on, etag=etag, today=unit.now.date())
    changed = await unit.session.exec(
        update(EpisodeRow)
        .where(col(EpisodeRow.id) == episode_id, col(EpisodeRow.version) == episode.version)
        .values(discharged_on=discharged_on, discharge_kind=kind.value, version=episode.version + 1)
    )
    if changed.rowcount != 1:
        raise Stale(what="episode")
    return await get_episode(unit, episode_id)


async def episode_client(unit: Unit, episode_id: str) -> Client:
    """The client of an episode, opened; NotFound for an episode that the program does not have."""
    episode = await get_episode(unit, episode_id)
    return await get_client(unit, episode.client_id)


def _read(unit: Unit, row: ClientRow, key: ClientKeyRow) -> Client:
    unit.touch("client", row.id)
    return _client(row, keys.opened(unit, key))


def _client(row: ClientRow, key: ClientKey) -> Client:
    opened = {name: key.unseal(getattr(row, name), _place(row.program_id, name, row.id)) for name in _SEALED}
    return Client(
        given_name=opened["given_name"],
        family_name=opened["family_name"],
        birth_date=date.fromisoformat(opened["birth_date"]),
        gender=Gender(opened["gender"]),
        phone=opened["phone"],
        id=row.id,
        tie_key=row.tie_key,
        created_at=row.created_at,
        version=row.version,
    )


def _episode(row: EpisodeRow) -> Episode:
    return Episode(
        id=row.id,
        client_id=row.client_id,
        admitted_on=row.admitted_on,
        planned_discharge_on=row.planned_discharge_on,
        discharged_on=row.discharged_on,
        discharge_kind=DischargeKind(row.discharge_kind) if row.discharge_kind else None,
        version=row.version,
    )


def _place(program_id: str, column: str, client_id: str) -> Place:
    return Place(program_id, "client", column, client_id)
