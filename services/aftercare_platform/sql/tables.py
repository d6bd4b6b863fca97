"""The tables that every service with a database has, beside its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, MetaData, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import Sequence64, UtcDateTime


class OutboxRow(SQLModel, table=True):
    """One event, stored in the transaction of the change it tells of, until the relay has published it."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("aggregate_type", "aggregate_id", "version"),
        CheckConstraint("version > 0", name="outbox_version_positive"),
        Index("outbox_unsent", "seq", sqlite_where=text("published_at IS NULL"),
              postgresql_where=text("published_at IS NULL")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    seq: int | None = Field(default=None, primary_key=True, sa_type=Sequence64)
    event_id: str = Field(unique=True)
    subject: str
    aggregate_type: str
    aggregate_id: str
    version: int
    type: str
    traceparent: str = ""
    body: bytes = Field(sa_type=LargeBinary)
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stream_sequence: int | None = Field(default=None, sa_type=Sequence64)


class InboxRow(SQLModel, table=True):
    """An event that was applied; the row is written with its effect."""

    __tablename__ = "inbox"

    event_id: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=UtcDateTime)


class AggregateVersion(SQLModel, table=True):
    """How far another service's aggregate has been followed; the subject names the aggregate."""

    __tablename__ = "aggregate_version"
    __table_args__ = (CheckConstraint("version > 0", name="aggregate_version_positive"),)

    subject: str = Field(primary_key=True)
    version: int


class DeadLetter(SQLModel, table=True):
    """An event that could not be applied, or that waits behind one of the same aggregate."""

    __tablename__ = "dead_letter"
    __table_args__ = (UniqueConstraint("consumer", "event_id"), {"sqlite_autoincrement": True})

    seq: int | None = Field(default=None, primary_key=True, sa_type=Sequence64)
    consumer: str
    event_id: str
    subject: str = Field(index=True)
    aggregate_id: str
    version: int
    type: str
    traceparent: str = ""
    body: bytes = Field(sa_type=LargeBinary)
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    stream_sequence: int = Field(sa_type=Sequence64)
    parked_at: datetime = Field(sa_type=UtcDateTime)
    reason: str


class IdempotencyRecord(SQLModel, table=True):
    """What a call with a key answered, so that the same call again gets the same answer."""

    __tablename__ = "idempotency"

    actor: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    reply: bytes = Field(sa_type=LargeBinary)
    stored_at: datetime = Field(sa_type=UtcDateTime, index=True)


class AuditEntry(SQLModel, table=True):
    """Who did or tried what, when; appended, never changed. Holds identifiers only."""

    __tablename__ = "audit"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: int | None = Field(default=None, primary_key=True, sa_type=Sequence64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str = Field(index=True)
    service: str
    program_id: str | None = Field(default=None, index=True)
    action: str
    allowed: bool
    objects: list[str] = Field(default_factory=list, sa_type=JSON)
    request_ref: str = ""


class Lease(SQLModel, table=True):
    """Who runs a task that may run only once per database, and until when unless renewed."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    expires_at: datetime = Field(sa_type=UtcDateTime)


PLATFORM_TABLES: Final[tuple[type[SQLModel], ...]] = (
    OutboxRow,
    InboxRow,
    AggregateVersion,
    DeadLetter,
    IdempotencyRecord,
    AuditEntry,
    Lease,
)
"""The tables that `metadata_for` adds to a service's own."""


def metadata_for(tables: Iterable[type[SQLModel]]) -> MetaData:
    """The schema of one service: its own tables and the platform's, and nothing of other services.

    SQLModel keeps one metadata per process; a test run that imports several services has all their
    tables in it, so each service's migrations are compared with a copy that holds only its part.
    """
    metadata = MetaData()
    for table in (*PLATFORM_TABLES, *tables):
        table.__table__.to_metadata(metadata)  # type: ignore[attr-defined]
    return metadata
