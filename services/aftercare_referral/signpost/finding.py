"""Putting up signposts, and following them into the one program they name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.sql.work import Unit
from aftercare_referral.signpost.tables import Signpost


def put_up(unit: Unit, aggregate_type: str, aggregate_id: str, *, organization_id: str | None = None) -> None:
    """Let callers without a program find the aggregate."""
    unit.session.add(
        Signpost(
            aggregate_id=aggregate_id,
            aggregate_type=aggregate_type,
            program_id=unit.program_id,
            organization_id=organization_id,
        )
    )


async def close(unit: Unit, aggregate_id: str) -> None:
    """Note that the aggregate waits for no answer any more; nothing where it has no signpost."""
    post = await unit.session.get(Signpost, aggregate_id)
    if post is not None:
        post.is_open = False


async def enter_program_of(unit: Unit, aggregate_type: str, aggregate_id: str) -> None:
    """See the program that the aggregate lies in.

    An agency finds only what is addressed to its organization, a member what lies in their program;
    anything else is `NotFound`, as what is absent.
    """
    if unit.caller.member is not None:
        return
    post = await unit.session.get(Signpost, aggregate_id)
    if post is None or post.aggregate_type != aggregate_type:
        raise NotFound
    agency = unit.caller.agency
    if agency is not None and post.organization_id != agency.organization_id:
        raise NotFound
    unit.enter_program(post.program_id)


async def addressed_to(
    unit: Unit, organization_id: str, *, open_only: bool, before: str, limit: int
) -> Sequence[Signpost]:
    """The signposts of what is addressed to an organization, newest first."""
    query = select(Signpost).where(Signpost.organization_id == organization_id)
    if open_only:
        query = query.where(col(Signpost.is_open).is_(True))
    if before:
        query = query.where(Signpost.aggregate_id < before)
    found = await unit.session.exec(query.order_by(col(Signpost.aggregate_id).desc()).limit(limit))
    return found.all()
