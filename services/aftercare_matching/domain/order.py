"""The order of what fits: by score, the certain before the doubtful, ties by the client's own hash."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aftercare_matching.domain.arrays import Flags, Reals, Rows
from aftercare_matching.domain.index import NO_PLACE
from aftercare_matching.domain.view import View
from aftercare_matching.domain.weights import CONDITIONAL_DEDUCTION, REPEAT_DEDUCTION
from aftercare_platform.kernel.vocabulary import Kind

MOST_REPEATS: Final = 2
"""A group can repeat a weekday, a place, or both; one further behind is never chosen."""


def best(view: View, scores: Reals, is_conditional: Flags, count: int) -> Rows:
    """Positions in the view of the best `count`, best first; exact, and the same on every replica."""
    count = min(count, len(view))
    if not count:
        return np.zeros(0, np.intp)
    merits = merit(scores, is_conditional)
    is_set = view.kind is Kind.SUPPORT_GROUP
    bar = np.partition(merits, -count)[-count] - (MOST_REPEATS * REPEAT_DEDUCTION if is_set else 0)
    contenders = np.flatnonzero(merits >= bar)
    rows, merits, is_conditional = view.rows[contenders], merits[contenders], is_conditional[contenders]
    ties = tie_breakers(view.profile.tie_key, view.index.identity[rows])
    if is_set:
        among = np.lexsort((ties, is_conditional))
        days, places = view.index.weekdays[rows], view.index.place[rows]
        return contenders[among[_best_set(merits[among], days[among], places[among], count)]]
    return contenders[np.lexsort((ties, is_conditional, -merits))[:count]]


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


def _best_set(merits: Reals, days: NDArray[np.uint8], places: NDArray[np.int32], count: int) -> Sequence[int]:
    """Groups one by one, put back for repeating a weekday or a place: five groups cover five evenings.

    Of those that are as good the first comes first.
    """
    chosen: list[int] = []
    covered, is_again_there = np.uint8(0), np.zeros(len(merits), np.bool_)
    for _ in range(count):
        repeats = ((days & ~covered) == 0).astype(np.int8) + is_again_there
        one = int(np.argmax(merits - REPEAT_DEDUCTION * repeats))
        chosen.append(one)
        merits[one] = -np.inf
        covered |= days[one]
        if places[one] != NO_PLACE:
            is_again_there |= places == places[one]
    return chosen
