"""The ConsentService as a program meets it, and what a withdrawal stops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp

from aftercare.referral.v1 import consent_pb2 as pb
from aftercare.referral.v1.client_pb2 import OpenEpisodeRequest
from aftercare.referral.v1.consent_pb2_grpc import ConsentServiceStub, add_ConsentServiceServicer_to_server
from aftercare.type.v1.criteria_pb2 import Criteria
from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.errors import (
    AftercareError,
    Conflict,
    Denied,
    InvalidArgument,
    NotFound,
)
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_platform.rpc.errors import error_of
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.access import CLIENT_RULES
from aftercare_referral.client.tables import CLIENT_TABLES
from aftercare_referral.consent.access import CONSENT_RULES
from aftercare_referral.consent.disclosure import disclose, list_disclosures
from aftercare_referral.consent.model import ConsentMissing
from aftercare_referral.consent.servicer import ConsentServicer
from aftercare_referral.consent.tables import CONSENT_TABLES, ConsentRow
from integration.referral.desk import (
    ADMINISTRATOR,
    HARBOR,
    HILLSIDE,
    HOUSE,
    NOON,
    OFFICER,
    PLANNER,
    PLANTED,
    STRANGER,
    Desk,
    opened_desk,
    rosa,
)

WHOLE = {
    "discloser": "North River IOP",
    "categories": list(pb.Category.values())[1:],
    "recipient_organization_ids": [HARBOR],
    "purposes": [pb.PURPOSE_TREATMENT_PAYMENT_OPERATIONS, pb.PURPOSE_REFERRAL],
    "states_right_to_revoke": True,
    "expiration_date": "2027-05-31",
    "signer_name": "Rosalind Quillfeather",
    "sign_time": Timestamp(seconds=int(NOON.timestamp()) - 60),
    "states_redisclosure": True,
    "states_consequences_of_refusal": True,
    "states_hipaa_redisclosure": True,
}


@pytest.fixture
def tables():
    return (*CLIENT_TABLES, *CONSENT_TABLES)


@dataclass
class Offers:
    """Where offers would end: notes for which organizations, and fails when told to."""

    ended: list[tuple[str, set[str]]] = field(default_factory=list)
    broken: bool = False

    async def end(self, unit: Unit, episode_id: str, organization_ids: Any) -> None:
        assert unit.program_id == "north"
        if self.broken:
            raise RuntimeError
        self.ended.append((episode_id, set(organization_ids)))


@dataclass
class Office:
    """A desk with the ConsentService and one client's open episode."""

    desk: Desk
    offers: Offers
    client_id: str
    episode_id: str

    def consents(self, person: Any = PLANNER) -> ConsentServiceStub:
        return ConsentServiceStub(self.desk.channel(person))

    async def record(self, **changed: Any) -> pb.Consent:
        return await self.consents().RecordConsent(self.form(**changed))

    async def revoke(self, consent_id: str, **by: Any) -> pb.Consent:
        return await self.consents(**by).RevokeConsent(revocation(consent_id))

    def form(self, **changed: Any) -> pb.RecordConsentRequest:
        return pb.RecordConsentRequest(**({"episode_id": self.episode_id} | WHOLE | changed))

    async def open_offer(self) -> None:
        """What the agency's opening of an offer does."""
        async with self.desk.work.write(Caller(person=HOUSE)) as unit:
            unit.enter_program("north")
            await disclose(
                unit,
                episode_id=self.episode_id,
                offer_id="offer-1",
                organization_id=HARBOR,
                kind=Kind.SOBER_LIVING,
                criteria=Criteria(zip="20001"),
                withheld=frozenset(),
                recipient=unit.caller.actor,
            )

    async def disclosures(self) -> int:
        async with self.desk.work.read(Caller(person=PLANNER)) as unit:
            return len((await list_disclosures(unit, self.client_id)).disclosures)


