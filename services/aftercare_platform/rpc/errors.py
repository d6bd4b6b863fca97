"""The one map between errors and gRPC statuses, in both directions.

Outward an error becomes a code, its sentence, and details: `ErrorInfo` with the reason and the
facts, `BadRequest` with each wrong field. Inward `error_of` makes the same error of them again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import grpc
import grpc.aio
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode

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
    Violation,
)

DOMAIN: Final = "aftercare"
_DETAILS_KEY: Final = "grpc-status-details-bin"

_LONGEST_TEXT: Final = 1000
"""Bytes of one text of an error. A trailer beyond 8 KiB reaches no client: it hears of the size alone."""
_LARGEST_STATUS: Final = 4000
"""Bytes of a status before it is written as a header, where it grows by a third."""


class BrokenMessage(InvalidArgument):
    """The body is not the message that this method takes."""

    reason = "BROKEN_MESSAGE"

    def __init__(self, method: str) -> None:
        super().__init__(())
        self.facts = {"method": method}


class MessageTooLarge(Exhausted):
    """The message is larger than this server takes."""

    reason = "MESSAGE_TOO_LARGE"


class DeadlinePassed(Unavailable):
    """The deadline of the call has passed."""

    reason = "DEADLINE_PASSED"


class InternalFault(AftercareError):
    """internal error; ref={ref}"""

    reason = "INTERNAL"


CODES: Final[dict[type[AftercareError], StatusCode]] = {
    InvalidArgument: StatusCode.INVALID_ARGUMENT,
    NotFound: StatusCode.NOT_FOUND,
    AlreadyExists: StatusCode.ALREADY_EXISTS,
    Conflict: StatusCode.FAILED_PRECONDITION,
    Stale: StatusCode.ABORTED,
    Denied: StatusCode.PERMISSION_DENIED,
    Unauthenticated: StatusCode.UNAUTHENTICATED,
    Exhausted: StatusCode.RESOURCE_EXHAUSTED,
    DeadlinePassed: StatusCode.DEADLINE_EXCEEDED,
    Unavailable: StatusCode.UNAVAILABLE,
    AftercareError: StatusCode.INTERNAL,
}
"""Error family by code; an error has the code of the nearest family above it."""

_FAMILIES: Final = {code: family for family, code in CODES.items()}


def code_of(error: AftercareError) -> StatusCode:
    """The status code of an error."""
    return next(CODES[family] for family in type(error).__mro__ if family in CODES)


def status_of(error: AftercareError) -> status_pb2.Status:
    """The error as it goes over the wire."""
    facts = {name: _cut(str(fact)) for name, fact in error.facts.items()}
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=facts)
    details: list[Message] = [info]
    message = _cut(error.sentence)
    if isinstance(error, InvalidArgument) and error.violations:
        room = _LARGEST_STATUS - info.ByteSize() - len(message.encode())
        details.append(_bad_request(error.violations, room))
    return status_pb2.Status(
        code=code_of(error).value[0], message=message, details=[_packed(detail) for detail in details]
    )


def error_of(rpc_error: grpc.aio.AioRpcError) -> AftercareError:
    """The error that a server answered with: its family, sentence, reason, facts and wrong fields.

    What another gRPC server says, or the library itself (no connection, deadline, size), becomes the
    nearest family; a code of no family (INTERNAL, UNKNOWN, CANCELLED) a plain AftercareError.
    """
    status = _status_in(rpc_error)
    info, bad_request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        for message in (info, bad_request):
            if detail.Is(message.DESCRIPTOR):
                detail.Unpack(message)
    family = _FAMILIES.get(rpc_error.code(), AftercareError)
    if "larger than max" in status.message:
        family = MessageTooLarge
    violations = tuple(Violation(v.field, v.description) for v in bad_request.field_violations)
    return _rebuilt(family, status.message, info, violations)


def _rebuilt(
    family: type[AftercareError],
    sentence: str,
    info: error_details_pb2.ErrorInfo,
    violations: tuple[Violation, ...],
) -> AftercareError:
    """An error of the family that says the sentence; the docstring of its own class, as everywhere."""
    escaped = sentence.replace("{", "{{").replace("}", "}}")
    facts = dict(info.metadata)
    attributes = {"__doc__": escaped if facts else sentence, "reason": info.reason or family.reason}
    error: AftercareError = AftercareError.__new__(type(family.__name__, (family,), attributes))
    AftercareError.__init__(error, **facts)
    if isinstance(error, InvalidArgument):
        error.violations = violations
    return error


def _status_in(rpc_error: grpc.aio.AioRpcError) -> status_pb2.Status:
    """The rich status in the trailers; a bare one from code and text when there is none or it is broken."""
    trailers = rpc_error.trailing_metadata() or ()
    for key, value in trailers:
        if key == _DETAILS_KEY and isinstance(value, bytes):
            try:
                return status_pb2.Status.FromString(value)
            except DecodeError:
                break
    return status_pb2.Status(message=rpc_error.details() or rpc_error.code().name)


def _bad_request(violations: Iterable[Violation], room: int) -> error_details_pb2.BadRequest:
    """The wrong fields, as many as fit into so many bytes."""
    told = error_details_pb2.BadRequest()
    for violation in violations:
        told.field_violations.add(field=_cut(violation.field), description=_cut(violation.description))
        if told.ByteSize() > room:
            del told.field_violations[-1]
            break
    return told


def _cut(text: str) -> str:
    """A text that fits; callers may have said a megabyte, which the refusal repeats."""
    encoded = text.encode()
    return text if len(encoded) <= _LONGEST_TEXT else encoded[:_LONGEST_TEXT].decode(errors="ignore") + "…"


def _packed(message: Message) -> any_pb2.Any:
    wrapper = any_pb2.Any()
    wrapper.Pack(message)
    return wrapper
