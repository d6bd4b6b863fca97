"""One request, and everything a page needs of it: who is there, what they sent, how to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

from fastapi import Depends
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from aftercare.identity.v1 import identity_pb2
from aftercare_gateway.http import csrf, doors
from aftercare_gateway.http.doors import Doors
from aftercare_gateway.http.forms import Form, read_form
from aftercare_gateway.http.notices import NOTICES
from aftercare_gateway.http.pages import Pages
from aftercare_gateway.http.session import Cookies, Person, Sessions
from aftercare_gateway.moments import span_in_words
from aftercare_gateway.settings import GatewaySettings
from aftercare_platform.kernel.clock import Clock, OffsetClock
from aftercare_platform.kernel.errors import Denied, Unauthenticated
from aftercare_platform.rpc.call import acting_for

Sent = TypeVar("Sent")
Reply = TypeVar("Reply")

JSON: Final = "application/json"

CARE: Final = (identity_pb2.ROLE_PLANNER, identity_pb2.ROLE_CASE_MANAGER, identity_pb2.ROLE_SUPERVISOR)
"""The roles that work with clients."""

WATCH: Final = (identity_pb2.ROLE_PRIVACY_OFFICER, identity_pb2.ROLE_SUPERVISOR)
"""The roles that look after disclosures."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """What all requests share."""

    settings: GatewaySettings
    clock: Clock
    doors: Doors
    sessions: Sessions
    pages: Pages
    cookies: Cookies

    @property
    def demo_offset(self) -> str:
        """How far the demo's clock runs ahead, in words; empty outside the demo."""
        if not isinstance(self.clock, OffsetClock):
            return ""
        return span_in_words(max(self.clock.offset, timedelta()))


class WrongDoor(Denied):
    """The page is not for you: {door}."""


@dataclass(slots=True)
class Visit:
    """One request of one browser."""

    request: Request = field(repr=False)
    gateway: Gateway = field(repr=False)
    person: Person | None = field(default=None, repr=False)
    """Who is signed in; None for a stranger, and before that was looked up."""

    @property
    def doors(self) -> Doors:
        """The services behind."""
        return self.gateway.doors

    @property
    def secret(self) -> str:
        """The session secret of this browser; empty for a stranger."""
        return self.gateway.cookies.secret(self.request)

    @property
    def wants_json(self) -> bool:
        """Whether a program asks, not a person."""
        accepted = self.request.headers.get("accept", "")
        return JSON in accepted and "text/html" not in accepted

    @property
    def is_in_care(self) -> bool:
        """Whether the member works with clients: makes plans, sends offers, records consents."""
        return self.person is not None and self.person.has(*CARE)

    @property
    def watches(self) -> bool:
        """Whether the member may see who was told what."""
        return self.person is not None and self.person.has(*WATCH)

    async def ask(self, method: Callable[[Sent], Awaitable[Reply]], request: Sent) -> Reply:
        """The reply of a service to the person who visits; Unauthenticated for a stranger."""
        if self.person is None:
            raise Unauthenticated
        with acting_for(self.person.token):
            return await doors.ask(method, request)

    def page(
        self,
        template: str,
        *,
        twin: Message | None = None,
        status: int = HTTPStatus.OK,
        headers: dict[str, str] | None = None,
        **context: object,
    ) -> Response:
        """The page; or, where a program asks and there is a `twin`, the same as JSON."""
        if twin is not None and self.wants_json:
            return JSONResponse(MessageToDict(twin, preserving_proto_field_name=True), status)
        cookies = self.gateway.cookies
        response = HTMLResponse(status_code=status, headers=headers)
        binding = cookies.binding(self.request) or cookies.open_visit(response)
        common = {
            "visit": self,
            "notice": NOTICES.get(self.request.query_params.get("said", ""), ""),
            "demo_offset": self.gateway.demo_offset,
            "token_field": csrf.FIELD,
            "form_token": csrf.form_token(binding),
        }
        response.body = self.gateway.pages.render(template, common | context).encode()
        response.headers["content-length"] = str(len(response.body))
        return response

    def go(self, path: str, *, said: str = "") -> Response:
        """Send the browser to a page after something was done; `said` names what the page should say."""
        return RedirectResponse(f"{path}?said={said}" if said else path, HTTPStatus.SEE_OTHER)


def visit_of(request: Request) -> Visit:
    """The visit that this request is; the same object each time."""
    if not hasattr(request.state, "visit"):
        request.state.visit = Visit(request, request.app.state.gateway)
    visit: Visit = request.state.visit
    return visit


async def anyone(request: Request) -> Visit:
    """A visit by whomever: signing in."""
    return visit_of(request)


async def signed_in(request: Request) -> Visit:
    """A visit by someone signed in; else Unauthenticated."""
    visit = visit_of(request)
    if not visit.secret:
        raise Unauthenticated
    visit.person = await visit.gateway.sessions.person(visit.secret)
    return visit


async def staff(visit: Annotated[Visit, Depends(signed_in)]) -> Visit:
    """A visit by a member of a program; else Denied."""
    if visit.person is None or visit.person.is_agency:
        raise WrongDoor(door="it belongs to the staff of a program")
    return visit


async def agency(visit: Annotated[Visit, Depends(signed_in)]) -> Visit:
    """A visit by an agency's account; else Denied."""
    if visit.person is None or not visit.person.is_agency:
        raise WrongDoor(door="it belongs to agencies")
    return visit


async def check_form(request: Request) -> None:
    """Read the form of each POST, and refuse one that no page of ours sent. Holds for every route."""
    if request.method in {"GET", "HEAD"}:
        return
    form = await read_form(request)
    binding = visit_of(request).gateway.cookies.binding(request)
    csrf.check(request, given=form.text(csrf.FIELD), binding=binding)
    request.state.form = form


async def sent_form(request: Request) -> Form:
    """The form of this POST, checked before."""
    form: Form = request.state.form
    return form


Anyone = Annotated[Visit, Depends(anyone)]
SignedIn = Annotated[Visit, Depends(signed_in)]
Staff = Annotated[Visit, Depends(staff)]
Agency = Annotated[Visit, Depends(agency)]
Sending = Annotated[Form, Depends(sent_form)]
