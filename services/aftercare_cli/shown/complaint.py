"""Failures in plain words, with the exit code that says what to do about them."""

from __future__ import annotations

from typing import Final

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

FAILED, USAGE, ACCESS, NOT_FOUND, CONFLICT, AWAY = 1, 2, 3, 4, 5, 6

EXIT_CODES: Final[dict[type[AftercareError], int]] = {
    InvalidArgument: USAGE,
    Unauthenticated: ACCESS,
    Denied: ACCESS,
    NotFound: NOT_FOUND,
    AlreadyExists: CONFLICT,
    Conflict: CONFLICT,
    Stale: CONFLICT,
    Unavailable: AWAY,
    Exhausted: AWAY,
    AftercareError: FAILED,
}
"""Error family by exit code; an error has the code of the nearest family above it."""


def exit_code_of(error: AftercareError) -> int:
    """The exit code of an error."""
    return next(EXIT_CODES[family] for family in type(error).__mro__ if family in EXIT_CODES)


def lines_of(error: AftercareError) -> list[str]:
    """The error as lines to read: each wrong field with what is wrong about it, else its sentence."""
    if isinstance(error, InvalidArgument) and error.violations:
        return [f"{_said(violation.field)}: {violation.description}" for violation in error.violations]
    return [error.sentence]


def _said(field: str) -> str:
    """A field as people know it: of what is looked for, without where in the request that lies."""
    return field.removeprefix("profile.").removeprefix("criteria.")
