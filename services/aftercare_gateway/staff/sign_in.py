"""Signing in by a link or with an agency's key, and leaving.

A link's secret must be used once and stand in no log: opening the link shows only a button, so that a
mail scanner that follows it uses nothing up, and the secret travels on in the body of the form.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from aftercare.identity.v1 import identity_pb2
from aftercare_gateway.http.doors import ask
from aftercare_gateway.http.forms import Form
from aftercare_gateway.http.visit import Anyone, Sending, SignedIn, Visit
from aftercare_platform.kernel.errors import InvalidArgument, Unauthenticated

router = APIRouter()

_NOT_VALID = {
    "link": "This link was used already, or is older than 24 hours. Ask your administrator for a new one.",
    "key": "This key is not valid. Check that you copied all of it, or ask the program for a new one.",
}


@router.get("/sign-in")
async def show(visit: Anyone, link: str = "") -> Response:
    """The ways in; with a link, its button."""
    return _page(visit, Form({"link": [link]} if link else {}))


@router.post("/sign-in")
async def sign_in(visit: Anyone, form: Sending) -> Response:
    """Open a session with the link or the key, and hand its secret to the browser."""
    way = "link" if form.text("link") else "key"
    secret = form.text(way)
    request = (
        identity_pb2.SignInRequest(link_secret=secret)
        if way == "link"
        else identity_pb2.SignInRequest(agency_key=secret)
    )
    try:
        signed_in = await ask(visit.doors.identity.SignIn, request)
    except (Unauthenticated, InvalidArgument):
        refused = Form({}, {way: _NOT_VALID[way]})
        return _page(visit, refused, status=HTTPStatus.UNAUTHORIZED)
    person = visit.gateway.sessions.welcome(signed_in)
    response = visit.go("/portal" if person.is_agency else "/")
    visit.gateway.cookies.open_session(response, signed_in.session_secret)
    return response


@router.post("/sign-out")
async def sign_out(visit: SignedIn) -> Response:
    """End the session at once, here and everywhere."""
    await visit.ask(visit.doors.identity.SignOut, identity_pb2.SignOutRequest())
    visit.gateway.sessions.forget(visit.secret)
    response = visit.go("/sign-in", said="signed_out")
    visit.gateway.cookies.close_session(response)
    return response


def _page(visit: Visit, form: Form, *, status: int = HTTPStatus.OK) -> Response:
    return visit.page("sign_in.html", form=form, status=status)
