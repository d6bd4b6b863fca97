"""Signposts: the only rows about offers and plans that no program owns. They say nothing of a person."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Signpost(SQLModel, table=True):
    """Which program an aggregate lies in, and which organization it is addressed to."""

    __tablename__ = "signpost"
    __table_args__ = (Index("signpost_organization", "organization_id", "is_open", "aggregate_id"),)

    aggregate_id: str = Field(primary_key=True)
    aggregate_type: str
    program_id: str
    organization_id: str | None = None
    is_open: bool = True
    """Whether it still waits for its answer."""


SIGNPOST_TABLES: Final[tuple[type[SQLModel], ...]] = (Signpost,)
"""For the migrations of the service."""
