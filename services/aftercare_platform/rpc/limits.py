"""How many calls are worked on at once; what comes beyond is refused at once, not queued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aftercare_platform.kernel.errors import Exhausted


class Limits:
    """Counts the calls in flight, over all and by method."""

    def __init__(self, overall: int, per_method: int) -> None:
        self._overall = overall
        self._per_method = per_method
        self._in_flight: Counter[str] = Counter()

    @contextmanager
    def slot(self, method: str) -> Iterator[None]:
        """Hold a place for one call; Exhausted when there is none."""
        if self._in_flight.total() >= self._overall or self._in_flight[method] >= self._per_method:
            raise Exhausted(method=method.rpartition("/")[2])
        self._in_flight[method] += 1
        try:
            yield
        finally:
            self._in_flight[method] -= 1
