"""The one door: what leaves is what the consent covers, and each opening is one entry of the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import select

from aftercare.type.v1.criteria_pb2 import Criteria
from aftercare_platform.access.caller import Agency, Caller
from aftercare_platform.kernel.clock import FixedClock
from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.tables import OutboxRow
from aftercare_platform.sql.work import SqlWork, Unit
from aftercare_referral.client.model import DischargeKind, Gender, Identity
from aftercare_referral.client.sealing import open_vault
from aftercare_referral.client.tables import CLIENT_TABLES
from aftercare_referral.client.usecases import create_client, discharge_episode, get_episode, open_episode
from aftercare_referral.consent.convert import disclosure_to_proto
from aftercare_referral.consent.disclosure import Disclosed, disclose, list_disclosures
from aftercare_referral.consent.model import Category, ConsentMissing, Form
from aftercare_referral.consent.notices import NOTICES
from aftercare_referral.consent.offer_fields import OFFER_FIELDS
from aftercare_referral.consent.tables import CONSENT_TABLES, DisclosureRow
from aftercare_referral.consent.usecases import get_consent, list_consents, permit_for, record_consent
from integration.referral.desk import HARBOR, HILLSIDE, NOON, PLANNER, PLANTED, ROSA, STRANGER, WHOLE_FORM

CALLER = Caller(person=PLANNER)
HOUSE = Caller(person=Agency("account-1", HARBOR, "s-9", "north"))
CRITERIA = Criteria(
    zip="20001",
    languages=["es", "en"],
    medicines=["buprenorphine"],
    payers=["medicaid"],
    access_needs=["wheelchair"],
    with_children=True,
    sober_days=45,
    records=["felony"],
    budget_cents_per_month=80000,
    populations=["veterans"],
)
WHOLE_OFFER = {
    "given_name": "Rosalind",
    "family_name": "Quillfeather",
    "birth_date": "1990-05-17",
    "gender": "woman",
    "phone": "202 555 0147",
    "medicines": "buprenorphine",
    "languages": "es, en",
    "access_needs": "wheelchair",
    "with_children": "yes",
    "sober_days": "45",
    "payers": "medicaid",
}


@pytest.fixture
def tables():
    return (*CLIENT_TABLES, *CONSENT_TABLES)


class Door:
    """A client with an open episode, and an agency that opens offers."""

    def __init__(self, work: SqlWork, clock: FixedClock, folder: Path) -> None:
        self.work, self.clock, self.folder = work, clock, folder
        self.client_id = self.episode_id = ""

    async def admit(self, identity: Identity = ROSA) -> None:
        async with self.work.write(CALLER) as unit:
            self.client_id = (await create_client(unit, identity)).id
            stay = await open_episode(
                unit, self.client_id, admitted_on=date(2026, 10, 1), planned_discharge_on=None
            )
            self.episode_id = stay.id

    async def sign(self, form: Form = WHOLE_FORM, **changed: Any) -> str:
        async with self.work.write(CALLER) as unit:
            return (await record_consent(unit, self.episode_id, replace(form, **changed))).id

    async def open(self, **changed: Any) -> Disclosed:
        """What the agency's opening of an offer does, in a unit of its own."""
        async with self.work.write(HOUSE) as unit:
            unit.enter_program("north")
            return await self.open_in(unit, **changed)

    async def open_in(self, unit: Unit, **changed: Any) -> Disclosed:
        asked = {
            "episode_id": self.episode_id,
            "offer_id": new_id(),
            "organization_id": HARBOR,
            "kind": Kind.SOBER_LIVING,
            "criteria": CRITERIA,
            "withheld": frozenset(),
            "recipient": unit.caller.actor,
        }
        return await disclose(unit, **(asked | changed))

    async def refused(self, **changed: Any) -> str:
        """The element that an opening is refused for."""
        with pytest.raises(ConsentMissing) as denial:
            await self.open(**changed)
        return str(denial.value.facts["element"])

    async def log(self) -> list[Any]:
        async with self.work.read(CALLER) as unit:
            return (await list_disclosures(unit, self.client_id)).disclosures


@pytest_asyncio.fixture
async def door(tmp_path: Path, database: Database) -> Door:
    clock = FixedClock(NOON)
    vault = open_vault(tmp_path / "keys" / "clients.seal")
    opened = Door(SqlWork(database, clock, service="referral", sealer=vault), clock, tmp_path)
    await opened.admit()
    return opened


