"""What matching asks of the owner of plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aftercare_matching.domain.match_set import MatchSet
from aftercare_matching.domain.profile import Profile


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan asks for at its current revision; no profile where no set is awaited."""

    revision: int
    profile: Profile | None


class Plans(Protocol):
    """The plans, kept by `referral`. Any call may fail with Unavailable."""

    async def asked(self, plan_id: str) -> Asked:
        """What the plan asks for now; NotFound, or InvalidArgument where it cannot be understood."""
        ...

    async def record(self, plan_id: str, revision: int, found: MatchSet) -> None:
        """Hand over the set of a revision, again if need be; Conflict where another is current."""
        ...

    async def give_up(self, plan_id: str, revision: int, reason: str) -> None:
        """Note that the revision could not be matched, and why, in words for a planner."""
        ...
