"""The order of what fits: by score, the certain before the doubtful, ties by the client's own hash."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from aftercare_matching.domain.arrays import Flags, Reals, Rows
from aftercare_matching.domain.index import NO_PLACE
from aftercare_matching.domain.view import View
from aftercare_matching.domain.weights import CONDITIONAL_DEDUCTION, REPEAT_DEDUCTION
from aftercare_platform.kernel.vocabulary import Kind


def best(view: View, scores: Reals, is_conditional: Flags, count: int) -> Rows:
    """Positions in the view of the best `count`, best first; exact, and the same on every replica."""
    if not len(view) or not count:
        return np.zeros(0, np.intp)
    merits = merit(scores, is_conditional)
    ties = tie_breakers(view.profile.tie_key, view.index.identity[view.rows])
    if view.kind is Kind.SUPPORT_GROUP:
        return _best_set(view, merits, is_conditional, ties, count)
    count = min(count, len(merits))
    bar = np.partition(merits, -count)[-count]
    contenders = np.flatnonzero(merits >= bar)
    ranks = np.lexsort((ties[contenders], is_conditional[contenders], -merits[contenders]))
    return contenders[ranks[:count]]


def merit(scores: Reals, is_conditional: Flags) -> Reals:
    """What the order goes by: whole points, less a deduction where something must be asked first."""
    whole: Reals = np.floor(np.round(scores, 6) + 0.5)  # 6 decimals first: noise in the last bit moves nobody
    merits: Reals = whole - CONDITIONAL_DEDUCTION * is_conditional
    return merits


def tie_breakers(tie_key: str, identities: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number per listing that only this tie key orders so; neither names nor ages decide.

    The mixing is that of splitmix64: each input bit turns about half of the output's.
    """
    seed = np.uint64(int.from_bytes(blake2b(tie_key.encode(), digest_size=8).digest(), "big"))
    mixed = identities ^ seed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _best_set(view: View, merits: Reals, is_conditional: Flags, ties: NDArray[np.uint64], count: int) -> Rows:
    """Groups one by one, put back for repeating a weekday or a place: five groups cover five evenings."""
    days, places = view.index.weekdays[view.rows], view.index.place[view.rows]
    chosen: list[int] = []
    covered = np.uint8(0)
    is_free = np.ones(len(merits), np.bool_)
    for _ in range(min(count, len(merits))):
        repeats = ((days & ~covered) == 0).astype(np.int8)
        repeats += (places != NO_PLACE) & np.isin(places, places[chosen])
        now = np.where(is_free, merits - REPEAT_DEDUCTION * repeats, -np.inf)
        contenders = np.flatnonzero(now == now.max())
        one = int(contenders[np.lexsort((ties[contenders], is_conditional[contenders]))[0]])
        chosen.append(one)
        is_free[one] = False
        covered |= days[one]
    return np.array(chosen, np.intp)