@pytest.mark.fault("CON-08")
async def test_an_opened_offer_carries_its_fields_the_notice_and_the_scope(door: Door):
    consent_id = await door.sign()
    told = await door.open(offer_id="offer-1")
    assert told.fields == WHOLE_OFFER
    assert (told.notice, told.notice_id) == (NOTICES["2024-1"], "2024-1")
    assert "It holds through 2027-05-31" in told.consent_scope
    (entry,) = await door.log()
    message = disclosure_to_proto(entry)
    assert (message.recipient_organization_id, message.recipient) == (HARBOR, "agency:account-1")
    assert (message.consent_id, message.consent_version, message.offer_id) == (consent_id, 1, "offer-1")
    assert (message.purpose, message.notice_id) == ("referral", "2024-1")
    assert list(message.fields) == list(WHOLE_OFFER)
    assert message.disclose_time.ToDatetime(tzinfo=UTC) == NOON


# kind | fields that an offer of the kind tells when everything is known and covered
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Kind.SOBER_LIVING, list(WHOLE_OFFER)),
        (
            Kind.OUTPATIENT,
            "given_name family_name birth_date gender phone medicines languages access_needs payers".split(),
        ),
        (Kind.VOCATIONAL, "given_name family_name phone languages access_needs".split()),
        (Kind.COMMUNITY, "given_name family_name phone languages access_needs with_children".split()),
    ],
)
async def test_each_kind_is_told_its_own_least(door: Door, kind, fields):
    await door.sign()
    assert list((await door.open(kind=kind)).fields) == fields


async def test_a_support_group_is_told_nothing(door: Door):
    await door.sign()
    assert await door.refused(kind=Kind.SUPPORT_GROUP) == "kind"
    assert await door.log() == []


@pytest.mark.fault("CON-03")
@pytest.mark.parametrize("category", list(Category))
async def test_fields_outside_the_consent_are_absent_not_masked(door: Door, category):
    await door.sign(categories=frozenset({category}))
    told = await door.open()
    expected = [name for name, of in OFFER_FIELDS[Kind.SOBER_LIVING].items() if of is category]
    assert told.fields == {name: WHOLE_OFFER[name] for name in expected}
    assert list((await door.log())[0].fields) == expected


async def test_a_planner_takes_fields_away(door: Door):
    await door.sign()
    told = await door.open(withheld=frozenset({"medicines", "sober_days"}))
    assert set(WHOLE_OFFER) - set(told.fields) == {"medicines", "sober_days"}


async def test_an_opening_that_tells_nothing_is_an_entry_all_the_same(door: Door):
    await door.sign()
    assert (await door.open(withheld=frozenset(WHOLE_OFFER))).fields == {}
    assert [entry.fields for entry in await door.log()] == [()]


async def test_what_is_not_known_is_absent(door: Door):
    await door.admit(Identity("Ann", "Lee", date(1980, 1, 1), Gender.UNSTATED))
    await door.sign()
    told = await door.open(criteria=Criteria(zip="20001"))
    assert told.fields == {"given_name": "Ann", "family_name": "Lee", "birth_date": "1980-01-01"}
    sober_today = await door.open(criteria=Criteria(zip="20001", sober_days=0))
    assert sober_today.fields["sober_days"] == "0"


@pytest.mark.fault("AUD-01")
async def test_entries_are_as_many_as_openings(door: Door):
    await door.sign()
    for _ in range(5):
        await door.open()
    assert len(await door.log()) == 5


async def test_an_opening_that_is_rolled_back_leaves_no_entry(door: Door):
    await door.sign()

    async def break_after_opening() -> None:
        async with door.work.write(CALLER) as unit:
            await door.open_in(unit)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_after_opening()
    assert await door.log() == []


@pytest.mark.fault("CON-01")
@pytest.mark.parametrize(
    ("changed", "element"),
    [
        ({"signer_name": ""}, "signer_name"),
        ({"signed_at": None}, "sign_time"),
        ({"purposes": frozenset()}, "purposes"),
        ({"recipients": frozenset({HILLSIDE})}, "recipient_organization_ids"),
        ({"expires_on": None}, "expiration_date_or_event"),
        ({"expires_on": date(2026, 11, 23)}, "expiration_date"),
        ({"states_right_to_revoke": False}, "states_right_to_revoke"),
    ],
)
async def test_a_refused_opening_names_the_element_and_leaves_no_entry(door: Door, changed, element):
    await door.sign(**changed)
    assert await door.refused() == element
    assert await door.log() == []


