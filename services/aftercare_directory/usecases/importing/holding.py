"""A feed in memory, from its first byte to its last batch.

A national feed is millions of objects, and none of them is garbage. The collector looks through them all
the same, again and again: measured, a quarter of an import. So it rests while they are made, and leaves
them out until the import ends.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from aftercare_directory.domain.record import Outcome


@asynccontextmanager
async def held(read: Callable[[], Iterator[Outcome]]) -> AsyncIterator[Iterator[Outcome]]:
    """All that `read` gives, read to its end beside the event loop; each is let go once it was taken.

    Raises what `read` raises, before anything is given out.
    """
    try:
        outcomes = await asyncio.to_thread(_all, read)
        yield _taken_from(outcomes)
    finally:
        gc.unfreeze()


def _all(read: Callable[[], Iterator[Outcome]]) -> list[Outcome]:
    gc.disable()  # of two imports at once the first to finish ends the rest of both: slower, no more
    try:
        return list(read())
    finally:
        gc.freeze()
        gc.enable()


def _taken_from(outcomes: list[Outcome]) -> Iterator[Outcome]:
    outcomes.reverse()
    while outcomes:
        yield outcomes.pop()
