"""The first start: a program, its first members, and a link for each. Nobody gets a password."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from aftercare.identity.v1 import identity_pb2
from aftercare_cli.connection.desk import Desk, open_operator_desk, open_signed_in, sign_in
from aftercare_cli.connection.place import Place

FIRST_MEMBERS: Final = "first-members.json"
ADMINISTRATOR: Final = "administrator"

_ROLES: Final = {
    "planner": identity_pb2.ROLE_PLANNER,
    "case-manager": identity_pb2.ROLE_CASE_MANAGER,
    "supervisor": identity_pb2.ROLE_SUPERVISOR,
    "privacy-officer": identity_pb2.ROLE_PRIVACY_OFFICER,
}
"""Who joins the administrator: one of each role."""


@dataclass(frozen=True, slots=True)
class FirstMember:
    """A member that the first start made."""

    id: str
    title: str
    """Their role in words, such as "case-manager"; also a name by which `aftercare link` knows them."""
    email: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link for someone; its secret is shown this once."""

    member: FirstMember
    secret: str

    def url(self, page: str) -> str:
        """The address to open in a browser."""
        return f"{page}/sign-in?link={self.secret}"


async def open_program(place: Place, name: str) -> list[Invitation]:
    """Create the program with one member of each role, if there is none yet; a link for each of them."""
    async with open_operator_desk(place) as operator:
        if (await operator.identity.ListPrograms(identity_pb2.ListProgramsRequest())).programs:
            return []
        members = await _create(operator, name)
        _write(place.data_dir, members)
        return [Invitation(member, await new_link(operator, member.id)) for member in members]


async def invite_again(place: Place) -> list[Invitation]:
    """A fresh link for each of the first members."""
    async with open_operator_desk(place) as operator:
        members = first_members(place.data_dir)
        return [Invitation(member, await new_link(operator, member.id)) for member in members]


async def new_link(desk: Desk, member_id: str) -> str:
    """The secret of a new sign-in link for a member."""
    request = identity_pb2.CreateSignInLinkRequest(member_id=member_id)
    return (await desk.identity.CreateSignInLink(request)).secret


def first_members(data_dir: Path) -> Sequence[FirstMember]:
    """The members that the first start made; empty where another command made the program."""
    try:
        return [FirstMember(**member) for member in json.loads((data_dir / FIRST_MEMBERS).read_text())]
    except FileNotFoundError:
        return []


async def _create(operator: Desk, program: str) -> list[FirstMember]:
    """The program and its members: the administrator signs in once, to add the others."""
    domain = f"{re.sub(r'[^a-z0-9]+', '-', program.lower()).strip('-') or 'program'}.example"
    request = identity_pb2.CreateProgramRequest(
        name=program,
        administrator_name="Administrator",
        administrator_email=f"{ADMINISTRATOR}@{domain}",
    )
    created = await operator.identity.CreateProgram(request)
    administrator = created.administrator
    members = [FirstMember(administrator.id, ADMINISTRATOR, administrator.email)]
    session = await sign_in(operator.place, created.link.secret)
    async with open_signed_in(operator.place, session.session_secret) as desk:
        for title, role in _ROLES.items():
            member = await desk.identity.CreateMember(
                identity_pb2.CreateMemberRequest(
                    name=title.replace("-", " ").capitalize(), email=f"{title}@{domain}", roles=[role]
                )
            )
            members.append(FirstMember(member.id, title, member.email))
        await desk.identity.SignOut(identity_pb2.SignOutRequest())
    return members


def _write(data_dir: Path, members: Sequence[FirstMember]) -> None:
    path = data_dir / FIRST_MEMBERS
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump([asdict(member) for member in members], file, indent=1)
