"""Each reason that our code gives stands in the contract; each error survives the wire."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import grpc
import grpc.aio
import pytest
from google.rpc import status_pb2

from aftercare.type.v1.error_reason_pb2 import ErrorReason
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
from aftercare_platform.rpc.errors import (
    BrokenMessage,
    DeadlinePassed,
    MessageTooLarge,
    code_of,
    error_of,
    status_of,
)

SERVICES = Path(__file__).resolve().parents[2] / "services"
PUBLISHED = {name.removeprefix("ERROR_REASON_") for name in ErrorReason.keys()}  # noqa: SIM118 (no mapping)


def reasons_given() -> Iterator[tuple[str, str]]:
    """Each `reason = "..."` in the body of a class of ours, with its place."""
    for path in sorted(SERVICES.glob("aftercare_*/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for line in node.body if isinstance(node, ast.ClassDef) else ():
                match line:
                    case ast.Assign([ast.Name("reason")], ast.Constant(str(reason))):
                        yield f"{path.relative_to(SERVICES)}: {node.name}", reason


def test_every_reason_is_published():
    given = list(reasons_given())
    assert len(given) > 10
    assert [(place, reason) for place, reason in given if reason not in PUBLISHED] == []


class NoPlaceLeft(Conflict):
    """Offer {id} comes too late: {available} places {{were}} left."""

    reason = "NO_PLACE_LEFT"


# error | code | family that a client sees
ERRORS = [
    (InvalidArgument([Violation("a.b[2]", "is {odd}"), Violation("c", "is long")]), "INVALID_ARGUMENT"),
    (BrokenMessage(method="CreatePlan"), "INVALID_ARGUMENT"),
    (NotFound(), "NOT_FOUND"),
    (AlreadyExists(what="program"), "ALREADY_EXISTS"),
    (Conflict(), "FAILED_PRECONDITION"),
    (NoPlaceLeft(id="o-1", available=0), "FAILED_PRECONDITION"),
    (Stale(what="listing"), "ABORTED"),
    (Denied(), "PERMISSION_DENIED"),
    (Unauthenticated(), "UNAUTHENTICATED"),
    (Exhausted(method="FindMatches"), "RESOURCE_EXHAUSTED"),
    (MessageTooLarge(), "RESOURCE_EXHAUSTED"),
    (Unavailable(what="The index"), "UNAVAILABLE"),
    (DeadlinePassed(), "DEADLINE_EXCEEDED"),
]


def over_the_wire(error: AftercareError) -> grpc.aio.AioRpcError:
    status = status_of(error)
    trailers = grpc.aio.Metadata(("grpc-status-details-bin", status.SerializeToString()))
    return grpc.aio.AioRpcError(code_of(error), grpc.aio.Metadata(), trailers, status.message)


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_is_the_same_on_the_other_side(error, code):
    assert code_of(error).name == code
    rebuilt = error_of(over_the_wire(error))
    assert (rebuilt.reason, rebuilt.sentence, str(rebuilt)) == (error.reason, error.sentence, str(error))
    assert {name: str(fact) for name, fact in error.facts.items()} == rebuilt.facts
    assert getattr(rebuilt, "violations", ()) == getattr(error, "violations", ())
    assert code_of(rebuilt) is code_of(error)


# what came without our details | what it counts as
@pytest.mark.parametrize(
    ("code", "text", "family"),
    [
        ("UNAVAILABLE", "failed to connect to all addresses", Unavailable),
        ("DEADLINE_EXCEEDED", "Deadline Exceeded", DeadlinePassed),
        ("RESOURCE_EXHAUSTED", "SERVER: Received message larger than max (2 vs. 1)", MessageTooLarge),
        ("INTERNAL", "internal error; ref=1", AftercareError),
        ("UNKNOWN", "{odd} text", AftercareError),
        ("CANCELLED", "", AftercareError),
    ],
)
def test_what_others_answer_finds_its_family(code, text, family):
    for trailers in ((), (("grpc-status-details-bin", b"\xff"),)):
        error = error_of(
            grpc.aio.AioRpcError(
                grpc.StatusCode[code], grpc.aio.Metadata(), grpc.aio.Metadata(*trailers), text
            )
        )
        assert type(error).__mro__[1] is family
        assert error.sentence == (text or code)


def test_details_of_a_foreign_kind_are_passed_over():
    status = status_pb2.Status(code=5, message="gone")
    status.details.add(type_url="type.googleapis.com/elsewhere.Thing", value=b"\xff")
    trailers = grpc.aio.Metadata(("grpc-status-details-bin", status.SerializeToString()))
    error = error_of(grpc.aio.AioRpcError(grpc.StatusCode.NOT_FOUND, grpc.aio.Metadata(), trailers, "gone"))
    assert (isinstance(error, NotFound), error.sentence, error.reason) == (True, "gone", "NOT_FOUND")
