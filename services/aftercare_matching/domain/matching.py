"""From a profile to its matched set: judge every listing of a kind, order what fits, say why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aftercare_matching.domain.criteria.applying import criteria_for
from aftercare_matching.domain.criterion import Criterion
from aftercare_matching.domain.explaining import Judged, options_of
from aftercare_matching.domain.index import Index
from aftercare_matching.domain.match_set import Blocker, KindMatches, MatchSet
from aftercare_matching.domain.order import best
from aftercare_matching.domain.profile import Need, Profile
from aftercare_matching.domain.score import score, weigh
from aftercare_matching.domain.view import View
from aftercare_matching.domain.weights import WEIGHTS_VERSION

NOBODY = -1
"""No constraint has failed."""


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
    culprit = np.full(len(view), NOBODY, np.int16)
    doubts = np.zeros(len(view), np.uint64)
    for number, criterion in enumerate(criteria):
        if not criterion.is_constraint:
            continue
        verdict = criterion.tri(view)
        np.bitwise_or(doubts, np.uint64(1 << number), out=doubts, where=verdict == 0)
        failed = np.flatnonzero(verdict < 0)
        if not len(failed):
            continue
        again = failed[culprit[failed] != NOBODY]
        culprit[failed] = number
        if len(again):
            kept = np.ones(len(view), np.bool_)
            kept[again] = False
            view, culprit, doubts = view.only(kept), culprit[kept], doubts[kept]
    fits = culprit == NOBODY
    return Judged(view.only(fits), doubts[fits], _blockers(culprit[~fits], criteria))


def _blockers(culprits: NDArray[np.int16], criteria: Sequence[Criterion]) -> tuple[Blocker, ...]:
    """The dearest first."""
    costs = np.bincount(culprits, minlength=len(criteria)).tolist()
    blockers = [Blocker(c.name, cost) for c, cost in zip(criteria, costs, strict=True) if cost]
    return tuple(sorted(blockers, key=lambda blocker: (-blocker.count, blocker.criterion)))


def _of_kind(index: Index, profile: Profile, need: Need) -> KindMatches:
    everyone = View(index, profile, need.kind, index.rows(need.kind))
    criteria = criteria_for(profile, need.kind)
    judged = judge(everyone, criteria)
    weighed = weigh(criteria, need.kind)
    scores = score(judged.fitting, weighed)
    chosen = best(judged.fitting, scores.score, judged.doubts != 0, need.option_count)
    return KindMatches(
        kind=need.kind,
        options=options_of(judged, scores, weighed, chosen),
        considered_count=len(everyone),
        fitting_count=len(judged.fitting),
        blockers=judged.blockers,
    )
