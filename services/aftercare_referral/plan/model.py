"""Plans: how far the matched set of a revision is; pure, with time given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from aftercare_platform.kernel.errors import Conflict, Stale


class PlanState(StrEnum):
    """How far the matched set of the current revision is."""

    MATCHING = "matching"
    MATCHED = "matched"
    MATCH_FAILED = "match_failed"


class StaleRevision(Conflict):
    """The set answers revision {given}, but the plan is at revision {current}."""

    reason = "STALE_REVISION"


class EpisodeOver(Conflict):
    """The client has died: no plan is made any more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a client needs after discharge, at its current revision."""

    id: str
    episode_id: str
    client_id: str
    revision: int
    state: PlanState
    failure: str
    created_at: datetime
    requested_at: datetime
    version: int = 1
    event_version: int = 0

    def require_etag(self, etag: str) -> None:
        """Refuse a revision by someone who has not seen the newest one."""
        if etag != str(self.version):
            raise Stale(what="plan", current=self.version)

    def require_revision(self, revision: int) -> None:
        """Refuse an answer to another revision than the current one."""
        if revision != self.revision:
            raise StaleRevision(given=revision, current=self.revision)

    def requested(self, at: datetime, *, revision: int | None = None) -> Plan:
        """Its matched set is asked for: of the same revision again, or of a new one."""
        return replace(
            self,
            revision=revision or self.revision,
            state=PlanState.MATCHING,
            failure="",
            requested_at=at,
            event_version=self.event_version + 1,
        )

    def matched(self) -> Plan:
        """Its matched set is here."""
        return replace(self, state=PlanState.MATCHED, failure="", event_version=self.event_version + 1)

    def failed(self, reason: str) -> Plan:
        """Matching gave up."""
        return replace(self, state=PlanState.MATCH_FAILED, failure=reason)
