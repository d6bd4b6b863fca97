"""How referrals and offers are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import UtcDateTime
from aftercare_platform.sql.tenancy import InProgram


class ReferralRow(InProgram, table=True):
    """One need of one client."""

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("version > 0", name="referral_version_positive"),
        CheckConstraint("(closed_at IS NULL) = (close_reason IS NULL)", name="referral_closing_whole"),
    )

    id: str = Field(primary_key=True)
    plan_id: str = Field(foreign_key="plan.id", index=True)
    episode_id: str = Field(foreign_key="episode.id")
    client_id: str = Field(foreign_key="client.id")
    kind: str
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    close_reason: str | None = None
    version: int = 1


class OfferRow(InProgram, table=True):
    """One agency asked for one referral."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("version > 0", name="offer_version_positive"),
        CheckConstraint(
            "(state = 'declined') = (decline_reason IS NOT NULL)", name="offer_decline_has_reason"
        ),
        CheckConstraint(
            "(state = 'discarded') = (discard_reason IS NOT NULL)", name="offer_discard_has_reason"
        ),
        Index("offer_organization", "organization_id", "id"),
    )

    id: str = Field(primary_key=True)
    referral_id: str = Field(foreign_key="referral.id", index=True)
    episode_id: str = Field(foreign_key="episode.id")
    kind: str
    listing_id: str
    listing_name: str
    organization_id: str
    mode: str
    state: str
    send_at: datetime = Field(sa_type=UtcDateTime)
    answer_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decline_reason: str | None = None
    discard_reason: str | None = None
    answered_by: str = ""
    withheld: list[str] = Field(sa_type=JSON)
    version: int = 1
    event_version: int = 0


REFERRAL_TABLES: Final[tuple[type[SQLModel], ...]] = (ReferralRow, OfferRow)
"""For the migrations of the service."""
