"""Setting and clearing clock entries, in the transaction of the change that asks for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import col, delete

from aftercare_platform.kernel.ids import new_id
from aftercare_platform.sql.work import Unit
from aftercare_referral.clock.tables import ClockEntry


class ClockKind(StrEnum):
    """What can fall due; an aggregate has at most one entry of each."""

    SEND_OFFER = "send_offer"
    OFFER_ANSWER = "offer_answer"
    PLAN_MATCH = "plan_match"


async def set_clock(unit: Unit, kind: ClockKind, aggregate_id: str, due_at: datetime) -> None:
    """Let it fall due then; an entry of the same kind is replaced."""
    await clear_clock(unit, kind, aggregate_id)
    unit.session.add(
        ClockEntry(
            id=new_id(), kind=kind.value, aggregate_id=aggregate_id, program_id=unit.program_id, due_at=due_at
        )
    )
    await unit.session.flush()


async def clear_clock(unit: Unit, kind: ClockKind, aggregate_id: str) -> None:
    """Let it not fall due; nothing where it is not set."""
    await unit.session.execute(
        delete(ClockEntry).where(
            col(ClockEntry.kind) == kind.value, col(ClockEntry.aggregate_id) == aggregate_id
        )
    )
