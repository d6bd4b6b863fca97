"""Putting up signposts, and following them into the one program they name."""

from __future__ import annotations

from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.sql.work import Unit
from aftercare_referral.signpost.tables import Signpost


def put_up(unit: Unit, plan_id: str) -> None:
    """Let services find the plan."""
    unit.session.add(Signpost(plan_id=plan_id, program_id=unit.program_id))


async def enter_program_of(unit: Unit, plan_id: str) -> None:
    """See the program that the plan lies in; `NotFound` for what is no plan."""
    post = await unit.session.get(Signpost, plan_id)
    if post is None:
        raise NotFound
    unit.enter_program(post.program_id)
