"""An agency's listings, and how many places each has free."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from aftercare.directory.v1 import directory_pb2, resources_pb2
from aftercare_gateway.http.forms import Form
from aftercare_gateway.http.visit import Agency, Sending, Visit
from aftercare_platform.kernel.errors import InvalidArgument

router = APIRouter(prefix="/portal")


@router.get("/capacity")
async def show(visit: Agency, page_token: str = "") -> Response:
    """The agency's active listings, with what was reported last."""
    return await _page(visit, page_token=page_token)


@router.post("/listings/{listing_id:uuid}/capacity")
async def report(visit: Agency, listing_id: UUID, form: Sending) -> Response:
    """Report free places; a field left empty says "unknown", never "none"."""
    try:
        request = directory_pb2.ReportCapacityRequest(
            listing_id=str(listing_id),
            available=form.whole("available"),
            maximum=form.whole("maximum"),
            waitlist=form.whole("waitlist"),
        )
        form.stop_if_wrong()
        await visit.ask(visit.doors.directory.ReportCapacity, request)
    except InvalidArgument as refusal:
        form.refuse(refusal)
        return await _page(visit, wrong=(str(listing_id), form), status=HTTPStatus.BAD_REQUEST)
    return visit.go("/portal/capacity", said="capacity_reported")


async def _page(
    visit: Visit,
    *,
    page_token: str = "",
    wrong: tuple[str, Form] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    own = visit.person.who.organization_id if visit.person else ""
    request = directory_pb2.ListListingsRequest(
        organization_id=own, status=resources_pb2.STATUS_ACTIVE, page_token=page_token
    )
    answer = await visit.ask(visit.doors.directory.ListListings, request)
    forms = {listing.id: _filled(listing) for listing in answer.listings} | dict([wrong] if wrong else [])
    return visit.page("portal_capacity.html", twin=answer, answer=answer, forms=forms, status=status)


def _filled(listing: resources_pb2.Listing) -> Form:
    """The form as the last report would have filled it in."""
    names = ("available", "maximum", "waitlist")
    known = [name for name in names if listing.capacity.HasField(name)]  # type: ignore[arg-type] # one of names
    return Form({name: [str(getattr(listing.capacity, name))] for name in known})
