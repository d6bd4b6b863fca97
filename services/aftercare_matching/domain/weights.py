"""The one table of weights and priors. Whoever changes a number changes the version.

Weights are points of 100 per kind; an area for which the client has no need drops out and the rest
is scaled up to 100. The prior is what an unknown utility counts as: less than the usual share of
"yes", so that silence is not rewarded, and more than nothing, so that small programs are not buried.
Reputation and success rates are the seventh thing people choose by: no listing states them yet, so
they have no area here until outcomes are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aftercare_matching.domain.criterion import Area
from aftercare_platform.kernel.vocabulary import Kind

WEIGHTS_VERSION: Final = "2026-11-24.1"

_COLUMNS: Final = (Kind.SUPPORT_GROUP, Kind.SOBER_LIVING, Kind.OUTPATIENT, Kind.VOCATIONAL, Kind.COMMUNITY)
_TABLE: Final = {
    #                 group house care work help
    Area.LOCATION:    (20, 15, 18, 10, 22),
    Area.SERVICES:    (8, 10, 24, 28, 24),
    Area.PHILOSOPHY:  (18, 8, 3, 3, 4),
    Area.CREDENTIALS: (2, 7, 5, 8, 4),
    Area.SCHEDULE:    (22, 5, 6, 12, 10),
    Area.COST:        (2, 15, 14, 12, 12),
    Area.ROOM:        (3, 20, 15, 10, 7),
    Area.LANGUAGE:    (5, 4, 5, 5, 5),
    Area.PEOPLE:      (12, 8, 5, 7, 6),
    Area.FRESHNESS:   (8, 8, 5, 5, 6),
}  # fmt: skip

WEIGHTS: Final[Mapping[Kind, Mapping[Area, float]]] = {
    kind: {area: float(points[column]) for area, points in _TABLE.items()}
    for column, kind in enumerate(_COLUMNS)
}
"""Points per area, for each kind; they add up to 100."""

PRIORS: Final[Mapping[Area, float]] = {
    Area.LOCATION: 0.4,
    Area.SERVICES: 0.35,
    Area.PHILOSOPHY: 0.4,
    Area.CREDENTIALS: 0.4,
    Area.SCHEDULE: 0.4,
    Area.COST: 0.4,
    Area.ROOM: 0.3,
    Area.LANGUAGE: 0.2,
    Area.PEOPLE: 0.3,
    Area.FRESHNESS: 0.3,
}
"""What an unknown utility counts as."""

CONDITIONAL_DEDUCTION: Final = 5
"""Points by which a conditional listing is put back in the order; its score is shown without it."""
REPEAT_DEDUCTION: Final = 10
"""Points a group is put back for meeting on a weekday, or at a place, that the set has already."""
