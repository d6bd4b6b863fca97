"""Who may call what of identity."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aftercare_platform.access.caller import Role
from aftercare_platform.access.rules import Rule, UnitKind, agencies, anyone, members, service

OPERATOR: Final = "operator"
"""The name by which commands run on the machine itself sign: whoever can read its key file may."""

_SERVICE: Final = "/aftercare.identity.v1.IdentityService/"


def _once(rule: Rule) -> Rule:
    """The rule for a reply that holds a secret: it is shown once and never kept for a repeated call."""
    return replace(rule, stores_reply=False)


_READ: Final = UnitKind.READ
_ADMINISTRATOR: Final = members(Role.ADMINISTRATOR)

RULES: Final = {
    _SERVICE + name: rule
    for name, rule in {
        "CreateProgram": _once(service(OPERATOR)),
        "ListPrograms": service(OPERATOR, unit=_READ),
        "CreateMember": _ADMINISTRATOR,
        "ListMembers": members(Role.ADMINISTRATOR, Role.SUPERVISOR, unit=_READ),
        "SetMemberRoles": _ADMINISTRATOR,
        "DeactivateMember": _ADMINISTRATOR,
        "CreateSignInLink": _once(_ADMINISTRATOR | service(OPERATOR)),
        "SignIn": _once(anyone()),
        "IssueToken": _once(anyone()),
        "SignOut": members() | agencies(),
        "GetCaller": members(unit=_READ) | agencies(unit=_READ),
        "CreateAgencyAccount": _ADMINISTRATOR,
        "ListAgencyAccounts": members(Role.ADMINISTRATOR, unit=_READ),
        "CreateAgencyKey": _once(_ADMINISTRATOR),
        "RevokeAgencyKey": _ADMINISTRATOR,
        "CreateAgencySignInLink": _once(_ADMINISTRATOR),
    }.items()
}
