"""Between identity's words and the wire."""

from __future__ import annotations

from collections.abc import Iterable

from aftercare.identity.v1 import identity_pb2 as pb
from aftercare_identity.domain.model import AgencyAccount, AgencyKey, Member, Program
from aftercare_identity.usecases import NewLink, NewProgram, Person, SignedIn
from aftercare_platform.access.caller import Agency, Role
from aftercare_platform.access.keys import ServiceIdentity
from aftercare_platform.access.tokens import PERSON_TOKEN_LIFE, mint_person_token
from aftercare_platform.contract.words import numbers, time_to_proto

_ROLES = numbers(pb.Role, Role, "ROLE")
_ROLES_BACK = {value: role for role, value in _ROLES.items()}


def roles_to_proto(roles: Iterable[Role]) -> list[pb.Role.ValueType]:
    """Roles on the wire, in the order of their numbers."""
    return sorted(_ROLES[role] for role in roles)


def roles_from_proto(values: Iterable[pb.Role.ValueType]) -> frozenset[Role]:
    """Roles from the wire; the shape rules have refused numbers that are none."""
    return frozenset(_ROLES_BACK[value] for value in values)


def program_to_proto(program: Program) -> pb.Program:
    """A program on the wire."""
    return pb.Program(id=program.id, name=program.name, create_time=time_to_proto(program.created_at))


def member_to_proto(member: Member) -> pb.Member:
    """A member on the wire."""
    return pb.Member(
        id=member.id,
        name=member.name,
        email=member.email,
        roles=roles_to_proto(member.roles),
        is_active=member.is_active,
    )


def link_to_proto(link: NewLink) -> pb.SignInLink:
    """A new link with its secret."""
    return pb.SignInLink(secret=link.secret, expire_time=time_to_proto(link.expires_at))


def new_program_to_proto(new: NewProgram) -> pb.CreateProgramResponse:
    """A new program with the way in."""
    return pb.CreateProgramResponse(
        program=program_to_proto(new.program),
        administrator=member_to_proto(new.administrator),
        link=link_to_proto(new.link),
    )


def account_to_proto(account: AgencyAccount) -> pb.AgencyAccount:
    """An account on the wire."""
    return pb.AgencyAccount(id=account.id, organization_id=account.organization_id, name=account.name)


def key_to_proto(key: AgencyKey) -> pb.AgencyKey:
    """A key on the wire, without its secret."""
    return pb.AgencyKey(
        id=key.id,
        account_id=key.account_id,
        label=key.label,
        expire_time=time_to_proto(key.expires_at),
        revoke_time=time_to_proto(key.revoked_at),
    )


def person_to_proto(person: Person) -> pb.CallerDescription:
    """Who someone is."""
    described = pb.CallerDescription(name=person.name)
    match person.person:
        case Agency() as agency:
            described.id = agency.account_id
            described.organization_id = agency.organization_id
        case member:
            described.id = member.id
            described.program_id = member.program_id
            described.roles.extend(roles_to_proto(member.roles))
            described.program_name = person.program.name if person.program else ""
    return described


def token_for(person: Person, signer: ServiceIdentity) -> pb.AccessToken:
    """A fresh token that says who someone is."""
    token = mint_person_token(signer, person.person)
    return pb.AccessToken(token=token, expire_time=time_to_proto(signer.clock.now() + PERSON_TOKEN_LIFE))


def signed_in_to_proto(signed_in: SignedIn, signer: ServiceIdentity) -> pb.SignInResponse:
    """A new session with its secret and a first token."""
    return pb.SignInResponse(
        session_secret=signed_in.session_secret,
        token=token_for(signed_in.person, signer),
        caller=person_to_proto(signed_in.person),
    )
