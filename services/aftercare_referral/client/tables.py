"""How clients and episodes are stored; everything that identifies a person is sealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import UtcDateTime
from aftercare_platform.sql.tenancy import InProgram


class ClientRow(InProgram, table=True):
    """A person in the program's care. The sealed columns open with the client's own key."""

    __tablename__ = "client"
    __table_args__ = (CheckConstraint("version > 0", name="client_version_positive"),)

    id: str = Field(primary_key=True)
    given_name: bytes = Field(sa_type=LargeBinary, repr=False)
    family_name: bytes = Field(sa_type=LargeBinary, repr=False)
    birth_date: bytes = Field(sa_type=LargeBinary, repr=False)
    gender: bytes = Field(sa_type=LargeBinary, repr=False)
    phone: bytes = Field(sa_type=LargeBinary, repr=False)
    tie_key: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class ClientKeyRow(InProgram, table=True):
    """A client's data key, wrapped. Deleting this row forgets the person: nothing of theirs opens again."""

    __tablename__ = "client_key"

    client_id: str = Field(primary_key=True, foreign_key="client.id")
    key_version: int = 1
    wrapped: bytes = Field(sa_type=LargeBinary, repr=False)


class EpisodeRow(InProgram, table=True):
    """One stay of a client; a client has at most one that is open."""

    __tablename__ = "episode"
    __table_args__ = (
        CheckConstraint("version > 0", name="episode_version_positive"),
        CheckConstraint(
            "(discharged_on IS NULL) = (discharge_kind IS NULL)", name="episode_discharge_whole"
        ),
        Index("episode_open_once", "client_id", unique=True, sqlite_where=text("discharged_on IS NULL"),
              postgresql_where=text("discharged_on IS NULL")),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    client_id: str = Field(foreign_key="client.id", index=True)
    admitted_on: date
    planned_discharge_on: date | None = None
    discharged_on: date | None = None
    discharge_kind: str | None = None
    version: int = 1


class SealProof(SQLModel, table=True):
    """A known text, sealed with the key that this database was begun with."""

    __tablename__ = "seal_proof"

    name: str = Field(primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary, repr=False)


CLIENT_TABLES: Final[tuple[type[SQLModel], ...]] = (ClientRow, ClientKeyRow, EpisodeRow, SealProof)
"""For the migrations of the service."""
