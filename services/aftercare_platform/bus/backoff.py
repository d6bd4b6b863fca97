"""Waiting between tries: longer each time, and never in step with others who wait too."""

from __future__ import annotations

import random
from datetime import timedelta


def backoff(failures: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait after this many failures in a row.

    `first`, doubled with each further failure, at most `longest`; of that a random part, at least half.
    """
    whole = min(longest, first * (1 << min(failures - 1, 20)))
    return whole * random.uniform(0.5, 1.0)  # noqa: S311 -- spreads load, guards nothing
