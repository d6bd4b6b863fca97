"""What matching does for a plan: steps 4 to 8 of walk A."""

from __future__ import annotations

from typing import Final

from aftercare_matching.engine import Engine
from aftercare_matching.ports import Plans
from aftercare_platform.kernel.errors import Conflict, InvalidArgument

MATCHING_FAILED: Final = (
    "Matching failed five times in a row on these criteria. The plan is safe; ask for the match again, "
    "and tell whoever runs the system if it fails once more."
)


NOT_UNDERSTOOD: Final = "The criteria cannot be matched as they are: {}. Revise the plan."
REASON_LENGTH: Final = 500
"""Characters that the contract allows for a reason."""


def not_understood(error: InvalidArgument) -> str:
    """What is wrong with the criteria, in words for a planner."""
    return NOT_UNDERSTOOD.format("; ".join(f"{v.field} {v.description}" for v in error.violations))


async def answer_plan(plan_id: str, revision: int, *, plans: Plans, engine: Engine) -> bool:
    """Match a plan's revision and hand the set to its owner; False where nobody waits for it any more.

    A set is recorded under the revision that was read, so a plan revised meanwhile refuses it and asks
    anew by its own event.
    """
    asked = await plans.asked(plan_id)
    if asked.profile is None or revision < asked.revision:
        return False
    found = await engine.find(asked.profile)
    try:
        await plans.record(plan_id, asked.revision, found)
    except Conflict:
        return False
    return True


async def give_up(plan_id: str, revision: int, reason: str, *, plans: Plans) -> None:
    """Tell the plan's owner why it gets no set; a revision that was replaced meanwhile needs no reason."""
    try:
        await plans.give_up(plan_id, revision, reason[:REASON_LENGTH])
    except Conflict:
        return
