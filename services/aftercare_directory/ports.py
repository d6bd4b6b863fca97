"""What the use cases need of the world: the directory's records within one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from aftercare_directory.domain.capacity import Capacity
from aftercare_directory.domain.entries import AnyEntry, Entry, Listing
from aftercare_directory.domain.published import Published
from aftercare_directory.domain.record import RowProblem, Status
from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.vocabulary import Kind


class Part(StrEnum):
    """What a feed's key names; the keys of each part are apart from the others."""

    ORGANIZATION = "organization"
    SERVICE = "service"
    LOCATION = "location"
    LISTING = "listing"


PartKey = tuple[Part, str]
"""A part and the feed's key of it."""


@dataclass(frozen=True, slots=True)
class KnownPart:
    """Which entry a feed's key became, and the fingerprint of what the feed said of it last."""

    id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """A new version of a listing, and the fields that changed; `is_new` when it is the first."""

    listing: Published
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListingChange:
    """One entry of the change log; `cursor` grows with each."""

    cursor: int
    listing_id: str
    version: int
    status: Status
    fields: tuple[str, ...]
    actor: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """Which listings to list; empty values let everything through. The name is looked for in any case."""

    organization_id: str = ""
    kind: Kind | None = None
    status: Status | None = None
    name_contains: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an agency last answered an offer of a listing: "accepted" or "declined", and the reason's code."""

    listing_id: str
    offer_id: str
    answer: str
    reason: str
    answered_at: datetime


class Records(Protocol):
    """Entries as one transaction sees and changes them."""

    @property
    def caller(self) -> Caller:
        """Who asks."""
        ...

    @property
    def now(self) -> datetime:
        """The moment of the transaction."""
        ...

    async def find(self, kind: type[AnyEntry], ids: Collection[str]) -> dict[str, AnyEntry]:
        """The entries with these ids, as far as there are any."""
        ...

    async def listings_of(
        self,
        *,
        organizations: Collection[str] = (),
        services: Collection[str] = (),
        locations: Collection[str] = (),
    ) -> list[Listing]:
        """The listings that belong to any of these."""
        ...

    async def capacities(self, listing_ids: Collection[str]) -> dict[str, Capacity]:
        """The capacities of these listings, where reported."""
        ...

    async def insert(self, entries: Sequence[Entry]) -> None:
        """Store new entries; of organizations, services, locations and listings mixed, in that order."""
        ...

    async def change(self, entries: Sequence[tuple[Entry, Entry]]) -> None:
        """Put each second entry in the place of the first; `Stale` when that is no longer the current one."""
        ...

    async def announce(self, announcements: Sequence[Announcement], *, actor: str) -> None:
        """Log the new versions and record their events."""
        ...

    async def report(self, capacities: Sequence[Capacity]) -> None:
        """Store new capacities and record their events."""
        ...

    def touch(self, entry: Entry) -> None:
        """Note the entry for the audit."""
        ...


class Shelves(Records, Protocol):
    """The records with what is listed, read in pages and followed."""

    async def page(
        self, kind: type[AnyEntry], *, after: str, limit: int, organization_id: str = ""
    ) -> list[AnyEntry]:
        """Entries in the order of their ids, which is that of their making, behind the id `after`."""
        ...

    async def page_of_listings(self, only: ListingFilter, *, after: str, limit: int) -> list[Listing]:
        """The same for listings."""
        ...

    async def count_listings(self, status: Status) -> int:
        """How many listings have this status."""
        ...

    async def changes(self, *, after: int, limit: int) -> list[ListingChange]:
        """The change log behind a cursor."""
        ...

    async def published_sequence(self) -> int:
        """The highest sequence in the event stream that an event of ours is known to have; 0 for none."""
        ...

    async def answers(self, listing_ids: Collection[str]) -> dict[str, Answer]:
        """How these listings last answered."""
        ...

    async def keep_answer(self, answer: Answer) -> None:
        """Store an answer in the place of the listing's last one."""
        ...


class FeedRecords(Records, Protocol):
    """The records with the memory of what feeds said."""

    async def known_parts(self, source: str, keys: Collection[PartKey]) -> dict[PartKey, KnownPart]:
        """What these keys of a feed became, where they came in before."""
        ...

    async def note_parts(
        self, source: str, *, new: Mapping[PartKey, KnownPart], changed: Mapping[PartKey, KnownPart]
    ) -> None:
        """Note what keys became: for the first time, or in the place of what was noted of them before."""
        ...

    async def set_aside(self, source: str, problems: Sequence[RowProblem]) -> None:
        """Keep the quarantined rows of a feed's newest import, in the place of the import before."""
        ...


class DirectoryRecords(Shelves, FeedRecords, Protocol):
    """All of the records."""


class Transactions(Protocol):
    """Opens transactions on the records, for work that is more than one."""

    def write(self, caller: Caller, *, action: str) -> AbstractAsyncContextManager[DirectoryRecords]:
        """One that commits at its end; `action` names it in the audit, "" for none."""
        ...

    def read(self, caller: Caller) -> AbstractAsyncContextManager[DirectoryRecords]:
        """One that cannot write, and sees one state throughout."""
        ...
