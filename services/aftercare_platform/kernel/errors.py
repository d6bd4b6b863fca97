"""What can go wrong, as facts. The docstring of an error class is its sentence.

No class here knows a status code: `aftercare_platform.rpc.errors` maps families to codes, once.
Facts may hold identifiers, field names and public values; never anything about a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class AftercareError(Exception):
    """Something went wrong in Aftercare."""

    reason: ClassVar[str] = "INTERNAL"
    """A value of `aftercare.type.v1.ErrorReason`, without its prefix."""
    is_denial: ClassVar[bool] = False
    """Whether somebody was kept from something that is not theirs; such a refusal is audited."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The class's docstring with its facts filled in; what the caller reads."""
        text = (type(self).__doc__ or "").partition("\n")[0]
        return text.format(**self.facts) if self.facts else text


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that is wrong: its path in the request, what was wrong and what would be right."""

    field: str
    description: str


class InvalidArgument(AftercareError):
    """The request has fields that are wrong: {summary}"""

    reason = "INVALID_FIELD"

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__(summary="; ".join(f"{v.field}: {v.description}" for v in violations))


class NotFound(AftercareError):
    """There is nothing here with that id."""

    # One constant body: what is absent and what is another program's look the same from outside.
    reason = "NOT_FOUND"

    def __init__(self) -> None:
        super().__init__()


class AlreadyExists(AftercareError):
    """A {what} like this exists already."""

    reason = "ALREADY_EXISTS"


class Conflict(AftercareError):
    """The move does not fit the state that things are in."""

    reason = "WRONG_MOVE"


class Stale(AftercareError):
    """The {what} was changed by someone else since you read it: read it again, then repeat the change."""

    reason = "STALE_ETAG"


class Denied(AftercareError):
    """You may not do this."""

    reason = "NOT_ALLOWED"
    is_denial = True


class Unauthenticated(AftercareError):
    """Sign in first: the call carries no valid token."""

    reason = "NOT_SIGNED_IN"


class Exhausted(AftercareError):
    """Too many calls at once: wait a moment and call again."""

    reason = "TOO_BUSY"


class Unavailable(AftercareError):
    """{what} cannot be reached right now: try again."""

    reason = "UNAVAILABLE"


def invalid(field: str, description: str) -> InvalidArgument:
    """One wrong field, as an error to raise."""
    return InvalidArgument([Violation(field, description)])
