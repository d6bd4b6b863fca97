"""What matching may know of a person: what they need, what rules a place out, what they would like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from aftercare_matching.domain.listing import WeeklyTime
from aftercare_platform.kernel.vocabulary import Attribute, Kind

DEFAULT_OPTION_COUNT: Final = 5
DEFAULT_MAX_DISTANCE_METERS: Final = 40234.0
"""25 miles."""


class Gender(StrEnum):
    """As it bears on which places serve a client."""

    UNSPECIFIED = "unspecified"
    WOMAN = "woman"
    MAN = "man"
    NONBINARY = "nonbinary"


@dataclass(frozen=True, slots=True)
class Need:
    """One kind of resource, and how many options to return."""

    kind: Kind
    option_count: int = DEFAULT_OPTION_COUNT


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that would be liked, for these kinds; for all when none is named."""

    attribute: Attribute
    term: str = ""
    kinds: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True)
class Point:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class SafetyZone:
    """A circle in which no place may lie; the radius in meters along the ground."""

    center: Point
    radius_meters: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's criteria, their age and gender, and a random tie key. Never logged, never stored.

    `state` is where the client will live, two capitals, "" where unknown. `is_origin_approximate`
    says that the origin is the middle of a ZIP code. `as_of` is the moment that is judged for.
    """

    needs: tuple[Need, ...]
    origin: Point
    tie_key: str
    as_of: datetime
    state: str = ""
    is_origin_approximate: bool = False
    max_distance_meters: float = DEFAULT_MAX_DISTANCE_METERS
    languages: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    budget_cents: int | None = None
    free_times: tuple[WeeklyTime, ...] = ()
    access_needs: tuple[str, ...] = ()
    with_children: bool = False
    records: tuple[str, ...] = ()
    populations: frozenset[str] = frozenset()
    sober_days: int | None = None
    wishes: tuple[Wish, ...] = ()
    excluded_listing_ids: frozenset[str] = frozenset()
    safety_zones: tuple[SafetyZone, ...] = ()
    age: int | None = None
    gender: Gender = Gender.UNSPECIFIED
