"""The audit trail: one entry for each act that was allowed and each that was denied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aftercare_platform.sql.tables import AuditEntry

if TYPE_CHECKING:
    from aftercare_platform.sql.work import Unit


def append_audit(
    unit: Unit, action: str, *, allowed: bool, objects: Iterable[str] = (), request_ref: str = ""
) -> None:
    """Append one entry in the unit's own transaction: it stands if, and only if, the act stands.

    `action` is the full method name or "event:<type>" or "clock:<kind>"; `objects` are "<type>:<id>",
    beside those the unit was told to `touch`. `SqlWork.write(..., action=...)` and `SqlWork.deny`
    call this; others need it only for a second act within one unit.
    """
    unit.session.add(
        AuditEntry(
            at=unit.now,
            actor=unit.caller.actor,
            service=unit.service,
            program_id=unit.entered_program,
            action=action,
            allowed=allowed,
            objects=sorted({*unit.touched, *objects}),
            request_ref=request_ref,
        )
    )