@pytest_asyncio.fixture
async def office(tmp_path: Path, database: Database) -> AsyncIterator[Office]:
    offers = Offers()
    described = pb.DESCRIPTOR.services_by_name["ConsentService"]
    consents = (add_ConsentServiceServicer_to_server, ConsentServicer(end_offers=offers.end), described)
    async with opened_desk(tmp_path, database, consents, rules={**CLIENT_RULES, **CONSENT_RULES}) as desk:
        client = await desk.clients().CreateClient(rosa())
        stay = await desk.clients().OpenEpisode(
            OpenEpisodeRequest(client_id=client.id, admitted_date="2026-10-01")
        )
        yield Office(desk, offers, client.id, stay.id)


async def refusal(call: Awaitable[Any]) -> AftercareError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return error_of(caught.value)


async def test_a_consent_comes_back_as_recorded(office: Office):
    made = await office.record()
    read = await office.consents(OFFICER).GetConsent(pb.GetConsentRequest(id=made.id))
    assert read == made
    assert {name: getattr(made, name) for name in WHOLE} == WHOLE
    assert (list(made.missing_elements), made.version) == ([], 1)
    assert not made.HasField("revoke_time")


# what is left out | element that is missing then
@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"discloser": "  "}, ["discloser"]),
        ({"categories": []}, ["categories"]),
        ({"recipient_organization_ids": []}, ["recipient_organization_ids"]),
        ({"states_hipaa_redisclosure": False}, ["states_hipaa_redisclosure"]),
        ({"purposes": []}, ["purposes"]),
        ({"states_right_to_revoke": False}, ["states_right_to_revoke"]),
        ({"expiration_date": ""}, ["expiration_date_or_event"]),
        ({"expiration_event": "the end of the stay"}, ["expiration_date_or_event"]),
        ({"signer_name": " "}, ["signer_name"]),
        ({"sign_time": None}, ["sign_time"]),
        ({"states_redisclosure": False}, ["states_redisclosure"]),
        ({"states_consequences_of_refusal": False}, ["states_consequences_of_refusal"]),
        ({"signer_name": "", "sign_time": None}, ["signer_name", "sign_time"]),
    ],
)
async def test_one_that_lacks_an_element_is_kept_as_a_draft_that_permits_nothing(
    office: Office, changed, missing
):
    made = await office.record(**changed)
    assert list(made.missing_elements) == missing
    with pytest.raises(ConsentMissing) as denial:
        await office.open_offer()
    assert denial.value.facts["element"] == missing[0]
    assert await office.disclosures() == 0


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"sign_time": Timestamp(seconds=int(NOON.timestamp()) + 60)}, "sign_time"),
        ({"sign_time": Timestamp(seconds=1 << 40)}, "sign_time"),
        ({"expiration_date": "2027-02-30"}, "expiration_date"),
        ({"recipient_organization_ids": ["harbor"]}, "recipient_organization_ids[0]"),
        ({"categories": [99]}, "categories[0]"),
        ({"purposes": [0]}, "purposes[0]"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_stored(office: Office, changed, wrong):
    error = await refusal(office.record(**changed))
    assert isinstance(error, InvalidArgument)
    assert [violation.field for violation in error.violations] == [wrong]
    assert await office.desk.rows(ConsentRow) == []


async def test_consents_are_listed_oldest_first(office: Office):
    made = [(await office.record()).id for _ in range(3)]
    listed = await office.consents().ListConsents(pb.ListConsentsRequest(episode_id=office.episode_id))
    assert sorted(made) == [consent.id for consent in listed.consents]


@pytest.mark.fault("CON-05")
async def test_withdrawn_between_sending_and_opening_nothing_more_leaves(office: Office):
    made = await office.record()
    await office.open_offer()
    office.desk.clock.advance(timedelta(seconds=1))
    revoked = await office.revoke(made.id)
    with pytest.raises(ConsentMissing) as denial:
        await office.open_offer()
    assert denial.value.facts["element"] == "revoke_time"
    assert await office.disclosures() == 1  # what was done stays in the log
    assert revoked.version == 2
    assert revoked.revoke_time.ToDatetime().isoformat() == "2026-11-24T12:00:01"
    assert office.offers.ended == [(office.episode_id, {HARBOR})]


async def test_offers_end_only_where_no_other_consent_holds(office: Office):
    both = await office.record(recipient_organization_ids=[HARBOR, HILLSIDE])
    await office.record(recipient_organization_ids=[HARBOR])
    await office.record(recipient_organization_ids=[HILLSIDE], signer_name="")  # a draft holds nothing
    await office.revoke(both.id)
    assert office.offers.ended == [(office.episode_id, {HILLSIDE})]
    await office.open_offer()


async def test_a_withdrawal_stands_or_falls_with_the_end_of_its_offers(office: Office):
    made = await office.record()
    office.offers.broken = True
    assert "internal error" in (await refusal(office.revoke(made.id))).sentence
    read = await office.consents().GetConsent(pb.GetConsentRequest(id=made.id))
    assert read == made


async def test_a_second_withdrawal_is_refused_and_a_repeated_call_is_not_a_second_one(office: Office):
    made = await office.record()
    key = (("idempotency-key", "k-1"),)
    first = await office.consents().RevokeConsent(revocation(made.id), metadata=key)
    assert await office.consents().RevokeConsent(revocation(made.id), metadata=key) == first
    assert isinstance(await refusal(office.revoke(made.id)), Conflict)
    assert len(office.offers.ended) == 1


async def test_a_draft_can_be_withdrawn_as_well(office: Office):
    made = await office.record(signer_name="")
    assert (await office.revoke(made.id)).HasField("revoke_time")


# who | may record | may read | may withdraw
@pytest.mark.parametrize(
    ("who", "recording", "reading", "withdrawing"),
    [
        (PLANNER, None, None, None),
        (OFFICER, Denied, None, None),
        (ADMINISTRATOR, Denied, Denied, Denied),
        (HOUSE, Denied, Denied, Denied),
        (STRANGER, NotFound, NotFound, NotFound),
    ],
)
async def test_who_may_do_what(office: Office, who, recording, reading, withdrawing):
    made = await office.record()
    consents = office.consents(who)
    for call, refused in (
        (consents.RecordConsent(office.form()), recording),
        (consents.GetConsent(pb.GetConsentRequest(id=made.id)), reading),
        (consents.ListConsents(pb.ListConsentsRequest(episode_id=office.episode_id)), reading),
        (consents.RevokeConsent(revocation(made.id)), withdrawing),
    ):
        if refused is None:
            await call
        else:
            assert isinstance(await refusal(call), refused)


async def test_an_unknown_episode_or_consent_is_absent(office: Office):
    assert isinstance(await refusal(office.record(episode_id=new_id())), NotFound)
    assert isinstance(await refusal(office.revoke(new_id())), NotFound)


@pytest.mark.fault("AUD-07")
async def test_the_audit_names_the_consent_and_no_person(office: Office):
    made = await office.record()
    await office.revoke(made.id)
    entries = (await office.desk.audit())[2:]
    assert [entry.action.rpartition("/")[2] for entry in entries] == ["RecordConsent", "RevokeConsent"]
    assert all(f"consent:{made.id}" in entry.objects for entry in entries)


@pytest.mark.fault("CRY-01")
async def test_the_signer_and_the_words_of_the_form_are_sealed(office: Office):
    made = await office.record(expiration_date="", expiration_event="Rosalind moves to Cumberland")
    await office.consents().RevokeConsent(
        pb.RevokeConsentRequest(id=made.id, channel="told Wanda by phone"),
        metadata=(("idempotency-key", "k"),),
    )
    files = office.desk.files()
    assert made.id.encode() in files
    planted = (*PLANTED, b"Cumberland", b"Wanda", b"North River")
    assert [name for name in planted if name in files] == []


def revocation(consent_id: str) -> pb.RevokeConsentRequest:
    return pb.RevokeConsentRequest(id=consent_id, channel="by phone")
