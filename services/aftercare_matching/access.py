"""Who may call what of matching."""

from __future__ import annotations

from typing import Final

from aftercare_platform.access.caller import Role
from aftercare_platform.access.rules import UnitKind, members, service

_SERVICE: Final = "/aftercare.matching.v1.MatchingService/"
_NONE: Final = UnitKind.NONE

RULES: Final = {
    _SERVICE + "FindMatches": members(Role.PLANNER, Role.CASE_MANAGER, Role.SUPERVISOR, unit=_NONE),
    _SERVICE + "GetIndexStatus": members(unit=_NONE)
    | service("directory", "referral", "identity", "gateway", "operator", unit=_NONE),
}
"""It keeps nothing, so it opens nothing."""
