"""Curves from a measure to a utility of 0 to 1. NaN in, NaN out."""

from __future__ import annotations

from typing import Final

import numpy as np

from aftercare_matching.domain.arrays import Reals, Tris


def halving(amount: Reals, half: float) -> Reals:
    """1 up to nothing, then half for each `half` more."""
    return np.exp2(-np.maximum(amount, 0.0) / half)


def falling(amount: Reals, full_until: float, gone_at: float) -> Reals:
    """1 up to `full_until`, then in a straight line to 0 at `gone_at`."""
    if gone_at <= full_until:
        return np.where(np.isnan(amount), np.nan, (amount <= full_until).astype(np.float64))
    return np.clip((gone_at - amount) / (gone_at - full_until), 0.0, 1.0)


_BY_TRI: Final = np.array([np.nan, 1.0, 0.0])
"""By three-valued truth; false, -1, is the last."""


def plain(known: Tris) -> Reals:
    """1 for true, 0 for false, NaN for unknown."""
    return _BY_TRI.take(known)
