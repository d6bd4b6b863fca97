"""How plans are stored. Criteria and matched sets tell what a client needs: both are sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import UtcDateTime
from aftercare_platform.sql.tenancy import InProgram


class PlanRow(InProgram, table=True):
    """An aftercare plan at its current revision."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("version > 0", name="plan_version_positive"),
        CheckConstraint("revision > 0", name="plan_revision_positive"),
    )

    id: str = Field(primary_key=True)
    episode_id: str = Field(foreign_key="episode.id", index=True)
    client_id: str = Field(foreign_key="client.id")
    revision: int = 1
    state: str
    failure: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    requested_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1
    event_version: int = 0


class PlanRevisionRow(InProgram, table=True):
    """One revision of a plan: its criteria as given, and its matched set as found. Never changed later."""

    __tablename__ = "plan_revision"

    plan_id: str = Field(primary_key=True, foreign_key="plan.id")
    revision: int = Field(primary_key=True)
    criteria: bytes = Field(sa_type=LargeBinary, repr=False)
    match_set: bytes | None = Field(default=None, sa_type=LargeBinary, repr=False)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


PLAN_TABLES: Final[tuple[type[SQLModel], ...]] = (PlanRow, PlanRevisionRow)
"""For the migrations of the service."""
