"""What a match yields: per kind the best listings, each with its reasons, and what each constraint costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from aftercare_matching.domain.listing import Capacity
from aftercare_platform.kernel.vocabulary import Kind


class Outcome(StrEnum):
    """How a listing stands against one criterion."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Eligibility(StrEnum):
    """Whether every constraint is known to be met, or some must be asked about."""

    ELIGIBLE = "eligible"
    CONDITIONAL = "conditional"


class Finding(NamedTuple):
    """One reason. Of `points_possible` it gave `points` to the score; both 0 where it only rules out."""

    criterion: str
    outcome: Outcome
    sentence: str
    source: str = ""
    as_of: datetime | None = None
    points: float = 0.0
    points_possible: float = 0.0
    is_constraint: bool = False
    question: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One listing that fits, as it is now.

    `city` is "online" where nobody has to go. Scores are 0 to 100; the points of the findings add up to
    `score`. `meters` is None for online listings and unknown positions.
    """

    listing_id: str
    listing_version: int
    name: str
    organization_id: str
    organization_name: str
    city: str
    phone: str
    capacity: Capacity | None
    rank: int
    eligibility: Eligibility
    score: float
    score_low: float
    score_high: float
    coverage: float
    meters: float | None
    is_distance_approximate: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Blocker:
    """How many more listings would fit without this constraint alone."""

    criterion: str
    count: int


@dataclass(frozen=True, slots=True)
class KindMatches:
    """The options of one kind, best first, and the count of what was judged and what fits."""

    kind: Kind
    options: tuple[Option, ...]
    considered_count: int
    fitting_count: int
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class MatchSet:
    """The answer to a profile."""

    kinds: tuple[KindMatches, ...]
    weights_version: str
    directory_sequence: int
    as_of: datetime
