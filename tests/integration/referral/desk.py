"""A program's desk: the client part of the referral service, served over a real socket."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel, select

from aftercare.referral.v1 import client_pb2
from aftercare.referral.v1.client_pb2_grpc import ClientServiceStub, add_ClientServiceServicer_to_server
from aftercare.type.v1.criteria_pb2 import GENDER_WOMAN
from aftercare_platform.access.caller import Agency, Caller, Member, Role
from aftercare_platform.access.keys import KeyRing, load_identity
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.tokens import mint_person_token
from aftercare_platform.kernel.clock import FixedClock
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.rpc.server import Server, open_server, serving
from aftercare_platform.settings import PlatformSettings, Profile
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.tables import AuditEntry
from aftercare_platform.sql.work import SqlWork
from aftercare_referral.client.access import CLIENT_RULES
from aftercare_referral.client.model import Gender, Identity
from aftercare_referral.client.sealing import open_vault
from aftercare_referral.client.servicer import ClientServicer
from aftercare_referral.consent.model import Category, Form, Purpose

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

PLANNER = Member("m-planner", "north", frozenset({Role.PLANNER}), "s-1")
OFFICER = Member("m-officer", "north", frozenset({Role.PRIVACY_OFFICER}), "s-2")
ADMINISTRATOR = Member("m-admin", "north", frozenset({Role.ADMINISTRATOR}), "s-3")
STRANGER = Member("m-south", "south", frozenset({Role.PLANNER}), "s-4")
HOUSE = Agency("a-house", "0192b000-0000-7000-8000-00000000000a", "s-5", "north")

ROSA = Identity("Rosalind", "Quillfeather", date(1990, 5, 17), Gender.WOMAN, "202 555 0147")
"""A planted person: nothing of hers may be found where it does not belong."""
PLANTED = (b"Rosalind", b"Quillfeather", b"1990-05-17", b"202 555 0147")

HARBOR = "0192b000-0000-7000-8000-0000000000a1"
HILLSIDE = "0192b000-0000-7000-8000-0000000000a2"

WHOLE_FORM = Form(
    discloser="North River IOP",
    categories=frozenset(Category),
    recipients=frozenset({HARBOR}),
    purposes=frozenset({Purpose.REFERRAL}),
    states_right_to_revoke=True,
    expires_on=date(2027, 5, 31),
    signer_name="Rosalind Quillfeather",
    signed_at=NOON - timedelta(days=1),
)


@dataclass
class Desk:
    """A served ClientService with its database, its clock and its keys."""

    server: Server
    work: SqlWork
    clock: FixedClock
    folder: Path
    channels: list[Any] = field(default_factory=list)
    """Every channel given out: one that nobody holds is closed under its stub."""

    def clients(self, person: Member | Agency | None = PLANNER) -> ClientServiceStub:
        return ClientServiceStub(self.channel(person))

    def channel(self, person: Member | Agency | None) -> Any:
        identity = load_identity(self.folder / "keys", "identity", clock=self.clock)
        token = mint_person_token(identity, person) if person else None
        address = f"127.0.0.1:{self.server.port}"
        self.channels.append(open_channel(address, to="referral", person_token=token))
        return self.channels[-1]

    async def rows(self, table: type[SQLModel], person: Member = PLANNER) -> list[Any]:
        async with self.work.read(Caller(person=person)) as unit:
            return list((await unit.session.exec(select(table))).all())

    async def audit(self) -> list[AuditEntry]:
        return await self.rows(AuditEntry)

    def files(self) -> bytes:
        """Every byte of the database as it lies on the disk, its log included."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.glob("test.db*")))


@contextlib.asynccontextmanager
async def opened_desk(
    folder: Path, database: Database, *more: Any, rules: Any = CLIENT_RULES
) -> AsyncIterator[Desk]:
    """A desk on the test's database; `more` servicers come with their `rules`."""
    clock = FixedClock(NOON)
    vault = open_vault(folder / "keys" / "clients.seal")
    work = SqlWork(database, clock, service="referral", sealer=vault)
    described = client_pb2.DESCRIPTOR.services_by_name["ClientService"]
    server = open_server(
        PlatformSettings(profile=Profile.TEST, data_dir=folder),
        name="referral",
        rules=rules,
        servicers=[(add_ClientServiceServicer_to_server, ClientServicer(), described), *more],
        work=work,
        keys=KeyRing(folder / "keys"),
        clock=clock,
        revocations=Revocations(),
    )
    async with serving(server, grace=timedelta(seconds=1)):
        desk = Desk(server, work, clock, folder)
        yield desk
        for channel in desk.channels:
            await channel.close()


def rosa(**changed: Any) -> client_pb2.CreateClientRequest:
    """The request that adds Rosa."""
    given = {
        "given_name": ROSA.given_name,
        "family_name": ROSA.family_name,
        "birth_date": ROSA.birth_date.isoformat(),
        "gender": GENDER_WOMAN,
        "phone": ROSA.phone,
    }
    return client_pb2.CreateClientRequest(**(given | changed))
