"""The inbox: each event of another service takes effect once, in the order of its aggregate."""

from __future__ import annotations

from enum import Enum

from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.sql.tables import AggregateVersion, InboxRow
from aftercare_platform.sql.work import Unit


class Verdict(Enum):
    """What is to be done with an event."""

    NEW = "new"
    """Apply it, in this unit."""
    SEEN = "seen"
    """It was applied before: acknowledge it."""
    GAP = "gap"
    """One before it has not come yet: retry later."""


async def receive(unit: Unit, event: Envelope) -> Verdict:
    """Note the event in the unit's transaction and say whether to apply it.

    Versions of an aggregate must come contiguous from 1; only NEW is noted.
    """
    if await unit.session.get(InboxRow, event.event_id) is not None:
        return Verdict.SEEN
    followed = await unit.session.get(AggregateVersion, event.subject)
    reached = followed.version if followed else 0
    if event.version <= reached:
        return Verdict.SEEN
    if event.version > reached + 1:
        return Verdict.GAP
    unit.session.add(InboxRow(event_id=event.event_id, received_at=unit.now))
    if followed:
        followed.version = event.version
    else:
        unit.session.add(AggregateVersion(subject=event.subject, version=event.version))
    return Verdict.NEW
