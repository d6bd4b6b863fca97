"""Who may call what: a table of rules and callers."""

from __future__ import annotations

import pytest

from aftercare_platform.access.caller import Agency, Caller, Member, Role
from aftercare_platform.access.rules import Rule, UnitKind, agencies, anyone, members, service
from aftercare_platform.kernel.errors import Denied


def member(*roles: Role) -> Member:
    return Member("m-1", "north", frozenset(roles), "s-1")


CALLERS = {
    "stranger": Caller(),
    "planner": Caller(person=member(Role.PLANNER)),
    "officer": Caller(person=member(Role.PRIVACY_OFFICER)),
    "no role": Caller(person=member()),
    "agency": Caller(person=Agency("a-1", "o-1", "s-1", "north")),
    "matching": Caller("matching"),
    "gateway": Caller("gateway"),
    "planner by gateway": Caller("gateway", member(Role.PLANNER)),
    "agency by matching": Caller("matching", Agency("a-1", "o-1", "s-1", "north")),
}

# rule | who may
TABLE = [
    (Rule(), ""),
    (members(), "planner, officer, planner by gateway"),
    (members(Role.PLANNER), "planner, planner by gateway"),
    (members(Role.SUPERVISOR), ""),
    (agencies(), "agency, agency by matching"),
    (service("matching"), "matching, agency by matching"),
    (service("matching", "gateway"), "matching, gateway, planner by gateway, agency by matching"),
    # where a rule names people, nobody gains from the service that carries the call
    (members(Role.PLANNER) | service("matching"), "planner, planner by gateway, matching"),
    (agencies() | service("gateway"), "agency, agency by matching, gateway"),
    (members(Role.PLANNER) | agencies(), "planner, planner by gateway, agency, agency by matching"),
    (anyone(), ", ".join(CALLERS)),
]


@pytest.mark.fault("AUT-12")
@pytest.mark.parametrize(("rule", "who"), TABLE, ids=[str(number) for number in range(len(TABLE))])
def test_who_may(rule, who):
    assert {name for name, caller in CALLERS.items() if rule.permits(caller)} == set(
        filter(None, who.split(", "))
    )


def test_joined_rules_keep_the_stricter_side_and_one_unit():
    joined = members(Role.PLANNER, unit=UnitKind.READ) | members(Role.SUPERVISOR, unit=UnitKind.READ)
    assert joined.members == {Role.PLANNER, Role.SUPERVISOR}
    assert joined.unit is UnitKind.READ
    assert not (members() | Rule(stores_reply=False)).stores_reply
    with pytest.raises(ValueError, match="different units"):
        members(unit=UnitKind.READ) | agencies()


@pytest.mark.parametrize(
    ("name", "actor", "program"),
    [
        ("stranger", "nobody", None),
        ("planner", "member:m-1", "north"),
        ("planner by gateway", "member:m-1", "north"),
        ("agency by matching", "agency:a-1", "north"),
        ("matching", "service:matching", None),
    ],
)
def test_who_is_answerable(name, actor, program):
    assert (CALLERS[name].actor, CALLERS[name].program_id) == (actor, program)


def test_the_person_that_a_use_case_needs():
    assert CALLERS["planner"].require_member().id == "m-1"
    assert CALLERS["agency"].require_agency().organization_id == "o-1"
    for ask in (CALLERS["agency"].require_member, CALLERS["planner"].require_agency):
        with pytest.raises(Denied):
            ask()
