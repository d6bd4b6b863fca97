"""Signposts: the only rows about plans that no program owns. They say nothing of a person."""

from __future__ import annotations

from typing import Final

from sqlmodel import Field, SQLModel


class Signpost(SQLModel, table=True):
    """Which program a plan lies in."""

    __tablename__ = "signpost"

    plan_id: str = Field(primary_key=True)
    program_id: str


SIGNPOST_TABLES: Final[tuple[type[SQLModel], ...]] = (Signpost,)
"""For the migrations of the service."""
