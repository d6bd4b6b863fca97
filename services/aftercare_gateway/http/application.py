"""The HTTP application: every page, behind the walls."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from aftercare_gateway.http.doors import Doors
from aftercare_gateway.http.pages import FOLDER, Pages
from aftercare_gateway.http.problems import on_error
from aftercare_gateway.http.session import Cookies, Sessions
from aftercare_gateway.http.visit import Gateway, check_form
from aftercare_gateway.http.walls import BodyLimit, JsonTwins, LastResort, SafeHeaders
from aftercare_gateway.public import portal
from aftercare_gateway.settings import GatewaySettings
from aftercare_gateway.staff import clients, consents, episodes, offers, plans, sign_in, work
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.kernel.errors import AftercareError

NEEDED: Final = frozenset({"identity", "referral"})
"""Services without which no page is worth serving; without the others a plan waits, and says so."""

_ROUTERS: Final = (
    sign_in.router,
    work.router,
    clients.router,
    episodes.router,
    consents.router,
    plans.router,
    offers.router,
    *portal.routers,
)


def application(settings: GatewaySettings, *, clock: Clock, doors: Doors) -> FastAPI:
    """The application over open doors."""
    app = FastAPI(
        title="Aftercare",
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(check_form)],
    )
    app.state.gateway = Gateway(
        settings=settings,
        clock=clock,
        doors=doors,
        sessions=Sessions(doors, clock),
        pages=Pages(clock, settings.zone),
        cookies=Cookies(is_secure=settings.is_secure),
    )
    for router in _ROUTERS:
        app.include_router(router)
    app.add_api_route("/healthz", healthz, include_in_schema=False)
    app.add_api_route("/readyz", readyz, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    for kind in (AftercareError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, on_error)
    app.add_middleware(JsonTwins)
    app.add_middleware(BodyLimit, maximum=settings.largest_body)
    app.add_middleware(LastResort)
    app.add_middleware(SafeHeaders, is_secure=settings.is_secure)
    return app


async def healthz() -> Response:
    """Whether the process lives."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Whether the pages can be used: which services serve, and 503 where one that is needed does not."""
    gateway: Gateway = request.app.state.gateway
    health = await gateway.doors.health()
    is_ready = all(health[name] for name in NEEDED)
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JSONResponse({name: "serving" if serves else "away" for name, serves in health.items()}, status)
