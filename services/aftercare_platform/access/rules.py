"""A rule says who may call one RPC and what the server opens around it. No rule: nobody may.

Each service keeps one table in its `access.py`:

    RULES = {
        "/aftercare.referral.v1.PlanService/CreatePlan": members(Role.PLANNER),
        "/aftercare.referral.v1.PlanService/GetPlan": members(unit=UnitKind.READ),
        "/aftercare.referral.v1.PlanService/GetMatchProfile": service("matching", unit=UnitKind.READ),
    }
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aftercare_platform.access.caller import Agency, Caller, Member, Role


class UnitKind(StrEnum):
    """What the server opens around a call."""

    WRITE = "write"
    """A transaction that commits with the answer, with the idempotency record and the audit entry in it."""
    READ = "read"
    """A snapshot that cannot write."""
    NONE = "none"
    """Nothing; the only choice for streams and for services without a database."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call an RPC. The arms add up; a rule without arms admits nobody."""

    members: frozenset[Role] | None = None
    """Members who hold at least one of these roles; None admits no member."""
    agencies: bool = False
    """Any signed-in agency account."""
    services: frozenset[str] = frozenset()
    """These services, acting for themselves."""
    anyone: bool = False
    """Also strangers: signing in, health."""
    unit: UnitKind = UnitKind.WRITE
    stores_reply: bool = True
    """Whether the reply is kept for a repeated call; False where it holds a secret."""

    def __or__(self, other: Rule) -> Rule:
        """Either rule's people and services. Both must open the same unit, else ValueError."""
        if self.unit is not other.unit:
            raise ValueError(f"rules with different units cannot be joined: {self.unit} and {other.unit}")
        roles = [arm for arm in (self.members, other.members) if arm is not None]
        return Rule(
            members=frozenset().union(*roles) if roles else None,
            agencies=self.agencies or other.agencies,
            services=self.services | other.services,
            anyone=self.anyone or other.anyone,
            unit=self.unit,
            stores_reply=self.stores_reply and other.stores_reply,
        )

    @property
    def names_people(self) -> bool:
        """Whether the rule has an arm for people."""
        return self.members is not None or self.agencies

    def permits(self, caller: Caller) -> bool:
        """Whether the caller may.

        Where the rule names people and a person acts, that person needs the right: nobody gains from
        the rights of the service that carries the call.
        """
        if self.anyone:
            return True
        if caller.person is not None and self.names_people:
            return self._permits_person(caller.person)
        return caller.service in self.services

    def _permits_person(self, person: Member | Agency) -> bool:
        if isinstance(person, Member):
            return self.members is not None and not self.members.isdisjoint(person.roles)
        return self.agencies


def members(*roles: Role, unit: UnitKind = UnitKind.WRITE) -> Rule:
    """Members who hold one of the roles; without roles, every member."""
    return Rule(members=frozenset(roles or Role), unit=unit)


def agencies(*, unit: UnitKind = UnitKind.WRITE) -> Rule:
    """Signed-in agency accounts."""
    return Rule(agencies=True, unit=unit)


def service(*names: str, unit: UnitKind = UnitKind.WRITE) -> Rule:
    """The named services, acting for themselves."""
    return Rule(services=frozenset(names), unit=unit)


def anyone(*, unit: UnitKind = UnitKind.WRITE) -> Rule:
    """Everybody, signed in or not."""
    return Rule(anyone=True, unit=unit)


Rules = Mapping[str, Rule]
"""Rule by RPC path, such as "/aftercare.referral.v1.PlanService/CreatePlan"."""
