"""Clock entries. They hold ids only and belong to no program, as one loop reads them all."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import UtcDateTime


class ClockEntry(SQLModel, table=True):
    """Something that falls due for one aggregate of one program."""

    __tablename__ = "clock_entry"
    __table_args__ = (UniqueConstraint("kind", "aggregate_id"),)

    id: str = Field(primary_key=True)
    kind: str
    aggregate_id: str
    program_id: str
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    failures: int = 0


CLOCK_TABLES: Final[tuple[type[SQLModel], ...]] = (ClockEntry,)
"""For the migrations of the service."""
