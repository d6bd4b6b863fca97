"""The tables of identity. Secrets lie here as digests only."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import UtcDateTime

ONE_HOLDER: Final = "(member_id IS NULL) <> (account_id IS NULL)"


class ProgramRow(SQLModel, table=True):
    """A program."""

    __tablename__ = "program"

    id: str = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class MemberRow(SQLModel, table=True):
    """A member of a program."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("program_id", "email"),)

    id: str = Field(primary_key=True)
    program_id: str = Field(foreign_key="program.id", index=True)
    name: str
    email: str
    roles: list[str] = Field(sa_type=JSON)
    is_active: bool = True
    version: int = 1


class AgencyAccountRow(SQLModel, table=True):
    """An organization's account with a program."""

    __tablename__ = "agency_account"
    __table_args__ = (UniqueConstraint("program_id", "organization_id"),)

    id: str = Field(primary_key=True)
    program_id: str = Field(foreign_key="program.id", index=True)
    organization_id: str
    name: str


class AgencyKeyRow(SQLModel, table=True):
    """A key of an account."""

    __tablename__ = "agency_key"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="agency_account.id", index=True)
    label: str
    digest: str = Field(unique=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInLinkRow(SQLModel, table=True):
    """A sign-in link."""

    __tablename__ = "sign_in_link"
    __table_args__ = (CheckConstraint(ONE_HOLDER, name="sign_in_link_one_holder"),)

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    member_id: str | None = Field(default=None, foreign_key="member.id")
    account_id: str | None = Field(default=None, foreign_key="agency_account.id")
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SessionRow(SQLModel, table=True):
    """A session, open or ended."""

    __tablename__ = "session"
    __table_args__ = (CheckConstraint(ONE_HOLDER, name="session_one_holder"),)

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    member_id: str | None = Field(default=None, foreign_key="member.id", index=True)
    account_id: str | None = Field(default=None, foreign_key="agency_account.id", index=True)
    key_id: str | None = Field(default=None, foreign_key="agency_key.id", index=True)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


TABLES: Final[tuple[type[SQLModel], ...]] = (
    ProgramRow,
    MemberRow,
    AgencyAccountRow,
    AgencyKeyRow,
    SignInLinkRow,
    SessionRow,
)
