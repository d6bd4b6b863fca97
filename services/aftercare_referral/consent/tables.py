"""How consents and disclosures are stored. Free text is sealed with the client's key, as is the signer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import JSON, CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from aftercare_platform.sql.columns import UtcDateTime
from aftercare_platform.sql.tenancy import InProgram


class ConsentRow(InProgram, table=True):
    """A consent as recorded; only its withdrawal is written later."""

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint("version > 0", name="consent_version_positive"),)

    id: str = Field(primary_key=True)
    episode_id: str = Field(foreign_key="episode.id", index=True)
    client_id: str = Field(foreign_key="client.id")
    discloser: bytes = Field(sa_type=LargeBinary, repr=False)
    categories: list[str] = Field(sa_type=JSON)
    recipients: list[str] = Field(sa_type=JSON)
    purposes: list[str] = Field(sa_type=JSON)
    states_right_to_revoke: bool
    expires_on: date | None = None
    expiration_event: bytes = Field(sa_type=LargeBinary, repr=False)
    signer_name: bytes = Field(sa_type=LargeBinary, repr=False)
    signed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    states_redisclosure: bool
    states_consequences_of_refusal: bool
    states_hipaa_redisclosure: bool
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = None
    revoke_channel: bytes | None = Field(default=None, sa_type=LargeBinary, repr=False)
    version: int = 1


class DisclosureRow(InProgram, table=True):
    """One disclosure: what was told to whom, when and by which right; appended, never changed.

    It names the fields, not their values: the log of what left must not be a second place to leak from.
    """

    __tablename__ = "disclosure"

    id: str = Field(primary_key=True)
    disclosed_at: datetime = Field(sa_type=UtcDateTime)
    client_id: str = Field(foreign_key="client.id", index=True)
    episode_id: str = Field(foreign_key="episode.id")
    offer_id: str = Field(index=True)
    organization_id: str
    recipient: str
    fields: list[str] = Field(sa_type=JSON)
    purpose: str
    consent_id: str = Field(foreign_key="consent.id")
    consent_version: int
    notice_id: str


CONSENT_TABLES: Final[tuple[type[SQLModel], ...]] = (ConsentRow, DisclosureRow)
"""For the migrations of the service."""
