"""Sessions, links and keys: how long each holds, and when it no longer does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aftercare_platform.kernel.errors import Conflict, Unauthenticated
from aftercare_platform.kernel.roles import Role

LINK_LIFE: Final = timedelta(hours=24)
SESSION_LIFE: Final = timedelta(hours=12)
SESSION_IDLE: Final = timedelta(hours=1)
KEY_LIFE: Final = timedelta(days=90)


class LinkNotValid(Unauthenticated):
    """The sign-in link or key was used before, has ended or never existed: ask for a new one."""

    reason = "LINK_NOT_VALID"


class LastAdministrator(Conflict):
    """The program would be left without an active administrator: name another one first."""


@dataclass(frozen=True, slots=True)
class Program:
    """A treating program, our tenant."""

    id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who works in a program."""

    id: str
    program_id: str
    name: str
    email: str
    roles: frozenset[Role]
    is_active: bool

    @property
    def administers(self) -> bool:
        """Whether they can let others in."""
        return self.is_active and Role.ADMINISTRATOR in self.roles


@dataclass(frozen=True, slots=True)
class AgencyAccount:
    """An organization's account as an agency that answers offers."""

    id: str
    program_id: str
    """The program that opened it. It answers for who bears its keys: they read offers of every program."""
    organization_id: str
    name: str


@dataclass(frozen=True, slots=True)
class AgencyKey:
    """A key of an agency account, without its secret."""

    id: str
    account_id: str
    label: str
    expires_at: datetime
    revoked_at: datetime | None

    def require_open(self, now: datetime) -> None:
        """Raise `LinkNotValid` once the key has ended."""
        if self.revoked_at is not None or now >= self.expires_at:
            raise LinkNotValid


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that signs its bearer in, once."""

    id: str
    holder: Holder
    expires_at: datetime
    used_at: datetime | None

    def require_open(self, now: datetime) -> None:
        """Raise `LinkNotValid` once the link was used or has ended."""
        if self.used_at is not None or now >= self.expires_at:
            raise LinkNotValid


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a link, a key or a session stands for; exactly one of the two ids is given."""

    member_id: str | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A bearer signed in: by a link (key_id None) or by a key."""

    id: str
    holder: Holder
    key_id: str | None
    opened_at: datetime
    used_at: datetime
    ended_at: datetime | None

    def require_open(self, now: datetime) -> None:
        """Raise `Unauthenticated` once the session has ended, by itself or by someone."""
        too_old = now >= self.opened_at + SESSION_LIFE
        too_idle = now >= self.used_at + SESSION_IDLE
        if self.ended_at is not None or too_old or too_idle:
            raise Unauthenticated
