"""What a criterion is: one thing by which listings are judged, defined once.

The same object rules out (`tri`), scores (`utility`) and explains (`say`); counting what a
constraint costs uses its `tri` too. All work on any slice of rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from aftercare_matching.domain.arrays import Reals, Tris
from aftercare_matching.domain.listing import Capacity, Fact, Listing
from aftercare_matching.domain.profile import Profile
from aftercare_matching.domain.view import View
from aftercare_platform.kernel.tri import Tri
from aftercare_platform.kernel.vocabulary import Kind


class Area(StrEnum):
    """What people choose by; each area has its weight per kind, shared by the criteria in it."""

    LOCATION = "location and accessibility"
    SERVICES = "specialization and services"
    PHILOSOPHY = "philosophy and format"
    CREDENTIALS = "credentials"
    SCHEDULE = "duration and schedule"
    COST = "insurance and cost"
    ROOM = "capacity and wait"
    LANGUAGE = "language"
    PEOPLE = "people"
    FRESHNESS = "freshness"


class Silence(StrEnum):
    """What it means for a constraint when nobody has said anything."""

    ASKS = "asks"
    """Unknown: the listing comes as conditional, with the question to ask."""
    PASSES = "passes"
    """Only a known "no" rules out: it is usual, and nobody writes it down."""
    EXCLUDES = "excludes"
    """It bears on safety: what is not known to be allowed counts as forbidden."""


def heard(known: Tris, silence: Silence) -> Tris:
    """Three-valued truth after silence was given its meaning."""
    match silence:
        case Silence.ASKS:
            return known
        case Silence.PASSES:
            return np.where(known == 0, np.int8(1), known)
        case Silence.EXCLUDES:
            return np.where(known == 0, np.int8(-1), known)


class Case(NamedTuple):
    """One listing before one profile: what a criterion explains."""

    listing: Listing
    capacity: Capacity | None
    profile: Profile
    kind: Kind
    meters: float
    """Meters from the origin; NaN where unknown."""
    tri: Tri
    """The criterion's own verdict; TRUE for one that rules nothing out."""
    utility: float
    """The criterion's own utility, 0 to 1; NaN where unknown or not scored."""


class Said(NamedTuple):
    """A reason in words, with who says so and as of when; and what to ask where it is unknown."""

    sentence: str
    source: str = ""
    as_of: datetime | None = None
    question: str = ""

    @classmethod
    def by(cls, fact: Fact | None, sentence: str, *, question: str = "") -> Said:
        """Said by the fact's source; by nobody where there is no fact."""
        return cls(sentence, fact.source, fact.as_of, question) if fact else cls(sentence, question=question)


class Criterion(ABC):
    """One thing by which listings are judged."""

    name: str
    """Such as "distance" or "medicine_accepted:buprenorphine"."""
    area: Area | None = None
    """Where it scores; None for one that only rules out."""
    is_constraint: bool = False
    """Whether it can rule a listing out."""

    def tri(self, view: View) -> Tris:
        """Row by row, whether the listing is allowed: -1 no, 0 unknown, 1 yes."""
        return np.ones(len(view), np.int8)

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...] | None:
        """What of the client decides the verdicts, besides the criterion's name; for the same, they are kept.

        None where they hang on so much of the client, or on the moment, that nobody will ask the same again.
        """
        return None

    def utility(self, view: View) -> Reals:
        """Row by row, how good the listing is, 0 to 1; NaN is unknown."""
        return np.full(len(view), np.nan)

    @abstractmethod
    def say(self, case: Case) -> Said | None:
        """The reason in words; None where nobody said anything and nothing hangs on it."""
