"""What went wrong: a page for people, RFC 9457 problem JSON for programs. Unknown faults say nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from aftercare_gateway.http.visit import visit_of
from aftercare_platform.kernel.errors import (
    AftercareError,
    AlreadyExists,
    Conflict,
    Denied,
    Exhausted,
    InvalidArgument,
    NotFound,
    Stale,
    Unauthenticated,
    Unavailable,
)
from aftercare_platform.logging import failure
from aftercare_platform.rpc.errors import MessageTooLarge

log = structlog.get_logger(__name__)

PROBLEM_JSON: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Telling:
    """How a family of errors is told."""

    status: HTTPStatus
    title: str
    advice: str
    is_told: bool = True
    """Whether the error's own sentence is shown; what a library says of our inside is not."""


TELLINGS: Final[dict[type[AftercareError], Telling]] = {
    InvalidArgument: Telling(
        HTTPStatus.BAD_REQUEST, "Something in this request is wrong", "Go back and correct it."
    ),
    NotFound: Telling(
        HTTPStatus.NOT_FOUND, "Nothing is here", "It may be gone, or it may not be yours to see."
    ),
    AlreadyExists: Telling(HTTPStatus.CONFLICT, "This exists already", "Nothing was changed."),
    Stale: Telling(
        HTTPStatus.CONFLICT,
        "Somebody else was faster",
        "Nothing was changed. Open the page again and look at what is there now.",
    ),
    Conflict: Telling(HTTPStatus.CONFLICT, "This cannot be done now", "Nothing was changed."),
    Denied: Telling(HTTPStatus.FORBIDDEN, "You may not do this", "Ask an administrator if you should."),
    Unauthenticated: Telling(HTTPStatus.UNAUTHORIZED, "Please sign in", "Nothing was sent."),
    MessageTooLarge: Telling(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is too large", "Send less at once; nothing was changed."
    ),
    Exhausted: Telling(
        HTTPStatus.TOO_MANY_REQUESTS, "Too much at once", "Nothing was lost. Wait a moment and try again."
    ),
    Unavailable: Telling(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "A part of Aftercare cannot be reached",
        "Nothing was lost. Try again in a moment.",
        is_told=False,
    ),
    AftercareError: Telling(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something failed on our side",
        "Try again; if it stays so, tell your administrator the reference below.",
        is_told=False,
    ),
}
"""By error family; an error is told as the nearest family above it."""


class NoSuchPage(NotFound):
    """There is no page at this address."""


class WrongMethod(InvalidArgument):
    """The address is not used in that way."""

    def __init__(self) -> None:
        super().__init__(())


class BrokenAddress(InvalidArgument):
    """Something in the address is wrong."""

    def __init__(self) -> None:
        super().__init__(())


def telling_of(error: AftercareError) -> Telling:
    """How an error is told."""
    return next(TELLINGS[family] for family in type(error).__mro__ if family in TELLINGS)


def tell(request: Request, error: AftercareError) -> Response:
    """The answer to a request that ended in this error."""
    visit = visit_of(request)
    telling = telling_of(error)
    if isinstance(error, Unauthenticated):
        visit.gateway.sessions.forget(visit.secret)
        visit.person = None
        if request.method == "GET" and not visit.wants_json:
            return visit.go("/sign-in", said="ended" if visit.secret else "")
    sentence = error.sentence if telling.is_told else ""
    ref = _reference(error) if telling.status is HTTPStatus.INTERNAL_SERVER_ERROR else ""
    if visit.wants_json:
        return _problem(error, telling, sentence, ref)
    violations = error.violations if isinstance(error, InvalidArgument) else ()
    return visit.page(
        "problem.html",
        status=telling.status,
        telling=telling,
        sentence="" if violations else sentence,
        violations=violations,
        reason=error.reason,
        ref=ref,
    )


def tell_unknown(request: Request, error: Exception) -> Response:
    """The answer where something failed that nobody foresaw: a reference, nothing else."""
    known = AftercareError()
    log.error("request_failed", method=request.method, ref=_reference(known), **failure(error))
    return tell(request, known)


async def on_error(request: Request, error: Exception) -> Response:
    """Tell an error of ours, or one of the framework's as ours."""
    if isinstance(error, AftercareError):
        return tell(request, error)
    if isinstance(error, RequestValidationError):
        return tell(request, BrokenAddress())
    status = error.status_code if isinstance(error, HTTPException) else None
    if status == HTTPStatus.NOT_FOUND:
        return tell(request, NoSuchPage())
    if status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return tell(request, WrongMethod())
    return tell_unknown(request, error)


def _problem(error: AftercareError, telling: Telling, sentence: str, ref: str) -> Response:
    """RFC 9457, with our reason, the wrong fields and the reference beside its own members."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": telling.title,
        "status": telling.status.value,
        "detail": sentence or telling.advice,
        "reason": error.reason,
    }
    if isinstance(error, InvalidArgument) and error.violations:
        body["errors"] = [{"field": v.field, "message": v.description} for v in error.violations]
    if ref:
        body["ref"] = ref
    return JSONResponse(body, telling.status, media_type=PROBLEM_JSON)


def _reference(error: AftercareError) -> str:
    """The reference under which the fault was logged, here or by the service that had it."""
    return str(error.facts.setdefault("ref", secrets.token_hex(4)))
