"""The options of one kind, each with its reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from aftercare_matching.domain.arrays import Flags, Reals, Rows
from aftercare_matching.domain.criteria.place import is_about
from aftercare_matching.domain.criterion import Case
from aftercare_matching.domain.listing import Listing
from aftercare_matching.domain.match_set import Blocker, Eligibility, Finding, Option, Outcome
from aftercare_matching.domain.score import Weighed, band
from aftercare_matching.domain.verdicts import Verdict
from aftercare_matching.domain.view import View
from aftercare_platform.kernel.tri import Tri

GOOD_UTILITY = 0.8
"""From here on a criterion that only scores counts as met; down from `POOR_UTILITY`, as unmet."""
POOR_UTILITY = 0.2


@dataclass(frozen=True, slots=True)
class Judged:
    """What fits, and what each constraint alone costs."""

    fitting: View
    places: Rows
    """Per fitting row its place among all that were judged, which is its bit in the verdicts."""
    doubts: Flags
    """Per fitting row, whether some constraint is not known to be met."""
    verdicts: tuple[Verdict, ...]
    """Criterion by criterion, in order, on all that were judged."""
    blockers: tuple[Blocker, ...]

    def doubts_of(self, place: int) -> list[bool]:
        """Criterion by criterion, whether it is not known of this fitting row to be met."""
        bit = 1 << int(self.places[place])
        return [bool(verdict.doubts & bit) for verdict in self.verdicts]


def options_of(
    judged: Judged, scores: Reals, utilities: Reals, weighed: Sequence[Weighed], chosen: Rows
) -> tuple[Option, ...]:
    """The chosen positions among what fits, as options in this order."""
    view = judged.fitting.only(chosen)
    # Where an online meeting has its address is not where it meets.
    meters = np.where(view.is_virtual, np.nan, view.meters())
    of_chosen = utilities[:, chosen].T.tolist()
    options = []
    for number, place in enumerate(chosen.tolist()):
        listing = view.index.listing(int(view.rows[number]))
        capacity = view.index.capacity(int(view.rows[number]))
        far, doubts = float(meters[number]), judged.doubts_of(place)
        case = Case(listing, capacity, view.profile, view.kind, far, Tri.TRUE, math.nan)
        own = _by_criterion(of_chosen[number], weighed)
        low, high, coverage = band(own, weighed)
        options.append(
            Option(
                **_listing_fields(listing),
                capacity=capacity,
                rank=number + 1,
                eligibility=Eligibility.CONDITIONAL if any(doubts) else Eligibility.ELIGIBLE,
                score=float(scores[place]),
                score_low=low,
                score_high=high,
                coverage=coverage,
                meters=None if math.isnan(far) else far,
                is_distance_approximate=not math.isnan(far) and is_about(listing.precision, view.profile),
                findings=tuple(_findings(case, weighed, doubts, own)),
            )
        )
    return tuple(options)


def _by_criterion(utilities: Sequence[float], weighed: Sequence[Weighed]) -> list[float]:
    """One listing's utilities, criterion by criterion; NaN for one that gives no points."""
    known = iter(utilities)
    return [next(known) if item.points else math.nan for item in weighed]


class _ListingFields(TypedDict):
    listing_id: str
    listing_version: int
    name: str
    organization_id: str
    organization_name: str
    city: str
    phone: str


def _listing_fields(listing: Listing) -> _ListingFields:
    return {
        "listing_id": listing.id,
        "listing_version": listing.version,
        "name": listing.name,
        "organization_id": listing.organization_id,
        "organization_name": listing.organization_name,
        "city": "online" if listing.is_virtual else listing.city,
        "phone": listing.phone,
    }


def _findings(
    case: Case, weighed: Sequence[Weighed], doubts: Sequence[bool], utilities: Sequence[float]
) -> Iterator[Finding]:
    """One finding per criterion that has something to tell of a listing."""
    for item, is_doubtful, utility in zip(weighed, doubts, utilities, strict=True):
        tri = Tri.UNKNOWN if is_doubtful else Tri.TRUE
        this = Case(case.listing, case.capacity, case.profile, case.kind, case.meters, tri, utility)
        said = item.criterion.say(this)
        if said is not None:
            yield Finding(
                item.criterion.name,
                _outcome(this, is_constraint=item.criterion.is_constraint),
                said.sentence,
                said.source,
                said.as_of,
                item.given(utility),
                item.points,
                item.criterion.is_constraint,
                said.question,
            )


def _outcome(case: Case, *, is_constraint: bool) -> Outcome:
    """A constraint is met or unknown: what is unmet is no option. A score is met from a good utility on."""
    if is_constraint:
        return Outcome.MET if case.tri is Tri.TRUE else Outcome.UNKNOWN
    if math.isnan(case.utility):
        return Outcome.UNKNOWN
    if case.utility >= GOOD_UTILITY:
        return Outcome.MET
    return Outcome.UNMET if case.utility <= POOR_UTILITY else Outcome.PARTLY
