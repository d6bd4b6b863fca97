"""Members and agencies: who may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aftercare.identity.v1 import identity_pb2 as pb
from aftercare_cli.acts.paging import PAGE, every
from aftercare_cli.connection.desk import Desk
from aftercare_cli.shown.words import number_of
from aftercare_platform.kernel.errors import invalid
from aftercare_platform.kernel.ids import is_id

_ROLE: Final = pb.Role.DESCRIPTOR


def roles_of(words: Sequence[str]) -> list[pb.Role.ValueType]:
    """Roles by their words, such as "case-manager"; an error lists them."""
    return [pb.Role.ValueType(number_of(_ROLE, word, field="--role")) for word in words]


async def who_am_i(desk: Desk) -> pb.CallerDescription:
    """The one who is signed in."""
    return await desk.identity.GetCaller(pb.GetCallerRequest())


async def add_member(desk: Desk, *, name: str, email: str, roles: Sequence[str]) -> pb.Member:
    """Add a member to the caller's program."""
    request = pb.CreateMemberRequest(name=name, email=email, roles=roles_of(roles))
    return await desk.identity.CreateMember(request)


async def list_members(desk: Desk) -> list[pb.Member]:
    """The members of the caller's program."""
    return await every(
        lambda token: desk.identity.ListMembers(pb.ListMembersRequest(page_size=PAGE, page_token=token)),
        lambda page: list(page.members),
    )


async def set_roles(desk: Desk, member: str, roles: Sequence[str]) -> pb.Member:
    """Give a member these roles and no others."""
    request = pb.SetMemberRolesRequest(member_id=await member_id(desk, member), roles=roles_of(roles))
    return await desk.identity.SetMemberRoles(request)


async def deactivate(desk: Desk, member: str) -> pb.Member:
    """Bar a member."""
    request = pb.DeactivateMemberRequest(member_id=await member_id(desk, member))
    return await desk.identity.DeactivateMember(request)


async def link_for(desk: Desk, member: str) -> pb.SignInLink:
    """A sign-in link for a member."""
    request = pb.CreateSignInLinkRequest(member_id=await member_id(desk, member))
    return await desk.identity.CreateSignInLink(request)


async def member_id(desk: Desk, member: str) -> str:
    """The id of a member given by id, e-mail or name."""
    if is_id(member):
        return member
    found = [one for one in await list_members(desk) if member.lower() in (one.email, one.name.lower())]
    if len(found) != 1:
        raise invalid("member", f"{len(found)} members are called {member!r}: give an id or an e-mail")
    return found[0].id


async def add_agency(desk: Desk, organization_id: str, *, name: str) -> pb.AgencyAccount:
    """Open an account for an organization of the directory."""
    request = pb.CreateAgencyAccountRequest(organization_id=organization_id, name=name)
    return await desk.identity.CreateAgencyAccount(request)


async def list_agencies(desk: Desk) -> list[pb.AgencyAccount]:
    """All agency accounts."""
    return await every(
        lambda token: desk.identity.ListAgencyAccounts(
            pb.ListAgencyAccountsRequest(page_size=PAGE, page_token=token)
        ),
        lambda page: list(page.accounts),
    )


async def new_key(desk: Desk, account_id: str, *, label: str, days: int = 0) -> pb.CreateAgencyKeyResponse:
    """A key for an agency; its secret is in the answer, this once."""
    request = pb.CreateAgencyKeyRequest(account_id=account_id, label=label, days=days)
    return await desk.identity.CreateAgencyKey(request)


async def revoke_key(desk: Desk, key_id: str) -> pb.AgencyKey:
    """End a key at once."""
    return await desk.identity.RevokeAgencyKey(pb.RevokeAgencyKeyRequest(key_id=key_id))


async def agency_link(desk: Desk, account_id: str) -> pb.SignInLink:
    """A sign-in link for an agency."""
    request = pb.CreateAgencySignInLinkRequest(account_id=account_id)
    return await desk.identity.CreateAgencySignInLink(request)
