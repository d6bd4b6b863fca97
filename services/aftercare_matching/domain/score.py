"""The additive score: points of 100, with the band that the unknowns leave open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

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
        return self.points * (self.prior if utility != utility else utility)  # noqa: PLR0124 (NaN)


@dataclass(frozen=True, slots=True)
class Scores:
    """Row by row: the score, with every unknown turning out badly or well, and the share that is known."""

    score: Reals
    low: Reals
    high: Reals
    coverage: Reals
    utilities: tuple[Reals | None, ...]
    """Criterion by criterion, in order; None for one that gives no points."""


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


def score(view: View, weighed: Sequence[Weighed]) -> Scores:
    """Add up each row's points."""
    total, low, known = np.zeros(len(view)), np.zeros(len(view)), np.zeros(len(view))
    utilities = tuple(item.criterion.utility(view) if item.points else None for item in weighed)
    for item, utility in zip(weighed, utilities, strict=True):
        if utility is None:
            continue
        is_known = ~np.isnan(utility)
        sure = np.where(is_known, utility, 0.0) * item.points
        low += sure
        total += np.where(is_known, sure, item.prior * item.points)
        known += is_known * item.points
    # Sums of fractions may step over the edge by a billionth, hence the clipping.
    return Scores(
        score=np.clip(total, 0.0, FULL),
        low=np.clip(low, 0.0, FULL),
        high=np.clip(low + FULL - known, 0.0, FULL),
        coverage=np.clip(known / FULL, 0.0, 1.0),
        utilities=utilities,
    )
