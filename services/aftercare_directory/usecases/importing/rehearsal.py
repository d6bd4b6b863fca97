"""A dry run: what an import would write is kept in memory, over what is stored, and then forgotten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from aftercare_directory.domain.capacity import Capacity
from aftercare_directory.domain.entries import AnyEntry, Entry, Listing
from aftercare_directory.domain.record import RowProblem
from aftercare_directory.ports import Announcement, FeedRecords, KnownPart, PartKey
from aftercare_platform.access.caller import Caller


class Draft:
    """What would have been written so far, over all batches."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.parts: dict[PartKey, KnownPart] = {}
        self.capacities: dict[str, Capacity] = {}
        self.listings_of: dict[str, set[str]] = {}
        """Listings in the draft by the id of their organization, service or location."""

    def write(self, entry: Entry) -> None:
        """Keep the entry, in the place of an earlier version."""
        self.entries[entry.id] = entry
        if isinstance(entry, Listing):
            for owner in (entry.organization_id, entry.service_id, entry.location_id):
                self.listings_of.setdefault(owner or "", set()).add(entry.id)


class Rehearsal:
    """Records that are read through a draft and written to nothing else."""

    def __init__(self, records: FeedRecords, draft: Draft) -> None:
        self._records = records
        self._draft = draft

    @property
    def caller(self) -> Caller:
        """Who asks."""
        return self._records.caller

    @property
    def now(self) -> datetime:
        """The moment of the transaction."""
        return self._records.now

    async def find(self, kind: type[AnyEntry], ids: Collection[str]) -> dict[str, AnyEntry]:
        """The entries with these ids, as they would be."""
        drafted = {id_: entry for id_ in ids if isinstance(entry := self._draft.entries.get(id_), kind)}
        return await self._records.find(kind, [id_ for id_ in ids if id_ not in drafted]) | drafted

    async def listings_of(
        self,
        *,
        organizations: Collection[str] = (),
        services: Collection[str] = (),
        locations: Collection[str] = (),
    ) -> list[Listing]:
        """The listings that would belong to any of these."""
        stored = await self._records.listings_of(
            organizations=organizations, services=services, locations=locations
        )
        ids = {listing.id for listing in stored}
        for owner in (*organizations, *services, *locations):
            ids |= self._draft.listings_of.get(owner, set())
        owners = {*organizations, *services, *locations}
        return [
            listing
            for listing in (await self.find(Listing, ids)).values()
            if not owners.isdisjoint((listing.organization_id, listing.service_id, listing.location_id))
        ]

    async def capacities(self, listing_ids: Collection[str]) -> dict[str, Capacity]:
        """The capacities as they would be."""
        drafted = {id_: self._draft.capacities[id_] for id_ in listing_ids if id_ in self._draft.capacities}
        return await self._records.capacities(listing_ids) | drafted

    async def insert(self, entries: Sequence[Entry]) -> None:
        """Keep the entries in the draft."""
        for entry in entries:
            self._draft.write(entry)

    async def change(self, entries: Sequence[tuple[Entry, Entry]]) -> None:
        """Keep the changed entries in the draft."""
        for _, entry in entries:
            self._draft.write(entry)

    async def announce(self, announcements: Sequence[Announcement], *, actor: str) -> None:
        """Nobody is told of a rehearsal."""

    async def report(self, capacities: Sequence[Capacity]) -> None:
        """Keep the capacities in the draft."""
        self._draft.capacities |= {capacity.listing_id: capacity for capacity in capacities}

    def touch(self, entry: Entry) -> None:
        """A rehearsal touches nothing."""

    async def known_parts(self, source: str, keys: Collection[PartKey]) -> dict[PartKey, KnownPart]:
        """What these keys became, or would have."""
        drafted = {key: self._draft.parts[key] for key in keys if key in self._draft.parts}
        return await self._records.known_parts(source, keys) | drafted

    async def note_parts(
        self, source: str, *, new: Mapping[PartKey, KnownPart], changed: Mapping[PartKey, KnownPart]
    ) -> None:
        """Keep the parts in the draft."""
        self._draft.parts.update(new)
        self._draft.parts.update(changed)

    async def set_aside(self, source: str, problems: Sequence[RowProblem]) -> None:
        """A rehearsal sets nothing aside."""
