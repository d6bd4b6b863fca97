"""What identity does, one function an act. Each runs inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aftercare_identity.domain.model import (
    KEY_LIFE,
    LINK_LIFE,
    AgencyAccount,
    AgencyKey,
    Holder,
    LastAdministrator,
    LinkNotValid,
    Member,
    Program,
    Session,
    SignInLink,
)
from aftercare_identity.domain.secrets import SecretKind, digest_of, new_secret
from aftercare_identity.ports import Stores
from aftercare_platform.access import caller as access
from aftercare_platform.access.caller import Caller, Role
from aftercare_platform.kernel.errors import Denied, NotFound, Unauthenticated
from aftercare_platform.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class NewLink:
    """A sign-in link just made; its secret is shown this once."""

    secret: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewProgram:
    """A program just created, with a way in for its first administrator."""

    program: Program
    administrator: Member
    link: NewLink


@dataclass(frozen=True, slots=True)
class Person:
    """Someone signed in, by name."""

    person: access.Member | access.Agency
    name: str
    program: Program | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just opened; its secret is shown this once."""

    session_secret: str = field(repr=False)
    person: Person


async def create_program(
    stores: Stores, *, name: str, administrator_name: str, administrator_email: str
) -> NewProgram:
    """Create a tenant with its first administrator and a link that signs them in."""
    program = Program(new_id(), name, stores.now)
    await stores.add_program(program)
    member = await create_member(
        stores,
        program.id,
        name=administrator_name,
        email=administrator_email,
        roles=frozenset({Role.ADMINISTRATOR}),
    )
    return NewProgram(program, member, await _new_link(stores, Holder(member_id=member.id)))


async def create_member(
    stores: Stores, program_id: str, *, name: str, email: str, roles: frozenset[Role]
) -> Member:
    """Add a member to a program; `AlreadyExists` when the e-mail is taken there."""
    member = Member(new_id(), program_id, name, email.strip().lower(), roles, is_active=True)
    await stores.add_member(member)
    return member


async def set_member_roles(stores: Stores, caller: Caller, member_id: str, roles: frozenset[Role]) -> Member:
    """Change what a member may do; what they could do before ends with their open sessions."""
    return await _change_member(stores, replace(await _own_member(stores, caller, member_id), roles=roles))


async def deactivate_member(stores: Stores, caller: Caller, member_id: str) -> Member:
    """Bar a member; their sessions end at once."""
    return await _change_member(
        stores, replace(await _own_member(stores, caller, member_id), is_active=False)
    )


async def create_sign_in_link(stores: Stores, caller: Caller, member_id: str) -> NewLink:
    """A link for a member: of the caller's own program, or of any for the operator."""
    member = await _own_member(stores, caller, member_id)
    if not member.is_active:
        raise Denied
    return await _new_link(stores, Holder(member_id=member.id))


async def create_agency_account(
    stores: Stores, program_id: str, *, organization_id: str, name: str
) -> AgencyAccount:
    """Open an organization's account with a program; `AlreadyExists` when it has one there."""
    account = AgencyAccount(new_id(), program_id, organization_id, name)
    await stores.add_account(account)
    return account


async def create_agency_key(
    stores: Stores, caller: Caller, account_id: str, *, label: str, days: int
) -> tuple[AgencyKey, str]:
    """A key of an account and, this once, its secret; `days` 0 means 90."""
    account = await _own_account(stores, caller, account_id)
    secret = new_secret(SecretKind.AGENCY_KEY)
    life = timedelta(days=days) if days else KEY_LIFE
    key = AgencyKey(new_id(), account.id, label, stores.now + life, revoked_at=None)
    await stores.add_key(key, digest=secret.digest)
    return key, secret.text


async def revoke_agency_key(stores: Stores, caller: Caller, key_id: str) -> AgencyKey:
    """End a key and the sessions that it opened; a second time changes nothing."""
    await _own_account(stores, caller, (await stores.key(key_id)).account_id)
    key = await stores.revoke_key(key_id)
    await stores.end_sessions(key_id=key.id)
    return key


