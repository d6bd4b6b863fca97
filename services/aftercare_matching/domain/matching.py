"""From a profile to its matched set: judge every listing of a kind, order what fits, say why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aftercare_matching.domain.criteria.applying import criteria_for
from aftercare_matching.domain.criterion import Criterion
from aftercare_matching.domain.explaining import Judged, options_of
from aftercare_matching.domain.index import Index
from aftercare_matching.domain.match_set import Blocker, KindMatches, MatchSet
from aftercare_matching.domain.order import best
from aftercare_matching.domain.profile import Need, Profile
from aftercare_matching.domain.score import score, utilities_of, weigh
from aftercare_matching.domain.verdicts import NOBODY_FAILS, Verdict, flags_of
from aftercare_matching.domain.view import View
from aftercare_matching.domain.weights import WEIGHTS_VERSION


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

    A listing that fails one constraint only would fit without it; one that fails two tells nothing of
    what either costs.
    """
    verdicts = [_verdict(view, criterion) for criterion in criteria]
    failing = failing_twice = doubted = 0
    for verdict in verdicts:
        failing_twice |= failing & verdict.fails
        failing |= verdict.fails
        doubted |= verdict.doubts
    fits = ~flags_of(failing, len(view))
    return Judged(
        fitting=view.only(fits),
        places=np.flatnonzero(fits),
        doubts=flags_of(doubted, len(view))[fits],
        verdicts=tuple(verdicts),
        blockers=_blockers(criteria, verdicts, failing & ~failing_twice),
    )


def _verdict(view: View, criterion: Criterion) -> Verdict:
    if not criterion.is_constraint:
        return NOBODY_FAILS
    key = criterion.hangs_on(view.profile)
    if key is None:
        return Verdict.of(criterion.tri(view))
    return view.remembered((criterion.name, *key), lambda: Verdict.of(criterion.tri(view)))


def _blockers(
    criteria: Sequence[Criterion], verdicts: Sequence[Verdict], failing_once: int
) -> tuple[Blocker, ...]:
    """The dearest first."""
    costs = [(verdict.fails & failing_once).bit_count() for verdict in verdicts]
    blockers = [Blocker(c.name, cost) for c, cost in zip(criteria, costs, strict=True) if cost]
    return tuple(sorted(blockers, key=lambda blocker: (-blocker.count, blocker.criterion)))


def _of_kind(index: Index, profile: Profile, need: Need) -> KindMatches:
    everyone = View(index, profile, need.kind, index.rows(need.kind))
    criteria = criteria_for(profile, need.kind)
    judged = judge(everyone, criteria)
    weighed = weigh(criteria, need.kind)
    utilities = utilities_of(judged.fitting, weighed)
    scores = score(utilities, weighed)
    chosen = best(judged.fitting, scores, judged.doubts, need.option_count)
    return KindMatches(
        kind=need.kind,
        options=options_of(judged, scores, utilities, weighed, chosen),
        considered_count=len(everyone),
        fitting_count=len(judged.fitting),
        blockers=judged.blockers,
    )
