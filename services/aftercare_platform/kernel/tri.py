"""Three-valued truth (Kleene's strong logic): what is not known stays unknown.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Tri(IntEnum):
    """False, unknown or true; the numbers order them so that `and` is min and `or` is max."""

    FALSE = -1
    UNKNOWN = 0
    TRUE = 1

    @classmethod
    def of(cls, value: bool | None) -> Tri:
        """True, False or None (unknown) as a Tri."""
        return cls.UNKNOWN if value is None else cls.TRUE if value else cls.FALSE


def all_of(values: Iterable[Tri]) -> Tri:
    """Kleene's conjunction: false beats unknown beats true; of nothing, true."""
    return min(values, default=Tri.TRUE)


def any_of(values: Iterable[Tri]) -> Tri:
    """Kleene's disjunction: true beats unknown beats false; of nothing, false."""
    return max(values, default=Tri.FALSE)


def not_(value: Tri) -> Tri:
    """Kleene's negation."""
    return Tri(-value)
