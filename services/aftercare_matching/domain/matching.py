"""From a profile to its matched set: judge every listing of a kind, order what fits, say why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from aftercare_matching.domain.arrays import Flags, Rows
from aftercare_matching.domain.criteria.applying import criteria_for
from aftercare_matching.domain.criteria.place import is_about
from aftercare_matching.domain.criterion import Case, Criterion
from aftercare_matching.domain.index import Index
from aftercare_matching.domain.listing import Listing
from aftercare_matching.domain.match_set import (
    Blocker,
    Eligibility,
    Finding,
    KindMatches,
    MatchSet,
    Option,
    Outcome,
)
from aftercare_matching.domain.order import best
from aftercare_matching.domain.profile import Need, Profile
from aftercare_matching.domain.score import Scores, Weighed, score, weigh
from aftercare_matching.domain.view import View
from aftercare_matching.domain.weights import WEIGHTS_VERSION
from aftercare_platform.kernel.tri import Tri

GOOD_UTILITY = 0.8
"""From here on a criterion that only scores counts as met; down from `POOR_UTILITY`, as unmet."""
POOR_UTILITY = 0.2


@dataclass(frozen=True, slots=True)
class Judged:
    """What fits, which of it conditionally, and what each constraint alone costs."""

    fitting: View
    is_conditional: Flags
    blockers: tuple[Blocker, ...]


def find(index: Index, profile: Profile) -> MatchSet:
    """The matched set. The same profile, index and weights give the same set, on every replica."""
    return MatchSet(
        kinds=tuple(_of_kind(index, profile, need) for need in profile.needs),
        weights_version=WEIGHTS_VERSION,
        directory_sequence=index.sequence,
        as_of=profile.as_of,
    )


def judge(view: View, criteria: Sequence[Criterion]) -> Judged:
    """Every listing against every constraint, exactly.

    A listing that fails two constraints neither fits nor tells what one of them alone costs: it is
    looked at no further.
    """
    constraints = [criterion for criterion in criteria if criterion.is_constraint]
    culprit = np.full(len(view), -1, np.int16)
    is_conditional = np.zeros(len(view), np.bool_)
    for number, constraint in enumerate(constraints):
        verdict = constraint.tri(view)
        failed = verdict < 0
        is_conditional |= verdict == 0
        again = failed & (culprit >= 0)
        culprit[failed & ~again] = number
        if again.any():
            kept = ~again
            view, culprit, is_conditional = view.only(kept), culprit[kept], is_conditional[kept]
    fits = culprit < 0
    costs = np.bincount(culprit[~fits], minlength=len(constraints))
    blockers = [Blocker(c.name, int(cost)) for c, cost in zip(constraints, costs, strict=True) if cost]
    blockers.sort(key=lambda blocker: (-blocker.count, blocker.criterion))
    return Judged(view.only(fits), is_conditional[fits], tuple(blockers))


def _of_kind(index: Index, profile: Profile, need: Need) -> KindMatches:
    everyone = View(index, profile, need.kind, index.rows(need.kind))
    criteria = criteria_for(profile, need.kind)
    judged = judge(everyone, criteria)
    weighed = weigh(criteria, need.kind)
    scores = score(judged.fitting, weighed)
    chosen = best(judged.fitting, scores.score, judged.is_conditional, need.option_count)
    return KindMatches(
        kind=need.kind,
        options=_options(judged, scores, weighed, chosen),
        considered_count=len(everyone),
        fitting_count=len(judged.fitting),
        blockers=judged.blockers,
    )


def _options(judged: Judged, scores: Scores, weighed: Sequence[Weighed], chosen: Rows) -> tuple[Option, ...]:
    view = judged.fitting.only(chosen)
    meters = view.meters()
    meters[view.is_virtual] = np.nan  # an online meeting's address is not where it meets
    findings = _findings(view, weighed, meters.tolist())
    return tuple(
        Option(
            **_listing_fields(view.index.listing(row)),
            capacity=view.index.capacity(row),
            rank=number + 1,
            eligibility=Eligibility.CONDITIONAL if judged.is_conditional[place] else Eligibility.ELIGIBLE,
            score=float(scores.score[place]),
            score_low=float(scores.low[place]),
            score_high=float(scores.high[place]),
            coverage=float(scores.coverage[place]),
            meters=None if math.isnan(meters[number]) else float(meters[number]),
            is_distance_approximate=not math.isnan(meters[number])
            and is_about(view.index.listing(row).precision, view.profile),
            findings=tuple(findings[number]),
        )
        for number, (row, place) in enumerate(zip(view.rows.tolist(), chosen.tolist(), strict=True))
    )


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


def _findings(view: View, weighed: Sequence[Weighed], meters: Sequence[float]) -> list[list[Finding]]:
    """Per row, one finding per criterion that has something to tell."""
    index, rows = view.index, view.rows.tolist()
    listings = [(index.listing(row), index.capacity(row)) for row in rows]
    findings: list[list[Finding]] = [[] for _ in rows]
    for item in weighed:
        verdicts = item.criterion.tri(view).tolist()
        utilities = item.criterion.utility(view).tolist() if item.points else [math.nan] * len(rows)
        for place, (listing, capacity) in enumerate(listings):
            case = Case(
                listing,
                capacity,
                view.profile,
                view.kind,
                meters[place],
                Tri(verdicts[place]),
                utilities[place],
            )
            finding = _finding(item, case)
            if finding is not None:
                findings[place].append(finding)
    return findings


def _finding(item: Weighed, case: Case) -> Finding | None:
    said = item.criterion.say(case)
    if said is None:
        return None
    return Finding(
        criterion=item.criterion.name,
        outcome=_outcome(item.criterion, case),
        sentence=said.sentence,
        source=said.source,
        as_of=said.as_of,
        points=item.given(case.utility),
        points_possible=item.points,
        is_constraint=item.criterion.is_constraint,
        question=said.question,
    )


def _outcome(criterion: Criterion, case: Case) -> Outcome:
    """A constraint is met or unknown: what is unmet is not here. A score is met from a good utility on."""
    if criterion.is_constraint:
        return {Tri.TRUE: Outcome.MET, Tri.UNKNOWN: Outcome.UNKNOWN, Tri.FALSE: Outcome.UNMET}[case.tri]
    if math.isnan(case.utility):
        return Outcome.UNKNOWN
    if case.utility >= GOOD_UTILITY:
        return Outcome.MET
    return Outcome.UNMET if case.utility <= POOR_UTILITY else Outcome.PARTLY
