"""Signing in, and what ends it: the real process on a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass

import grpc.aio
import pytest
import pytest_asyncio

from aftercare.identity.v1 import identity_pb2 as pb
from aftercare.identity.v1.identity_pb2_grpc import IdentityServiceStub
from aftercare_platform.bus.connection import open_bus
from aftercare_platform.bus.streams import ensure_streams
from aftercare_platform.kernel.errors import (
    AftercareError,
    AlreadyExists,
    Conflict,
    Denied,
    InvalidArgument,
    NotFound,
    Unauthenticated,
)
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.rpc.errors import error_of
from support.nats import Broker
from support.processes import Service, running

PLANNER, ADMINISTRATOR = pb.ROLE_PLANNER, pb.ROLE_ADMINISTRATOR


@dataclass
class Office:
    """A running identity service with one program."""

    service: Service
    administrator: pb.SignInResponse

    def stub(self, token: str | None = None, *, as_service: str = "") -> IdentityServiceStub:
        return IdentityServiceStub(self.service.channel(token=token, as_service=as_service))

    @property
    def desk(self) -> IdentityServiceStub:
        """The administrator's."""
        return self.stub(self.administrator.token.token)

    async def member(self, email: str, *roles: pb.Role.ValueType) -> tuple[pb.Member, pb.SignInResponse]:
        member = await self.desk.CreateMember(pb.CreateMemberRequest(name="M", email=email, roles=roles))
        link = await self.desk.CreateSignInLink(pb.CreateSignInLinkRequest(member_id=member.id))
        return member, await self.stub().SignIn(pb.SignInRequest(link_secret=link.secret))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("identity")
    broker = Broker(folder / "nats")
    broker.start()
    async with open_bus(broker) as bus:
        await ensure_streams(bus)
    try:
        async with running("identity", folder, broker) as service:
            yield await opened(service, "north")
    finally:
        broker.stop()


async def opened(service: Service, name: str) -> Office:
    stub = IdentityServiceStub(service.channel(as_service="operator"))
    request = pb.CreateProgramRequest(
        name=name, administrator_name="A", administrator_email=f"a@{name}.example.org"
    )
    created = await stub.CreateProgram(request)
    link = pb.SignInRequest(link_secret=created.link.secret)
    return Office(service, await IdentityServiceStub(service.channel()).SignIn(link))


async def calls_without_end(stub: IdentityServiceStub) -> None:
    while True:
        await stub.GetCaller(pb.GetCallerRequest())
        await asyncio.sleep(0.02)


async def refused(call: Awaitable[object]) -> AftercareError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return error_of(caught.value)


in_office = pytest.mark.asyncio(loop_scope="module")


@in_office
async def test_a_link_signs_in_once(office: Office) -> None:
    member, signed_in = await office.member("once@example.org", PLANNER)
    link = await office.desk.CreateSignInLink(pb.CreateSignInLinkRequest(member_id=member.id))
    request = pb.SignInRequest(link_secret=link.secret)
    assert (await office.stub().SignIn(request)).caller.id == member.id
    error = await refused(office.stub().SignIn(request))
    assert error.reason == "LINK_NOT_VALID"
    assert signed_in.caller.program_name == "north"


@in_office
async def test_a_session_gives_fresh_tokens_until_it_is_left(office: Office) -> None:
    _, signed_in = await office.member("tokens@example.org", PLANNER)
    request = pb.IssueTokenRequest(session_secret=signed_in.session_secret)
    token = (await office.stub().IssueToken(request)).token
    assert (await office.stub(token).GetCaller(pb.GetCallerRequest())).name == "M"
    await office.stub(token).SignOut(pb.SignOutRequest())
    assert isinstance(await refused(office.stub().IssueToken(request)), Unauthenticated)


@in_office
@pytest.mark.parametrize("end", ["deactivated", "other roles"])
async def test_a_token_ends_with_its_session_and_not_when_it_runs_out(office: Office, end: str) -> None:
    member, signed_in = await office.member(f"{end[:5]}@example.org", PLANNER)
    stub = office.stub(signed_in.token.token)
    await stub.GetCaller(pb.GetCallerRequest())
    if end == "deactivated":
        await office.desk.DeactivateMember(pb.DeactivateMemberRequest(member_id=member.id))
    else:
        roles = pb.SetMemberRolesRequest(member_id=member.id, roles=[pb.ROLE_SUPERVISOR])
        await office.desk.SetMemberRoles(roles)
    async with asyncio.timeout(5):
        assert isinstance(await refused(calls_without_end(stub)), Unauthenticated)


