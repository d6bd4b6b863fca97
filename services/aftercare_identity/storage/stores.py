"""Identity's storage over one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlmodel import SQLModel, col, select

from aftercare.identity.v1.events_pb2 import SessionRevoked
from aftercare_identity.domain.model import (
    AgencyAccount,
    AgencyKey,
    Holder,
    Member,
    Program,
    Session,
    SignInLink,
)
from aftercare_identity.storage.tables import (
    AgencyAccountRow,
    AgencyKeyRow,
    MemberRow,
    ProgramRow,
    SessionRow,
    SignInLinkRow,
)
from aftercare_platform.access.caller import Role
from aftercare_platform.contract.words import time_to_proto
from aftercare_platform.kernel.errors import AlreadyExists, NotFound
from aftercare_platform.sql.work import Unit

Row = TypeVar("Row", bound=SQLModel)


class SqlStores:
    """`ports.Stores` in SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._session = unit.session

    @property
    def now(self) -> datetime:
        """The moment of this transaction."""
        return self._unit.now

    async def add_program(self, program: Program) -> None:
        """Store a new program."""
        await self._add(ProgramRow(id=program.id, name=program.name, created_at=program.created_at))

    async def program(self, program_id: str) -> Program:
        """One program."""
        return _program(await self._get(ProgramRow, program_id))

    async def programs(self, *, after: str, limit: int) -> Sequence[Program]:
        """Programs by id."""
        query = select(ProgramRow).where(ProgramRow.id > after).order_by(ProgramRow.id).limit(limit)
        return [_program(row) for row in await self._session.exec(query)]

    async def add_member(self, member: Member) -> None:
        """Store a new member; `AlreadyExists` when the e-mail is taken in the program."""
        taken = select(MemberRow.id).where(
            MemberRow.program_id == member.program_id, MemberRow.email == member.email
        )
        await self._refuse_if_any(taken, "member with this e-mail")
        row = MemberRow(
            id=member.id,
            program_id=member.program_id,
            name=member.name,
            email=member.email,
            roles=sorted(member.roles),
        )
        await self._add(row)

    async def member(self, member_id: str) -> Member:
        """One member."""
        return _member(await self._get(MemberRow, member_id))

    async def members(self, program_id: str, *, after: str, limit: int) -> Sequence[Member]:
        """Members of a program by id."""
        query = (
            select(MemberRow)
            .where(MemberRow.program_id == program_id, MemberRow.id > after)
            .order_by(MemberRow.id)
            .limit(limit)
        )
        return [_member(row) for row in await self._session.exec(query)]

    async def change_member(self, member: Member) -> None:
        """Store a member's roles and whether they may sign in."""
        row = await self._get(MemberRow, member.id)
        row.roles = sorted(member.roles)
        row.is_active = member.is_active
        row.version += 1
        await self._session.flush()

    async def count_administrators(self, program_id: str) -> int:
        """How many active administrators a program has."""
        query = select(MemberRow).where(MemberRow.program_id == program_id)
        return sum(_member(row).administers for row in await self._session.exec(query))

    async def add_account(self, account: AgencyAccount) -> None:
        """Store a new account; `AlreadyExists` when the organization has one with the program."""
        taken = select(AgencyAccountRow.id).where(
            AgencyAccountRow.program_id == account.program_id,
            AgencyAccountRow.organization_id == account.organization_id,
        )
        await self._refuse_if_any(taken, "account of this organization")
        await self._add(
            AgencyAccountRow(
                id=account.id,
                program_id=account.program_id,
                organization_id=account.organization_id,
                name=account.name,
            )
        )

    async def account(self, account_id: str) -> AgencyAccount:
        """One account."""
        return _account(await self._get(AgencyAccountRow, account_id))

    async def accounts(self, program_id: str, *, after: str, limit: int) -> Sequence[AgencyAccount]:
        """Accounts with a program by id."""
        query = (
            select(AgencyAccountRow)
            .where(AgencyAccountRow.program_id == program_id, AgencyAccountRow.id > after)
            .order_by(AgencyAccountRow.id)
            .limit(limit)
        )
        return [_account(row) for row in await self._session.exec(query)]

    async def add_key(self, key: AgencyKey, *, digest: str) -> None:
        """Store a new key by the digest of its secret."""
        row = AgencyKeyRow(
            id=key.id, account_id=key.account_id, label=key.label, digest=digest, expires_at=key.expires_at
        )
        await self._add(row)

    async def key(self, key_id: str) -> AgencyKey:
        """One key."""
        return _key(await self._get(AgencyKeyRow, key_id))

    async def key_by_digest(self, digest: str) -> AgencyKey | None:
        """The key whose secret has this digest."""
        row = (
            await self._session.exec(select(AgencyKeyRow).where(AgencyKeyRow.digest == digest))
        ).one_or_none()
        return _key(row) if row else None

    async def revoke_key(self, key_id: str) -> AgencyKey:
        """End a key, unless it has ended."""
        row = await self._get(AgencyKeyRow, key_id)
        row.revoked_at = row.revoked_at or self.now
        await self._session.flush()
        return _key(row)

    async def add_link(self, link: SignInLink, *, digest: str) -> None:
        """Store a new link by the digest of its secret."""
        row = SignInLinkRow(
            id=link.id,
            digest=digest,
            member_id=link.holder.member_id,
            account_id=link.holder.account_id,
            expires_at=link.expires_at,
        )
        await self._add(row)

    async def link_by_digest(self, digest: str) -> SignInLink | None:
        """The link whose secret has this digest."""
        row = (
            await self._session.exec(select(SignInLinkRow).where(SignInLinkRow.digest == digest))
        ).one_or_none()
        return SignInLink(row.id, _holder(row), row.expires_at, row.used_at) if row else None

    async def use_link(self, link_id: str) -> None:
        """Mark a link as used up."""
        row = await self._get(SignInLinkRow, link_id)
        row.used_at = self.now
        await self._session.flush()

    async def add_session(self, session: Session, *, digest: str) -> None:
        """Store a new session by the digest of its secret."""
        row = SessionRow(
            id=session.id,
            digest=digest,
            member_id=session.holder.member_id,
            account_id=session.holder.account_id,
            key_id=session.key_id,
            opened_at=session.opened_at,
            used_at=session.used_at,
        )
        await self._add(row)

    async def session_by_digest(self, digest: str) -> Session | None:
        """The session whose secret has this digest."""
        row = (await self._session.exec(select(SessionRow).where(SessionRow.digest == digest))).one_or_none()
        return _session(row) if row else None

    async def use_session(self, session_id: str) -> None:
        """Note that a session is in use."""
        (await self._get(SessionRow, session_id)).used_at = self.now
        await self._session.flush()

    async def end_sessions(
        self, *, holder: Holder | None = None, key_id: str | None = None, session_id: str | None = None
    ) -> None:
        """End open sessions and record one `SessionRevoked` each."""
        query = select(SessionRow).where(col(SessionRow.ended_at).is_(None))
        if holder is not None:
            query = query.where(
                SessionRow.member_id == holder.member_id, SessionRow.account_id == holder.account_id
            )
        if key_id is not None:
            query = query.where(SessionRow.key_id == key_id)
        if session_id is not None:
            query = query.where(SessionRow.id == session_id)
        for row in await self._session.exec(query):
            self._end(row)
        await self._session.flush()

    def _end(self, row: SessionRow) -> None:
        row.ended_at = self.now
        event = SessionRevoked(session_id=row.id, revoke_time=time_to_proto(self.now))
        self._unit.record(event, aggregate_type="session", aggregate_id=row.id, version=1)
        self._unit.touch("session", row.id)

    async def _add(self, row: SQLModel) -> None:
        self._session.add(row)
        self._unit.touch(str(row.__tablename__), row.id)  # type: ignore[attr-defined]
        await self._session.flush()

    async def _get(self, table: type[Row], row_id: str) -> Row:
        row = await self._session.get(table, row_id)
        if row is None:
            raise NotFound
        return row

    async def _refuse_if_any(self, query: object, what: str) -> None:
        if (await self._session.exec(query)).first() is not None:  # type: ignore[call-overload]
            raise AlreadyExists(what=what)


def _program(row: ProgramRow) -> Program:
    return Program(row.id, row.name, row.created_at)


def _member(row: MemberRow) -> Member:
    roles = frozenset(Role(role) for role in row.roles)
    return Member(row.id, row.program_id, row.name, row.email, roles, row.is_active)


def _account(row: AgencyAccountRow) -> AgencyAccount:
    return AgencyAccount(row.id, row.program_id, row.organization_id, row.name)


def _key(row: AgencyKeyRow) -> AgencyKey:
    return AgencyKey(row.id, row.account_id, row.label, row.expires_at, row.revoked_at)


def _session(row: SessionRow) -> Session:
    return Session(row.id, _holder(row), row.key_id, row.opened_at, row.used_at, row.ended_at)


def _holder(row: SignInLinkRow | SessionRow) -> Holder:
    return Holder(member_id=row.member_id, account_id=row.account_id)
