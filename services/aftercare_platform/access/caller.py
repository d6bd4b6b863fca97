"""Who makes a call: a service, a person, or a person through a service."""

from __future__ import annotations

from dataclasses import dataclass

from aftercare_platform.kernel.errors import Denied
from aftercare_platform.kernel.roles import Role

__all__ = ["Agency", "Caller", "Member", "Role"]


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who works for a treating program, signed in."""

    id: str
    program_id: str
    roles: frozenset[Role]
    session_id: str


@dataclass(frozen=True, slots=True)
class Agency:
    """An organization's account with one program, whose offers it answers, signed in."""

    account_id: str
    organization_id: str
    session_id: str
    program_id: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands behind a call, as proved by its tokens; both None for a stranger."""

    service: str | None = None
    """The calling service, such as "matching"."""
    person: Member | Agency | None = None
    """The person on whose behalf it calls."""

    @property
    def member(self) -> Member | None:
        """The acting person, if a member of a program."""
        return self.person if isinstance(self.person, Member) else None

    @property
    def agency(self) -> Agency | None:
        """The acting person, if an agency's account."""
        return self.person if isinstance(self.person, Agency) else None

    def require_member(self) -> Member:
        """The acting member; Denied when there is none."""
        if self.member is None:
            raise Denied
        return self.member

    def require_agency(self) -> Agency:
        """The acting agency account; Denied when there is none."""
        if self.agency is None:
            raise Denied
        return self.agency

    @property
    def program_id(self) -> str | None:
        """The program that the acting person belongs to: by work, or by account; None for services alone."""
        return self.person.program_id if self.person else None

    @property
    def actor(self) -> str:
        """Who is answerable, for the audit: the person before the service that carried the call."""
        match self.person:
            case Member(id=id_):
                return f"member:{id_}"
            case Agency(account_id=id_):
                return f"agency:{id_}"
        return f"service:{self.service}" if self.service else "nobody"
