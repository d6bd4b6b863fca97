"""A listing as matching needs it: what the directory says of one service at one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TypeAlias

from aftercare_platform.kernel.vocabulary import Attribute, Kind

FactKey: TypeAlias = tuple[Attribute, str]
"""An attribute and its term; the term is empty for quantities and flags."""

MINUTES_PER_DAY = 24 * 60


class Precision(IntEnum):
    """How exactly a place is known."""

    UNKNOWN = 0
    EXACT = 1
    ZIP = 2
    CITY = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known: whether a term holds, or how much in the attribute's unit; who says so, as of when."""

    value: bool | int
    source: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, order=True)
class WeeklyTime:
    """A stretch of each week in local time: minutes from Monday 00:00; `closes` None where not known."""

    opens: int
    closes: int | None = None

    @property
    def weekday(self) -> int:
        """0 is Monday."""
        return self.opens // MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many places are free, as last reported; None is unknown. The higher version wins."""

    listing_id: str
    version: int
    available: int | None = None
    maximum: int | None = None
    waitlist: int | None = None
    as_of: datetime | None = None
    expires_at: datetime | None = None
    source: str = ""

    def is_current(self, now: datetime) -> bool:
        """Whether the numbers may still be believed."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class Listing:
    """One service at one place; the higher version wins. A listing that is not active is never matched.

    `latitude` and `longitude` are WGS 84 degrees, both None where unknown or confidential.
    """

    id: str
    version: int
    name: str
    organization_id: str
    organization_name: str = ""
    kinds: frozenset[Kind] = frozenset()
    facts: dict[FactKey, Fact] = field(default_factory=dict)
    sessions: tuple[WeeklyTime, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    precision: Precision = Precision.UNKNOWN
    is_virtual: bool = False
    city: str = ""
    county: str = ""
    state: str = ""
    phone: str = ""
    is_active: bool = True
    updated_at: datetime | None = None

    def fact(self, attribute: Attribute, term: str = "") -> Fact | None:
        """What is known of this attribute and term; None is unknown."""
        return self.facts.get((attribute, term))

    @property
    def checked_at(self) -> datetime | None:
        """When something was last said of it: the newest fact, else its last change."""
        said = [fact.as_of for fact in self.facts.values() if fact.as_of is not None]
        return max(said, default=self.updated_at)
