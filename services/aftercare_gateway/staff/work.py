"""The first page: what waits, for whom, until when."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from aftercare.referral.v1 import referral_pb2, work_pb2
from aftercare_gateway.http.visit import SignedIn
from aftercare_platform.kernel.errors import invalid

router = APIRouter()

FILTERS: Final = {
    "": referral_pb2.HOLDER_UNSPECIFIED,
    "planner": referral_pb2.HOLDER_PLANNER,
    "case-manager": referral_pb2.HOLDER_CASE_MANAGER,
    "agency": referral_pb2.HOLDER_AGENCY,
    "client": referral_pb2.HOLDER_CLIENT,
    "system": referral_pb2.HOLDER_SYSTEM,
}
"""Whose work is listed, by the word in the address."""


@router.get("/")
async def show(visit: SignedIn, holder: str = "", page_token: str = "") -> Response:
    """The work list, overdue first; for an agency its offers, for others what they can do here."""
    if visit.person is None or visit.person.is_agency:
        return visit.go("/portal")
    if not visit.is_in_care:
        return visit.page("welcome.html", twin=visit.person.who)
    if holder not in FILTERS:
        raise invalid("holder", f"is one of: {', '.join(filter(None, FILTERS))}")
    request = work_pb2.ListWorkRequest(holder=FILTERS[holder], page_token=page_token)
    answer = await visit.ask(visit.doors.work.ListWork, request)
    return visit.page("work.html", twin=answer, answer=answer, holder=holder, filters=FILTERS)