@in_office
async def test_an_agency_signs_in_by_key_until_it_is_revoked(office: Office) -> None:
    account = await office.desk.CreateAgencyAccount(
        pb.CreateAgencyAccountRequest(organization_id=new_id(), name="Harbor House")
    )
    made = await office.desk.CreateAgencyKey(
        pb.CreateAgencyKeyRequest(account_id=account.id, label="front desk")
    )
    request = pb.SignInRequest(agency_key=made.secret)
    assert (await office.stub().SignIn(request)).caller.organization_id == account.organization_id
    await office.desk.RevokeAgencyKey(pb.RevokeAgencyKeyRequest(key_id=made.key.id))
    assert (await refused(office.stub().SignIn(request))).reason == "LINK_NOT_VALID"


@in_office
async def test_only_the_program_that_opened_an_account_lets_anyone_in_by_it(office: Office) -> None:
    account = await office.desk.CreateAgencyAccount(
        pb.CreateAgencyAccountRequest(organization_id=new_id(), name="Harbor House")
    )
    made = await office.desk.CreateAgencyKey(
        pb.CreateAgencyKeyRequest(account_id=account.id, label="front desk")
    )
    other = (await opened(office.service, "elsewhere")).desk
    for call in (
        other.CreateAgencyKey(pb.CreateAgencyKeyRequest(account_id=account.id, label="mine")),
        other.CreateAgencySignInLink(pb.CreateAgencySignInLinkRequest(account_id=account.id)),
        other.RevokeAgencyKey(pb.RevokeAgencyKeyRequest(key_id=made.key.id)),
    ):
        assert isinstance(await refused(call), NotFound)
    assert (await office.stub().SignIn(pb.SignInRequest(agency_key=made.secret))).caller.id == account.id


@in_office
async def test_one_account_for_an_organization(office: Office) -> None:
    request = pb.CreateAgencyAccountRequest(organization_id=new_id(), name="Hillside")
    await office.desk.CreateAgencyAccount(request)
    assert isinstance(await refused(office.desk.CreateAgencyAccount(request)), AlreadyExists)


@in_office
async def test_another_program_is_not_there(office: Office) -> None:
    south = await opened(office.service, "south")
    member, _ = await office.member("north@example.org", PLANNER)
    request = pb.DeactivateMemberRequest(member_id=member.id)
    foreign = await refused(south.desk.DeactivateMember(request))
    absent = await refused(south.desk.DeactivateMember(pb.DeactivateMemberRequest(member_id=new_id())))
    assert isinstance(foreign, NotFound)
    assert str(foreign) == str(absent)
    listed = await south.desk.ListMembers(pb.ListMembersRequest())
    assert [m.email for m in listed.members] == ["a@south.example.org"]


@in_office
async def test_a_program_keeps_an_administrator(office: Office) -> None:
    own = pb.DeactivateMemberRequest(member_id=office.administrator.caller.id)
    assert isinstance(await refused(office.desk.DeactivateMember(own)), Conflict)
    await office.desk.GetCaller(pb.GetCallerRequest())


@in_office
async def test_only_the_operator_makes_programs(office: Office) -> None:
    request = pb.CreateProgramRequest(
        name="mine", administrator_name="A", administrator_email="a@example.org"
    )
    assert isinstance(await refused(office.desk.CreateProgram(request)), Denied)
    assert isinstance(await refused(office.stub().CreateProgram(request)), Unauthenticated)
    assert isinstance(await refused(office.stub(as_service="matching").CreateProgram(request)), Denied)


@in_office
async def test_a_wrong_field_is_named(office: Office) -> None:
    request = pb.CreateMemberRequest(name="M", email="nobody", roles=[PLANNER])
    error = await refused(office.desk.CreateMember(request))
    assert isinstance(error, InvalidArgument)
    assert [v.field for v in error.violations] == ["email"]


@in_office
async def test_no_secret_is_kept(office: Office) -> None:
    _, signed_in = await office.member("secret@example.org", PLANNER)
    stored = b"".join(path.read_bytes() for path in office.service.folder.glob("identity.*"))
    assert signed_in.session_secret.encode() not in stored
    assert signed_in.token.token.encode() not in stored


def test_a_key_file_is_for_its_owner_alone(office: Office) -> None:
    private = office.service.folder / "keys" / "identity.key"
    assert private.stat().st_mode & 0o777 == 0o600
