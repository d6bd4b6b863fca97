"""What a source says, row by row, before anything is stored.

A reader in `aftercare_directory.sources` turns every row of a feed into exactly one verdict: a
`ListingRecord`, a `RowProblem` (rejected or quarantined) or a `MergedRow`. `RowNote` stands beside
a verdict: something the reader dropped or did not know, which costs the row nothing.

Absence is never "no": what a source does not say is not here at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final, TypeAlias

from aftercare_platform.kernel.errors import invalid
from aftercare_platform.kernel.vocabulary import QUANTITY_UNITS, Attribute, Kind, check_term

SHOWN_VALUE_LENGTH: Final = 80
"""How much of a row's value a problem or a note quotes, in characters."""


class Precision(StrEnum):
    """How well a position is known."""

    EXACT = "exact"
    ZIP = "zip"
    CITY = "city"
    UNKNOWN = "unknown"


class LocationType(StrEnum):
    """Whether people go there or call in."""

    PHYSICAL = "physical"
    VIRTUAL = "virtual"


class Visibility(StrEnum):
    """Whether the address may be shown; a confidential one is shown by county only."""

    PUBLIC = "public"
    CONFIDENTIAL = "confidential"


class Status(StrEnum):
    """Whether a listing is in use; an inactive one is kept, and never matched."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class Verdict(StrEnum):
    """Why a row became no listing: of no use as it stands, or doubtful until somebody looks."""

    REJECTED = "rejected"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class RowRef:
    """Where a row stands: the file's name, its line from 1, and its number among the file's rows from 1.

    Both are kept because a feed written on one line has one line number for all its rows.
    """

    file: str
    line: int
    number: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line} (row {self.number})"


@dataclass(frozen=True, slots=True)
class Session:
    """A weekly meeting or a span of opening hours, in the wall time of an IANA time zone.

    `weekday` is ISO: 0 is Monday. `closes` at or before `opens` means past midnight; None is unknown.
    """

    weekday: int
    opens: time
    closes: time | None
    timezone: str

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise invalid("session.weekday", f"{self.weekday} is not a weekday; 0 is Monday, 6 is Sunday")


@dataclass(frozen=True, slots=True)
class FactValue:
    """One thing known of a listing: a term that holds or does not, or a quantity in its attribute's unit.

    Raises `InvalidArgument` unless exactly one of `holds` and `quantity` is given, and the right one.
    """

    attribute: Attribute
    term: str = ""
    holds: bool | None = None
    quantity: int | None = None

    def __post_init__(self) -> None:
        check_term(self.attribute, self.term)
        if self.attribute in QUANTITY_UNITS:
            if self.quantity is None or self.holds is not None or self.quantity < 0:
                unit = QUANTITY_UNITS[self.attribute]
                raise invalid(str(self.attribute), f"takes a whole number from 0 in {unit}, and nothing else")
        elif self.holds is None or self.quantity is not None:
            raise invalid(str(self.attribute), "takes true or false, and no number")


@dataclass(frozen=True, slots=True)
class OrganizationPart:
    """The organization as the row names it; `source_key` is the source's own name for it."""

    source_key: str
    name: str
    description: str = ""
    url: str = ""
    email: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServicePart:
    """The service as the row names it."""

    source_key: str
    name: str
    description: str = ""
    url: str = ""
    email: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocationPart:
    """The place as the row names it.

    `latitude` and `longitude` are WGS 84 degrees, both or neither; `precision` says how they were come
    by. `state` is two capitals, `country` ISO 3166 alpha-2, `timezone` an IANA name; "" is unknown.
    """

    source_key: str
    name: str = ""
    description: str = ""
    url: str = ""
    email: str = ""
    phones: tuple[str, ...] = ()
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = "US"
    latitude: float | None = None
    longitude: float | None = None
    precision: Precision = Precision.UNKNOWN
    timezone: str = ""
    location_type: LocationType = LocationType.PHYSICAL
    visibility: Visibility = Visibility.PUBLIC

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise invalid("location", "give latitude and longitude together, or neither")


@dataclass(frozen=True, slots=True)
class CapacityPart:
    """What the row says of free places; each number None where it says nothing.

    `as_of` is when the source knew it; without it the number is as old as the record.
    """

    available: int | None = None
    maximum: int | None = None
    waitlist: int | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """One service at one place, as one row of a source gives it.

    `source_key` is stable across imports of the same source. `as_of` is the source's own "last
    changed" (aware, UTC), None where it gives none. `kinds` empty: searchable, never matched.
    """

    source_key: str
    organization: OrganizationPart
    service: ServicePart
    location: LocationPart | None
    row: RowRef
    status: Status = Status.ACTIVE
    kinds: frozenset[Kind] = frozenset()
    facts: tuple[FactValue, ...] = ()
    sessions: tuple[Session, ...] = ()
    hours_text: str = ""
    capacity: CapacityPart | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that became no listing: which field, what it held (cut short), why, and what follows."""

    row: RowRef
    field: str
    value: str
    reason: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class MergedRow:
    """A row that says again what another row's listing holds; `into` is that listing's `source_key`."""

    row: RowRef
    into: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something of a row that was not used: a code we do not know, a placeholder phone. No verdict."""

    row: RowRef
    field: str
    value: str
    reason: str


Outcome: TypeAlias = ListingRecord | RowProblem | MergedRow | RowNote
"""What a reader yields."""
