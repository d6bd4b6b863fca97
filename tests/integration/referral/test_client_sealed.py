"""What lies on the disk says nothing about a person, and forgetting one is for good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
import pytest_asyncio
from sqlmodel import delete, select

from aftercare.referral.v1.client_pb2 import GetClientRequest, ListClientsRequest
from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.rpc.errors import error_of
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.work import SqlWork
from aftercare_referral.client.keys import prove_seal_key
from aftercare_referral.client.sealing import (
    ClientVault,
    SealBroken,
    SealKeyUnusable,
    VaultMissing,
    open_vault,
)
from aftercare_referral.client.tables import CLIENT_TABLES, ClientKeyRow, ClientRow
from aftercare_referral.client.usecases import clients_by_id, create_client, get_client
from integration.referral.desk import PLANNER, PLANTED, ROSA, Desk, opened_desk, rosa

CALLER = Caller(person=PLANNER)
SEALED = ["given_name", "family_name", "birth_date", "gender", "phone"]


@pytest.fixture
def tables():
    return CLIENT_TABLES


@pytest_asyncio.fixture
async def desk(tmp_path: Path, database: Database) -> AsyncIterator[Desk]:
    async with opened_desk(tmp_path, database) as opened:
        yield opened


async def two_clients(desk: Desk) -> tuple[str, str]:
    async with desk.work.write(CALLER) as unit:
        return (await create_client(unit, ROSA)).id, (await create_client(unit, ROSA)).id


async def change(desk: Desk, act: Any) -> None:
    """Do something to the rows of the clients, as a thief with the file could."""
    async with desk.work.write(CALLER) as unit:
        rows = {row.id: row for row in (await unit.session.exec(select(ClientRow))).all()}
        keys = {row.client_id: row for row in (await unit.session.exec(select(ClientKeyRow))).all()}
        act(rows, keys)


async def read(desk: Desk, client_id: str) -> Any:
    async with desk.work.read(CALLER) as unit:
        return await get_client(unit, client_id)


@pytest.mark.fault("CRY-01")
async def test_the_files_hold_nothing_of_a_planted_person(desk: Desk):
    made = await desk.clients().CreateClient(rosa(), metadata=(("idempotency-key", "k-1"),))
    await desk.clients().GetClient(GetClientRequest(id=made.id))
    assert made.id.encode() in desk.files()
    assert [planted for planted in PLANTED if planted in desk.files()] == []


async def test_without_the_vault_the_files_would_hold_the_reply(desk: Desk, database: Database):
    # The control of the test above: the search does find what is not sealed.
    async with SqlWork(database, desk.clock, service="referral").write(CALLER, action=ROSA.family_name):
        pass
    assert b"Quillfeather" in desk.files()


@pytest.mark.fault("LOG-02")
async def test_no_log_line_and_no_error_holds_a_planted_person(
    desk: Desk, capsys: pytest.CaptureFixture[str]
):
    # Logging is as structlog brings it: what our allow-list would withhold is seen here as well.
    made = await desk.clients().CreateClient(rosa())
    await change(desk, lambda rows, _: setattr(rows[made.id], "phone", rows[made.id].family_name))
    said = []
    for call in (
        desk.clients().CreateClient(rosa(birth_date="2020-01-01")),
        desk.clients().GetClient(GetClientRequest(id=made.id)),
        desk.clients().ListClients(ListClientsRequest(page_token="Quillfeather")),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        said.append(
            repr((error_of(caught.value).sentence, error_of(caught.value).facts, caught.value.details()))
        )
    logged = capsys.readouterr()
    everything = "".join([*said, logged.out, logged.err])
    assert "call_failed" in logged.out
    assert [planted for planted in PLANTED if planted.decode() in everything] == []


@pytest.mark.parametrize("column", SEALED)
async def test_a_field_copied_from_another_client_does_not_open(desk: Desk, column):
    one, other = await two_clients(desk)
    await change(desk, lambda rows, _: setattr(rows[one], column, getattr(rows[other], column)))
    with pytest.raises(SealBroken):
        await read(desk, one)
    assert (await read(desk, other)).family_name == ROSA.family_name


async def test_fields_swapped_within_a_client_do_not_open(desk: Desk):
    one, _ = await two_clients(desk)

    def swap(rows, _keys):
        rows[one].given_name, rows[one].family_name = rows[one].family_name, rows[one].given_name

    await change(desk, swap)
    with pytest.raises(SealBroken):
        await read(desk, one)


async def test_another_clients_key_does_not_open_even_with_its_whole_row(desk: Desk):
    one, other = await two_clients(desk)

    def take_over(rows, keys):
        for column in SEALED:
            setattr(rows[one], column, getattr(rows[other], column))
        keys[one].wrapped = keys[other].wrapped

    await change(desk, take_over)
    with pytest.raises(SealBroken):
        await read(desk, one)


@pytest.mark.fault("CRY-07")
async def test_without_the_key_row_a_client_is_forgotten(desk: Desk):
    one, other = await two_clients(desk)
    async with desk.work.write(CALLER) as unit:
        await unit.session.exec(delete(ClientKeyRow).where(ClientKeyRow.client_id == one))
    with pytest.raises(NotFound):
        await read(desk, one)
    async with desk.work.read(CALLER) as unit:
        assert list(await clients_by_id(unit, [one, other])) == [other]
    listed = await desk.clients().ListClients(ListClientsRequest())
    assert [client.id for client in listed.clients] == [other]


def test_a_person_has_no_repr():
    assert repr(ROSA) == "Identity()"


async def test_rows_and_clients_show_no_more_than_ids(desk: Desk):
    one, _ = await two_clients(desk)
    shown = repr((await read(desk, one), await desk.rows(ClientRow), await desk.rows(ClientKeyRow)))
    assert one in shown
    assert "\\x" not in shown
    assert [name for name in PLANTED if name.decode() in shown] == []


async def test_a_unit_without_a_vault_stores_nobody(desk: Desk, database: Database):
    work = SqlWork(database, desk.clock, service="referral")
    with pytest.raises(VaultMissing):
        async with work.write(CALLER) as unit:
            await create_client(unit, ROSA)
    assert await desk.rows(ClientRow) == []


@pytest.mark.fault("CRY-05")
async def test_a_start_with_another_seal_key_is_refused(desk: Desk, tmp_path: Path):
    mine = open_vault(tmp_path / "keys" / "clients.seal")
    for _ in range(2):  # the first start leaves the proof, the second finds it
        async with desk.work.write(Caller()) as unit:
            await prove_seal_key(unit, mine)
    with pytest.raises(SealKeyUnusable, match="restore its file"):
        async with desk.work.write(Caller()) as unit:
            await prove_seal_key(unit, ClientVault(bytes(32)))