async def create_agency_sign_in_link(stores: Stores, caller: Caller, account_id: str) -> NewLink:
    """A link for an agency's account."""
    account = await _own_account(stores, caller, account_id)
    return await _new_link(stores, Holder(account_id=account.id))


async def sign_in_by_link(stores: Stores, secret: str) -> SignedIn:
    """Use a link up and open a session; `LinkNotValid` when it is not open."""
    link = await stores.link_by_digest(digest_of(secret))
    if link is None:
        raise LinkNotValid
    link.require_open(stores.now)
    await stores.use_link(link.id)
    return await _open_session(stores, link.holder, key_id=None)


async def sign_in_by_key(stores: Stores, secret: str) -> SignedIn:
    """Open a session of the account whose key this is; `LinkNotValid` when the key is not open."""
    key = await stores.key_by_digest(digest_of(secret))
    if key is None:
        raise LinkNotValid
    key.require_open(stores.now)
    return await _open_session(stores, Holder(account_id=key.account_id), key_id=key.id)


async def session_holder(stores: Stores, session_secret: str) -> Person:
    """Who holds an open session, with the rights they have now; the session counts as used."""
    session = await stores.session_by_digest(digest_of(session_secret))
    if session is None:
        raise Unauthenticated
    session.require_open(stores.now)
    await stores.use_session(session.id)
    return await _person(stores, session)


async def sign_out(stores: Stores, caller: Caller) -> None:
    """End the caller's session."""
    if caller.person is None:
        raise Unauthenticated
    await stores.end_sessions(session_id=caller.person.session_id)


async def describe_caller(stores: Stores, caller: Caller) -> Person:
    """The caller by name."""
    match caller.person:
        case access.Member() as person:
            member = await stores.member(person.id)
            return Person(person, member.name, await stores.program(member.program_id))
        case access.Agency() as person:
            return Person(person, (await stores.account(person.account_id)).name, None)
    raise Unauthenticated


async def members_of(stores: Stores, caller: Caller, *, after: str, limit: int) -> Sequence[Member]:
    """A page of the caller's program's members."""
    return await stores.members(caller.require_member().program_id, after=after, limit=limit)


async def _own_member(stores: Stores, caller: Caller, member_id: str) -> Member:
    member = await stores.member(member_id)
    if caller.member is not None and member.program_id != caller.member.program_id:
        raise NotFound
    return member


async def _own_account(stores: Stores, caller: Caller, account_id: str) -> AgencyAccount:
    """An account that the caller's program opened: whoever makes a key to it can read as the agency."""
    account = await stores.account(account_id)
    if account.program_id != caller.require_member().program_id:
        raise NotFound
    return account


async def _change_member(stores: Stores, member: Member) -> Member:
    await stores.change_member(member)
    if await stores.count_administrators(member.program_id) == 0:
        raise LastAdministrator
    await stores.end_sessions(holder=Holder(member_id=member.id))
    return member


async def _new_link(stores: Stores, holder: Holder) -> NewLink:
    secret = new_secret(SecretKind.LINK)
    link = SignInLink(new_id(), holder, stores.now + LINK_LIFE, used_at=None)
    await stores.add_link(link, digest=secret.digest)
    return NewLink(secret.text, link.expires_at)


async def _open_session(stores: Stores, holder: Holder, *, key_id: str | None) -> SignedIn:
    secret = new_secret(SecretKind.SESSION)
    session = Session(new_id(), holder, key_id, opened_at=stores.now, used_at=stores.now, ended_at=None)
    person = await _person(stores, session)
    await stores.add_session(session, digest=secret.digest)
    return SignedIn(secret.text, person)


async def _person(stores: Stores, session: Session) -> Person:
    if session.holder.account_id is not None:
        account = await stores.account(session.holder.account_id)
        return Person(
            access.Agency(account.id, account.organization_id, session.id, account.program_id),
            account.name,
            None,
        )
    member = await stores.member(session.holder.member_id or "")
    if not member.is_active:
        raise Unauthenticated
    program = await stores.program(member.program_id)
    return Person(access.Member(member.id, program.id, member.roles, session.id), member.name, program)
