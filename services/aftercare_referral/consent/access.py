"""Who may call the ConsentService. Reads are write units, so that each is audited with what it read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aftercare_platform.access.caller import Role
from aftercare_platform.access.rules import Rules, members

_CARE = (Role.PLANNER, Role.CASE_MANAGER, Role.SUPERVISOR)
# A read is repeated by reading again: its reply, with the name of who signed, is not stored for that.
_READ = replace(members(*_CARE, Role.PRIVACY_OFFICER), stores_reply=False)

CONSENT_RULES: Final[Rules] = {
    "/aftercare.referral.v1.ConsentService/RecordConsent": members(*_CARE),
    "/aftercare.referral.v1.ConsentService/GetConsent": _READ,
    "/aftercare.referral.v1.ConsentService/ListConsents": _READ,
    # A client may say it to anyone of the program, by any channel; it must not wait for the right person.
    "/aftercare.referral.v1.ConsentService/RevokeConsent": members(*_CARE, Role.PRIVACY_OFFICER),
}
"""The part of the service's rule table that is about consents."""
