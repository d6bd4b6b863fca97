"""How many places a listing has free: a number that ages fast, with a version of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from aftercare_directory.domain.statements import Provenance
from aftercare_platform.kernel.errors import InvalidArgument, Violation
from aftercare_platform.kernel.vocabulary import Kind

HOUSING_LASTS: Final = timedelta(hours=72)
"""How long a sober home's number is believed."""
OTHERS_LAST: Final = timedelta(days=14)
"""How long anybody else's is."""


@dataclass(frozen=True, slots=True)
class CapacityReport:
    """What somebody says is free; each number None where they do not say."""

    by: Provenance
    available: int | None = None
    maximum: int | None = None
    waitlist: int | None = None
    expires_at: datetime | None = None
    """None takes the default for the listing's kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """The number as last reported; `version` counts the reports that were taken."""

    listing_id: str
    available: int | None
    maximum: int | None
    waitlist: int | None
    by: Provenance
    expires_at: datetime
    version: int = 1

    def is_expired(self, at: datetime) -> bool:
        """Whether the numbers count as unknown by then."""
        return at >= self.expires_at

    def as_seen(self, at: datetime) -> Capacity:
        """The capacity as it may be shown: expired numbers are unknown, never free."""
        if not self.is_expired(at):
            return self
        return replace(self, available=None, maximum=None, waitlist=None)


def check_report(report: CapacityReport, *, now: datetime) -> None:
    """Refuse a report that cannot be true; the error names each wrong field."""
    violations = []
    if report.by.as_of > now:
        violations.append(Violation("as_of_time", "lies in the future; leave it out for now"))
    if report.expires_at is not None and report.expires_at <= report.by.as_of:
        violations.append(Violation("expire_time", "is not after as_of_time"))
    if report.available is not None and report.maximum is not None and report.available > report.maximum:
        violations.append(
            Violation("available", f"is {report.available}, more than maximum {report.maximum}")
        )
    if violations:
        raise InvalidArgument(violations)


def reported(
    current: Capacity | None,
    report: CapacityReport,
    *,
    listing_id: str,
    kinds: Collection[Kind],
    now: datetime,
) -> Capacity | None:
    """The capacity after a report; None when the report changes nothing.

    A report older than the current one is late news. A feed does not replace what a person said
    until that has expired: most feeds date their numbers by the hour of the download.
    """
    by = report.by
    if current is not None:
        if by.as_of < current.by.as_of:
            return None
        if current.by.is_person and not by.is_person and not current.is_expired(now):
            return None
    new = Capacity(
        listing_id=listing_id,
        available=report.available,
        maximum=report.maximum,
        waitlist=report.waitlist,
        by=by,
        expires_at=report.expires_at or by.as_of + lasts(kinds),
        version=current.version + 1 if current else 1,
    )
    is_repeat = current is not None and replace(new, version=current.version) == current
    return None if is_repeat else new


def lasts(kinds: Collection[Kind]) -> timedelta:
    """How long a number is believed, for a listing of these kinds."""
    return HOUSING_LASTS if Kind.SOBER_LIVING in kinds else OTHERS_LAST
