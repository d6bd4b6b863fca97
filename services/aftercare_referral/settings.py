"""What an operator can set of referral, beside what every service has."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from aftercare_platform.settings import Duration, PlatformSettings
from aftercare_referral.referral.model import Terms


class ReferralSettings(PlatformSettings):
    """The settings of the referral service."""

    seal_key_file: Path | None = None
    """The key (0600) that seals what is about clients; by default `clients.seal` in the folder of keys."""
    undo_within: Duration = Field(default=timedelta(seconds=30), ge=timedelta(0))
    """How long a planner can take an offer back before it goes out, in seconds."""
    answer_within: Duration = Field(default=timedelta(days=2), gt=timedelta(0))
    """How long an agency has to answer an offer, in seconds."""
    arrival_within: Duration = Field(default=timedelta(days=7), gt=timedelta(0))
    """How long after an acceptance the case manager asks whether the client arrived, in seconds."""
    planner_within: Duration = Field(default=timedelta(days=1), gt=timedelta(0))
    """How long the planner has to move on when the ball comes back, in seconds."""

    @property
    def seal_key(self) -> Path:
        """Where the seal key lies."""
        return self.seal_key_file or self.keys_folder / "clients.seal"

    @property
    def terms(self) -> Terms:
        """How long things may take."""
        return Terms(
            undo=self.undo_within,
            answer=self.answer_within,
            arrival=self.arrival_within,
            planner=self.planner_within,
        )
