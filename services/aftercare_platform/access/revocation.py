"""Sessions that ended before their tokens did.

Person tokens live five minutes, so a service need only remember the sessions revoked in the last
few minutes; identity mints nothing more for them. The stream's `SessionRevoked` feeds this set.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from aftercare.identity.v1 import events_pb2
from aftercare_platform.access.tokens import LEEWAY, PERSON_TOKEN_LIFE

if TYPE_CHECKING:
    from aftercare_platform.bus.envelope import Envelope

MEMORY: Final = PERSON_TOKEN_LIFE + 4 * LEEWAY
"""How long a revocation matters: a token's whole life, and ample room for clocks that differ."""

_REVOKED: Final = events_pb2.SessionRevoked.DESCRIPTOR.full_name


class Revocations:
    """The sessions revoked lately."""

    def __init__(self) -> None:
        self._revoked_at: dict[str, datetime] = {}

    def revoke(self, session_id: str, *, at: datetime) -> None:
        """Remember that the session ended; older memories that no longer matter are dropped."""
        self._revoked_at = {id_: when for id_, when in self._revoked_at.items() if when + MEMORY > at}
        self._revoked_at[session_id] = at

    async def apply(self, event: Envelope) -> None:
        """Take a `SessionRevoked`: `Follower(bus, "evt_identity", 1, revocations.apply)`; others pass by."""
        if event.type == _REVOKED:
            ended = events_pb2.SessionRevoked.FromString(event.body)
            self.revoke(ended.session_id, at=ended.revoke_time.ToDatetime(UTC))

    def __contains__(self, session_id: object) -> bool:
        """Whether the session was revoked."""
        return session_id in self._revoked_at

    def __len__(self) -> int:
        """How many revocations are remembered."""
        return len(self._revoked_at)
