"""The ClientService as a program meets it: over the wire, audited, each program for itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
import pytest_asyncio

from aftercare.referral.v1.client_pb2 import (
    DISCHARGE_KIND_PLANNED,
    CreateClientRequest,
    DischargeEpisodeRequest,
    GetClientRequest,
    GetEpisodeRequest,
    ListClientsRequest,
    ListEpisodesRequest,
    OpenEpisodeRequest,
)
from aftercare.type.v1.criteria_pb2 import GENDER_WOMAN
from aftercare_platform.kernel.errors import (
    AftercareError,
    Conflict,
    Denied,
    InvalidArgument,
    NotFound,
    Stale,
    Unauthenticated,
)
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.rpc.errors import error_of
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.tables import IdempotencyRecord, OutboxRow
from aftercare_referral.client.tables import CLIENT_TABLES, ClientRow
from integration.referral.desk import (
    ADMINISTRATOR,
    HOUSE,
    OFFICER,
    PLANNER,
    STRANGER,
    Desk,
    opened_desk,
    rosa,
)


@pytest.fixture
def tables():
    return CLIENT_TABLES


@pytest_asyncio.fixture
async def desk(tmp_path: Path, database: Database) -> AsyncIterator[Desk]:
    async with opened_desk(tmp_path, database) as opened:
        yield opened


async def refusal(call: Awaitable[Any]) -> AftercareError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return error_of(caught.value)


async def test_a_client_comes_back_as_given(desk: Desk):
    made = await desk.clients().CreateClient(rosa(given_name="  Rosalind "))
    read = await desk.clients(OFFICER).GetClient(GetClientRequest(id=made.id))
    assert read == made
    assert (read.given_name, read.family_name, read.birth_date) == ("Rosalind", "Quillfeather", "1990-05-17")
    assert (read.gender, read.phone, read.etag) == (GENDER_WOMAN, "202 555 0147", "1")
    assert read.create_time.ToDatetime().isoformat() == "2026-11-24T12:00:00"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"birth_date": "1990-02-30"}, ["birth_date"]),
        ({"birth_date": "17.5.1990"}, ["birth_date"]),
        ({"birth_date": "2020-01-01"}, ["birth_date"]),
        ({"birth_date": "1890-01-01"}, ["birth_date"]),
        ({"given_name": "   "}, ["given_name"]),
        ({"family_name": "x" * 101}, ["family_name"]),
        ({"gender": 99}, ["gender"]),
        ({"given_name": " ", "birth_date": "2020-01-01"}, ["given_name", "birth_date"]),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_stored(desk: Desk, changed, fields):
    error = await refusal(desk.clients().CreateClient(rosa(**changed)))
    assert isinstance(error, InvalidArgument)
    assert [violation.field for violation in error.violations] == fields
    assert "Quillfeather" not in repr((error.sentence, error.facts))
    assert await desk.rows(ClientRow) == []


@pytest.mark.fault("PAT-04")
async def test_two_with_the_same_name_and_birth_date_are_two_clients(desk: Desk):
    first = await desk.clients().CreateClient(rosa())
    second = await desk.clients().CreateClient(rosa())
    assert first.id != second.id
    assert len((await desk.clients().ListClients(ListClientsRequest())).clients) == 2


async def test_clients_are_listed_oldest_first_page_by_page(desk: Desk):
    made = [(await desk.clients().CreateClient(rosa(given_name=f"R{n}"))).id for n in range(5)]
    seen, token = [], ""
    for size in (2, 2, 1):
        page = await desk.clients().ListClients(ListClientsRequest(page_size=2, page_token=token))
        assert len(page.clients) == size
        seen, token = [*seen, *(client.id for client in page.clients)], page.next_page_token
    assert sorted(seen) == sorted(made)
    assert seen == sorted(seen)
    assert token == ""


async def test_a_token_of_another_make_is_refused(desk: Desk):
    error = await refusal(desk.clients().ListClients(ListClientsRequest(page_token="x")))
    assert isinstance(error, InvalidArgument)


# who | may read | may change
RIGHTS = [
    (PLANNER, None, None),
    (OFFICER, None, Denied),
    (ADMINISTRATOR, Denied, Denied),
    (HOUSE, Denied, Denied),
    (None, Unauthenticated, Unauthenticated),
]


@pytest.mark.parametrize(("who", "reading", "changing"), RIGHTS)
async def test_who_may_read_and_change(desk: Desk, who, reading, changing):
    made = await desk.clients().CreateClient(rosa())
    for call, refused in (
        (desk.clients(who).GetClient(GetClientRequest(id=made.id)), reading),
        (desk.clients(who).ListClients(ListClientsRequest()), reading),
        (desk.clients(who).CreateClient(rosa()), changing),
    ):
        if refused is None:
            await call
        else:
            assert isinstance(await refusal(call), refused)


@pytest.mark.fault("ISO-01")
async def test_what_is_another_programs_is_absent_in_the_same_words(desk: Desk):
    made = await desk.clients().CreateClient(rosa())
    stay = await desk.clients().OpenEpisode(opening(made.id))
    south = desk.clients(STRANGER)
    calls = [
        lambda id: south.GetClient(GetClientRequest(id=id[0])),
        lambda id: south.OpenEpisode(opening(id[0])),
        lambda id: south.ListEpisodes(ListEpisodesRequest(client_id=id[0])),
        lambda id: south.GetEpisode(GetEpisodeRequest(id=id[1])),
        lambda id: south.DischargeEpisode(discharge(id[1], etag=stay.etag)),
    ]
    for call in calls:
        foreign = await refusal(call((made.id, stay.id)))
        absent = await refusal(call((new_id(), new_id())))
        assert isinstance(foreign, NotFound)
        assert (foreign.sentence, foreign.facts) == (absent.sentence, absent.facts)
    assert len((await south.ListClients(ListClientsRequest())).clients) == 0


async def test_one_open_episode_at_a_time(desk: Desk):
    client = await desk.clients().CreateClient(rosa())
    first = await desk.clients().OpenEpisode(opening(client.id, planned_discharge_date="2026-12-01"))
    assert (first.admitted_date, first.planned_discharge_date) == ("2026-10-01", "2026-12-01")
    assert (first.discharged_date, first.discharge_kind) == ("", 0)

    second = await refusal(desk.clients().OpenEpisode(opening(client.id)))
    assert isinstance(second, Conflict)
    assert first.id in second.sentence

    ended = await desk.clients().DischargeEpisode(discharge(first.id, etag=first.etag))
    assert (ended.discharged_date, ended.discharge_kind) == ("2026-11-20", DISCHARGE_KIND_PLANNED)
    assert ended.etag != first.etag
    readmitted = await desk.clients().OpenEpisode(opening(client.id, admitted_date="2026-11-24"))
    listed = await desk.clients().ListEpisodes(ListEpisodesRequest(client_id=client.id))
    assert [episode.id for episode in listed.episodes] == [first.id, readmitted.id]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"admitted_date": "2026-11-25"}, "admitted_date"),
        ({"admitted_date": "2026-02-30"}, "admitted_date"),
        ({"planned_discharge_date": "2026-09-30"}, "planned_discharge_date"),
    ],
)
async def test_dates_of_an_opening_make_sense(desk: Desk, changed, field):
    client = await desk.clients().CreateClient(rosa())
    error = await refusal(desk.clients().OpenEpisode(opening(client.id, **changed)))
    assert isinstance(error, InvalidArgument)
    assert [violation.field for violation in error.violations] == [field]


async def test_a_discharge_is_recorded_once_on_a_fresh_etag(desk: Desk):
    client = await desk.clients().CreateClient(rosa())
    stay = await desk.clients().OpenEpisode(opening(client.id))
    assert isinstance(await refusal(desk.clients().DischargeEpisode(discharge(stay.id, etag="7"))), Stale)
    early = discharge(stay.id, etag=stay.etag, discharged_date="2026-09-30")
    assert isinstance(await refusal(desk.clients().DischargeEpisode(early)), InvalidArgument)
    unsaid = discharge(stay.id, etag=stay.etag, kind=0)
    assert isinstance(await refusal(desk.clients().DischargeEpisode(unsaid)), InvalidArgument)

    ended = await desk.clients().DischargeEpisode(discharge(stay.id, etag=stay.etag))
    again = await refusal(desk.clients().DischargeEpisode(discharge(stay.id, etag=ended.etag)))
    assert isinstance(again, Conflict)


@pytest.mark.fault("AUD-01")
async def test_every_read_and_change_leaves_one_audit_entry_with_ids_only(desk: Desk):
    made = await desk.clients().CreateClient(rosa())
    await desk.clients(OFFICER).GetClient(GetClientRequest(id=made.id))
    await desk.clients().ListClients(ListClientsRequest())
    await refusal(desk.clients(HOUSE).GetClient(GetClientRequest(id=made.id)))
    entries = await desk.audit()
    assert [(entry.actor, entry.action.rpartition("/")[2], entry.allowed) for entry in entries] == [
        ("member:m-planner", "CreateClient", True),
        ("member:m-officer", "GetClient", True),
        ("member:m-planner", "ListClients", True),
        ("agency:a-house", "GetClient", False),
    ]
    assert [entry.objects for entry in entries] == [[f"client:{made.id}"]] * 3 + [[]]


async def test_a_repeated_creation_adds_nobody_and_a_read_is_not_kept(desk: Desk):
    key = (("idempotency-key", "k-1"),)
    first = await desk.clients().CreateClient(rosa(), metadata=key)
    again = await desk.clients().CreateClient(rosa(), metadata=key)
    assert again == first
    await desk.clients().GetClient(GetClientRequest(id=first.id))
    assert [row.method.rpartition("/")[2] for row in await desk.rows(IdempotencyRecord)] == ["CreateClient"]
    assert len(await desk.rows(ClientRow)) == 1


async def test_nothing_of_a_client_goes_out_as_an_event(desk: Desk):
    client = await desk.clients().CreateClient(rosa())
    await desk.clients().OpenEpisode(opening(client.id))
    assert await desk.rows(OutboxRow) == []


def test_the_request_for_rosa_is_whole():
    assert all(getattr(rosa(), field.name) for field in CreateClientRequest.DESCRIPTOR.fields)


def opening(client_id: str, **changed: str) -> OpenEpisodeRequest:
    return OpenEpisodeRequest(**({"client_id": client_id, "admitted_date": "2026-10-01"} | changed))


def discharge(episode_id: str, **changed: Any) -> DischargeEpisodeRequest:
    given = {"id": episode_id, "discharged_date": "2026-11-20", "kind": DISCHARGE_KIND_PLANNED}
    return DischargeEpisodeRequest(**(given | changed))
