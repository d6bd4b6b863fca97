"""The tables of the directory. Statements, sessions and keys are documents, read with their row."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import Sequence64, UtcDateTime

_NO_PLACE: Final = text("location_id IS NULL")


class EntryRow(SQLModel):
    """What every entry's row has."""

    id: str = Field(primary_key=True)
    version: int
    updated_at: datetime = Field(sa_type=UtcDateTime)
    sources: list[Any] = Field(sa_type=JSON)
    """[[source, key], …]"""
    spoken: list[str] = Field(sa_type=JSON)
    fed_as_of: datetime | None = Field(sa_type=UtcDateTime)


class OrganizationRow(EntryRow, table=True):
    """An organization."""

    __tablename__ = "organization"
    __table_args__ = (CheckConstraint("version > 0", name="organization_version_positive"),)

    name: str
    description: str
    url: str
    email: str
    phone: str
    status: str


class ServiceRow(EntryRow, table=True):
    """A service."""

    __tablename__ = "service"
    __table_args__ = (CheckConstraint("version > 0", name="service_version_positive"),)

    organization_id: str = Field(foreign_key="organization.id", index=True)
    name: str
    description: str
    url: str
    email: str
    phone: str
    application_process: str
    fees: str
    status: str


class LocationRow(EntryRow, table=True):
    """A location."""

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint("version > 0", name="location_version_positive"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="location_point_whole"),
    )

    organization_id: str = Field(foreign_key="organization.id", index=True)
    name: str
    address: str
    city: str
    state: str
    zip: str
    county: str
    latitude: float | None
    longitude: float | None
    precision: str
    time_zone: str
    is_virtual: bool
    visibility: str


class ListingRow(EntryRow, table=True):
    """A listing as it is now."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("version > 0", name="listing_version_positive"),
        UniqueConstraint("service_id", "location_id"),
        # NULLs are distinct to a unique constraint; a service is listed without a place once, too.
        Index("listing_without_place", "service_id", unique=True, sqlite_where=_NO_PLACE,
              postgresql_where=_NO_PLACE),
    )  # fmt: skip

    organization_id: str = Field(foreign_key="organization.id", index=True)
    service_id: str = Field(foreign_key="service.id")
    location_id: str | None = Field(foreign_key="location.id", index=True)
    name: str
    description: str
    kinds: str
    """"|outpatient|vocational|", so that one of them can be looked for."""
    statements: list[Any] = Field(sa_type=JSON)
    """[[attribute, term, true | false | number, source, as of], …]"""
    sessions: list[Any] = Field(sa_type=JSON)
    """[[weekday from 0 = Monday, opens, closes], …]"""
    hours: str
    status: str


class ListingVersionRow(SQLModel, table=True):
    """One version of a listing, never changed: the history, and in the order of `cursor` the change log."""

    __tablename__ = "listing_version"
    __table_args__ = (UniqueConstraint("listing_id", "version"), {"sqlite_autoincrement": True})

    cursor: int | None = Field(default=None, primary_key=True, sa_type=Sequence64)
    listing_id: str = Field(foreign_key="listing.id")
    version: int
    status: str
    fields: list[str] = Field(sa_type=JSON)
    actor: str
    changed_at: datetime = Field(sa_type=UtcDateTime)
    document: dict[str, Any] = Field(sa_type=JSON)
    """The listing's own columns, as in `listing`."""


class CapacityRow(SQLModel, table=True):
    """The number of free places as last reported."""

    __tablename__ = "capacity"
    __table_args__ = (CheckConstraint("version > 0", name="capacity_version_positive"),)

    listing_id: str = Field(foreign_key="listing.id", primary_key=True)
    available: int | None
    maximum: int | None
    waitlist: int | None
    source: str
    as_of: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    version: int


class SourceRecordRow(SQLModel, table=True):
    """Which entry a feed's key became, and what the feed said of it last, as a fingerprint."""

    __tablename__ = "source_record"

    source: str = Field(primary_key=True)
    part: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    entry_id: str
    fingerprint: str


class QuarantinedRow(SQLModel, table=True):
    """A row of a feed's newest import that was kept out until somebody looks."""

    __tablename__ = "quarantine"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: int | None = Field(default=None, primary_key=True, sa_type=Sequence64)
    source: str = Field(index=True)
    file: str
    line: int
    number: int
    field: str
    value: str
    reason: str
    set_aside_at: datetime = Field(sa_type=UtcDateTime)


class ListingAnswerRow(SQLModel, table=True):
    """How an agency last answered an offer of a listing: ids and codes only, from `referral`'s events."""

    __tablename__ = "listing_answer"

    listing_id: str = Field(primary_key=True)
    offer_id: str
    answer: str
    reason: str
    answered_at: datetime = Field(sa_type=UtcDateTime)


TABLES: Final[tuple[type[SQLModel], ...]] = (
    OrganizationRow,
    ServiceRow,
    LocationRow,
    ListingRow,
    ListingVersionRow,
    CapacityRow,
    SourceRecordRow,
    QuarantinedRow,
    ListingAnswerRow,
)
"""All tables of this service beside the platform's."""
