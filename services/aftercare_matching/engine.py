"""The index of this process, and the one thread that reads and changes it.

Ranking is work for the processor: on the event loop it would hold up every call. One thread, not
many: Python runs one at a time anyway, and an index that only one thread touches needs no lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aftercare_matching.domain.index import Index
from aftercare_matching.domain.match_set import MatchSet
from aftercare_matching.domain.matching import find
from aftercare_matching.domain.profile import Profile
from aftercare_matching.domain.weights import WEIGHTS_VERSION
from aftercare_platform.kernel.errors import Unavailable

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Status:
    """How full and how fresh the copy is."""

    is_ready: bool
    listing_count: int = 0
    directory_sequence: int = 0
    applied_at: datetime | None = None
    weights_version: str = WEIGHTS_VERSION


class Engine:
    """Answers profiles from the index; Unavailable until one is there."""

    def __init__(self) -> None:
        self._index: Index | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ranking")

    async def find(self, profile: Profile) -> MatchSet:
        """The matched set of a profile."""
        index = self._required()
        return await self._in_thread(lambda: find(index, profile))

    async def change(self, change: Callable[[Index], None]) -> None:
        """Change the index; it has happened when this returns."""
        index = self._required()
        await self._in_thread(lambda: change(index))

    def replace(self, index: Index) -> None:
        """Take a freshly filled index; nobody else may touch it from now on."""
        self._index = index

    async def status(self) -> Status:
        """How full and how fresh the copy is."""
        index = self._index
        if index is None:
            return Status(is_ready=False)
        return await self._in_thread(
            lambda: Status(True, len(index), index.sequence, index.applied_at)  # noqa: FBT003 (is_ready)
        )

    def close(self) -> None:
        """Let the thread end when it has done what was asked of it."""
        self._thread.shutdown(wait=False)

    def _required(self) -> Index:
        if self._index is None:
            raise Unavailable(what="the listing index")
        return self._index

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