async def test_without_a_consent_nothing_leaves(door: Door):
    assert await door.refused() == "consent"


@pytest.mark.fault("CON-02")
async def test_another_organization_is_refused(door: Door):
    await door.sign()
    assert await door.refused(organization_id=HILLSIDE) == "recipient_organization_ids"


@pytest.mark.fault("CON-04")
async def test_an_offer_sent_in_time_is_not_opened_after_the_consent_ended(door: Door):
    await door.sign(expires_on=date(2026, 11, 24))
    await door.open()
    door.clock.advance(datetime(2026, 11, 25, tzinfo=UTC) - NOON)
    assert await door.refused() == "expiration_date"
    assert len(await door.log()) == 1


async def test_of_the_dead_nothing_more_is_told(door: Door):
    await door.sign()
    async with door.work.write(CALLER) as unit:
        await discharge_episode(
            unit,
            door.episode_id,
            etag=str((await get_episode(unit, door.episode_id)).version),
            discharged_on=date(2026, 11, 20),
            kind=DischargeKind.DECEASED,
        )
    assert await door.refused() == "discharge_kind"


async def test_a_consent_of_one_stay_does_not_serve_the_next(door: Door):
    await door.sign()
    earlier = door.episode_id
    async with door.work.write(CALLER) as unit:
        await discharge_episode(
            unit, earlier, etag="1", discharged_on=date(2026, 11, 20), kind=DischargeKind.PLANNED
        )
        stay = await open_episode(
            unit, door.client_id, admitted_on=date(2026, 11, 24), planned_discharge_on=None
        )
    assert await door.refused(episode_id=stay.id) == "consent"


async def test_a_permit_names_consent_version_and_fields(door: Door):
    consent_id = await door.sign()
    async with door.work.read(CALLER) as unit:
        permit = await permit_for(
            unit, episode_id=door.episode_id, organization_id=HARBOR, kind=Kind.VOCATIONAL, now=unit.now
        )
        assert (permit.consent_id, permit.consent_version) == (consent_id, 1)
        assert permit.fields == set(OFFER_FIELDS[Kind.VOCATIONAL])


@pytest.mark.fault("ISO-02")
async def test_another_program_finds_neither_episode_consent_nor_log(door: Door):
    consent_id = await door.sign()
    async with door.work.write(Caller(person=STRANGER)) as unit:
        for act in (
            door.open_in(unit),
            get_consent(unit, consent_id),
            list_consents(unit, door.episode_id),
            record_consent(unit, door.episode_id, WHOLE_FORM),
            list_disclosures(unit, door.client_id),
        ):
            with pytest.raises(NotFound):
                await act
    assert await door.log() == []


async def test_the_log_is_read_page_by_page(door: Door):
    await door.sign()
    offers = []
    for number in range(5):
        door.clock.advance(timedelta(minutes=1))
        offers.append(f"offer-{number}")
        await door.open(offer_id=offers[-1])
    seen, token = [], ""
    async with door.work.read(CALLER) as unit:
        for size in (2, 2, 1):
            page = await list_disclosures(unit, door.client_id, page_size=2, page_token=token)
            assert len(page.disclosures) == size
            seen += [entry.offer_id for entry in page.disclosures]
            token = page.next_token
    assert sorted(seen) == offers
    assert token == ""


async def test_a_consent_comes_back_as_recorded(door: Door):
    consent_id = await door.sign(expires_on=None, expiration_event="the end of the stay")
    async with door.work.read(CALLER) as unit:
        consent = await get_consent(unit, consent_id)
        assert consent.form == replace(WHOLE_FORM, expires_on=None, expiration_event="the end of the stay")
        assert [found.id for found in await list_consents(unit, door.episode_id)] == [consent_id]


@pytest.mark.fault("CRY-01")
async def test_neither_files_nor_events_nor_reprs_hold_the_planted_person(door: Door):
    await door.sign()
    told = await door.open()
    await door.refused(organization_id=HILLSIDE)
    files = b"".join(path.read_bytes() for path in sorted(door.folder.glob("test.db*")))
    shown = repr((told, await door.log())).encode()
    assert [planted for planted in PLANTED if planted in files + shown] == []
    async with door.work.read(CALLER) as unit:
        assert list((await unit.session.exec(select(OutboxRow))).all()) == []
        (row,) = (await unit.session.exec(select(DisclosureRow))).all()
    assert row.fields == list(WHOLE_OFFER)
