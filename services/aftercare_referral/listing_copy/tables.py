"""Copies of public facts; they belong to no program."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import UtcDateTime


class ListingCopy(SQLModel, table=True):
    """A listing as its newest event told."""

    __tablename__ = "listing_copy"

    listing_id: str = Field(primary_key=True)
    version: int
    name: str
    organization_id: str
    organization_name: str
    kinds: list[str] = Field(sa_type=JSON)
    is_active: bool


class CapacityCopy(SQLModel, table=True):
    """The last report of free places, and how many were taken since."""

    __tablename__ = "capacity_copy"
    __table_args__ = (CheckConstraint("taken >= 0", name="capacity_copy_taken_not_negative"),)

    listing_id: str = Field(primary_key=True)
    version: int
    available: int | None = None
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken: int = 0
    """Acceptances since this report; a newer one begins again at 0."""


LISTING_COPY_TABLES: Final[tuple[type[SQLModel], ...]] = (ListingCopy, CapacityCopy)
"""For the migrations of the service."""
