"""Who may call the ClientService. Reads are write units, so that each is audited with what it read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aftercare_platform.access.caller import Role
from aftercare_platform.access.rules import Rules, members

# A read is repeated by reading again: its reply, a person, is not stored for that.
_READ = replace(
    members(Role.PLANNER, Role.CASE_MANAGER, Role.SUPERVISOR, Role.PRIVACY_OFFICER), stores_reply=False
)
_CHANGE = members(Role.PLANNER, Role.CASE_MANAGER, Role.SUPERVISOR)

CLIENT_RULES: Final[Rules] = {
    "/aftercare.referral.v1.ClientService/CreateClient": _CHANGE,
    "/aftercare.referral.v1.ClientService/GetClient": _READ,
    "/aftercare.referral.v1.ClientService/ListClients": _READ,
    "/aftercare.referral.v1.ClientService/OpenEpisode": _CHANGE,
    "/aftercare.referral.v1.ClientService/GetEpisode": _READ,
    "/aftercare.referral.v1.ClientService/ListEpisodes": _READ,
    "/aftercare.referral.v1.ClientService/DischargeEpisode": _CHANGE,
}
"""The part of the service's rule table that is about clients."""
