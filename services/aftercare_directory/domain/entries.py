"""What the directory keeps: organizations, their services and locations, and listings (as in HSDS).

An entry is never changed in place: a change makes the next version of it. `edits` says what a person
may change, `feeding` what a feed may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from aftercare_directory.domain.record import Precision, Status, Visibility
from aftercare_directory.domain.statements import Statement
from aftercare_directory.domain.weekly import WeeklyTime
from aftercare_platform.kernel.vocabulary import Kind


@dataclass(frozen=True, slots=True, order=True)
class SourceKey:
    """Where an entry was read from: a feed's name and the record's key in it."""

    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Point:
    """A position, WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is kept of every entry beside what it says."""

    id: str
    updated_at: datetime
    version: int = 1
    """Grows by one with each change that readers can see."""
    sources: tuple[SourceKey, ...] = ()
    spoken: frozenset[str] = frozenset()
    """The fields that a person has set; no feed changes these."""
    fed_as_of: datetime | None = None
    """How old the newest feed record is that was read into this entry."""

    @property
    def etag(self) -> str:
        """What a change must bring back, to show that it was made on this version."""
        return str(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Entry):
    """Runs services and, as an agency, answers offers."""

    name: str
    description: str = ""
    url: str = ""
    email: str = ""
    phone: str = ""
    status: Status = Status.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Entry):
    """Something an organization does, at one or more locations."""

    organization_id: str
    name: str
    description: str = ""
    url: str = ""
    email: str = ""
    phone: str = ""
    application_process: str = ""
    fees: str = ""
    status: Status = Status.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Entry):
    """A place, or the place that stands for meeting online. `state` is two capitals, "" unknown."""

    organization_id: str
    name: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    county: str = ""
    point: Point | None = None
    precision: Precision = Precision.UNKNOWN
    time_zone: str = ""
    is_virtual: bool = False
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Entry):
    """One service at one location: the unit of search, capacity and referral.

    `name` is empty where the service's own name does. `statements` holds everything anybody said of
    it; what stands among them is told by `statements.standing`.
    """

    organization_id: str
    service_id: str
    location_id: str | None = None
    name: str = ""
    description: str = ""
    kinds: frozenset[Kind] = frozenset()
    statements: tuple[Statement, ...] = ()
    sessions: tuple[WeeklyTime, ...] = ()
    hours: str = ""
    status: Status = Status.ACTIVE


AnyEntry = TypeVar("AnyEntry", bound=Entry)

EDITABLE: Final[dict[type[Entry], frozenset[str]]] = {
    Organization: frozenset("name description url email phone status".split()),
    Service: frozenset("name description url email phone application_process fees status".split()),
    Location: frozenset("name address city state zip county point time_zone is_virtual visibility".split()),
    Listing: frozenset("name description kinds facts sessions hours status".split()),
}
"""The fields that can be changed, by their names in the contract."""
