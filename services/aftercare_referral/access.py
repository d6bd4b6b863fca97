"""Who may call what of referral. What is about a person is read in write units, so that it is audited."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aftercare_platform.access.caller import Role
from aftercare_platform.access.rules import Rules, UnitKind, agencies, members, service
from aftercare_referral.client.access import CLIENT_RULES
from aftercare_referral.consent.access import CONSENT_RULES

_PLAN: Final = "/aftercare.referral.v1.PlanService/"
_REFERRAL: Final = "/aftercare.referral.v1.ReferralService/"
_WORK: Final = "/aftercare.referral.v1.WorkService/"

_STAFF: Final = members(Role.PLANNER, Role.CASE_MANAGER, Role.SUPERVISOR)
_READ: Final = replace(_STAFF, stores_reply=False)
_MATCHING: Final = replace(service("matching"), stores_reply=False)
_ANSWER: Final = _STAFF | agencies()
_WATCH: Final = replace(members(Role.PRIVACY_OFFICER, Role.SUPERVISOR), stores_reply=False)

RULES: Final[Rules] = {
    **CLIENT_RULES,
    **CONSENT_RULES,
    _PLAN + "CreatePlan": _STAFF,
    _PLAN + "RevisePlan": _STAFF,
    _PLAN + "RequestMatch": _STAFF,
    _PLAN + "GetPlan": _READ,
    _PLAN + "ListPlans": _READ,
    _PLAN + "GetMatchProfile": _MATCHING,
    _PLAN + "RecordMatchSet": _MATCHING,
    _PLAN + "RecordMatchFailure": _MATCHING,
    _REFERRAL + "GetReferral": _READ,
    _REFERRAL + "SendOffer": _STAFF,
    _REFERRAL + "UndoOffer": _STAFF,
    _REFERRAL + "RecallOffer": _STAFF,
    _REFERRAL + "CloseReferral": _STAFF,
    _REFERRAL + "ListOffers": agencies(unit=UnitKind.READ),
    # Each opening is a disclosure of its own: a repeated call opens, and logs, again.
    _REFERRAL + "OpenOffer": replace(agencies(), stores_reply=False),
    _REFERRAL + "AcceptOffer": _ANSWER,
    _REFERRAL + "DeclineOffer": _ANSWER,
    _REFERRAL + "ListDisclosures": _WATCH,
    _WORK + "ListWork": _READ,
}
