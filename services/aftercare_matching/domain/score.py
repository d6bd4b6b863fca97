"""The additive score: points of 100, with the band that the unknowns leave open."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from aftercare_matching.domain.arrays import Reals
from aftercare_matching.domain.criterion import Criterion
from aftercare_matching.domain.view import View
from aftercare_matching.domain.weights import PRIORS, WEIGHTS
from aftercare_platform.kernel.vocabulary import Kind

FULL = 100.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """A criterion with the points it can give for one kind, and what its unknowns count as."""

    criterion: Criterion
    points: float
    prior: float

    def given(self, utility: float) -> float:
        """The points for a utility; NaN counts as the prior."""
        return self.points * (self.prior if math.isnan(utility) else utility)


class Band(NamedTuple):
    """The score with every unknown turning out badly, and well; and the share of the points that is known."""

    low: float
    high: float
    coverage: float


def weigh(criteria: Sequence[Criterion], kind: Kind) -> list[Weighed]:
    """Spread 100 points: over the areas by weight, within an area evenly. Pure constraints get none."""
    shares = Counter(criterion.area for criterion in criteria if criterion.area is not None)
    whole = sum(WEIGHTS[kind][area] for area in shares)
    return [
        Weighed(criterion, 0.0, 0.0)
        if criterion.area is None
        else Weighed(
            criterion,
            FULL * WEIGHTS[kind][criterion.area] / whole / shares[criterion.area],
            PRIORS[criterion.area],
        )
        for criterion in criteria
    ]


def utilities_of(view: View, weighed: Sequence[Weighed]) -> Reals:
    """A line for each criterion that gives points, in order, with each row's utility; NaN is unknown."""
    return np.array([item.criterion.utility(view) for item in weighed if item.points])


def score(utilities: Reals, weighed: Sequence[Weighed]) -> Reals:
    """Each row's points, added up."""
    priors = np.array([[item.prior] for item in weighed if item.points])
    points = np.array([[item.points] for item in weighed if item.points])
    given = np.where(np.isnan(utilities), priors, utilities) * points
    # Line by line: numpy's own sum takes another order for one row than for many, and another last bit.
    whole: Reals = sum(given, np.zeros(len(given.T)))
    return np.minimum(whole, FULL)  # sums of fractions may step over the edge by a billionth


def band(utilities: Sequence[float], weighed: Sequence[Weighed]) -> Band:
    """How far one listing's score may be off; NaN is unknown or not scored."""
    low = known = 0.0
    for item, utility in zip(weighed, utilities, strict=True):
        if not math.isnan(utility):
            low += item.points * utility
            known += item.points
    return Band(min(low, FULL), min(max(low + FULL - known, 0.0), FULL), min(known / FULL, 1.0))
