"""Entries in one unit of work: found, stored, changed, and told of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, or_, select, update
from sqlmodel import col

from aftercare.directory.v1 import events_pb2
from aftercare_directory.conversions.capacity import capacity_to_proto
from aftercare_directory.conversions.listings import event_listing_to_proto
from aftercare_directory.domain.capacity import Capacity
from aftercare_directory.domain.entries import AnyEntry, Entry, Listing
from aftercare_directory.domain.statements import Provenance
from aftercare_directory.ports import Announcement
from aftercare_directory.storage.rows import DOCUMENT, TABLE_OF, entry_of, row_of
from aftercare_directory.storage.tables import CapacityRow, ListingRow, ListingVersionRow
from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.errors import Stale
from aftercare_platform.sql.work import Unit

CHUNK: Final = 500
"""How many ids one statement asks for."""


class SqlEntries:
    """The entries as one unit of work sees them."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._rows: dict[tuple[str, int], dict[str, Any]] = {}

    @property
    def caller(self) -> Caller:
        """Who asks."""
        return self._unit.caller

    @property
    def now(self) -> datetime:
        """The moment of the transaction."""
        return self._unit.now

    async def find(self, kind: type[AnyEntry], ids: Collection[str]) -> dict[str, AnyEntry]:
        """The entries with these ids, as far as there are any."""
        table = TABLE_OF[kind]
        found: dict[str, AnyEntry] = {}
        for chunk in in_chunks(ids):
            rows = await self._unit.session.execute(select(table).where(table.c.id.in_(chunk)))
            found |= {row["id"]: entry_of(kind, row) for row in rows.mappings()}
        return found

    async def listings_of(
        self,
        *,
        organizations: Collection[str] = (),
        services: Collection[str] = (),
        locations: Collection[str] = (),
    ) -> list[Listing]:
        """The listings that belong to any of these."""
        owners = {
            ListingRow.organization_id: organizations,
            ListingRow.service_id: services,
            ListingRow.location_id: locations,
        }
        found: dict[str, Listing] = {}
        for column, ids in owners.items():
            for chunk in in_chunks(ids):
                statement = select(TABLE_OF[Listing]).where(or_(col(column).in_(chunk)))
                rows = await self._unit.session.execute(statement)
                found |= {row["id"]: entry_of(Listing, row) for row in rows.mappings()}
        return list(found.values())

    async def insert(self, entries: Sequence[Entry]) -> None:
        """Store new entries."""
        for kind, table in TABLE_OF.items():
            rows = [self._row(entry) for entry in entries if type(entry) is kind]
            if rows:
                await self._unit.session.execute(insert(table), rows)

    async def change(self, entries: Sequence[tuple[Entry, Entry]]) -> None:
        """Put each second entry in the place of the first; `Stale` when that is no longer the current one."""
        for kind in TABLE_OF:
            rows = [
                {"old_id": old.id, "old_version": old.version, **self._row(new)}
                for old, new in entries
                if type(new) is kind
            ]
            if not rows:
                continue
            changed = await self._unit.session.execute(_UPDATE[kind], rows)
            if changed.rowcount != len(rows):  # type: ignore[attr-defined]
                raise Stale(what=kind.__name__.lower())

    async def announce(self, announcements: Sequence[Announcement], *, actor: str) -> None:
        """Log the new versions and record their events."""
        if not announcements:
            return
        versions = [_version_row(each, actor, self._row(each.listing.listing)) for each in announcements]
        await self._unit.session.execute(insert(_VERSIONS), versions)
        events = [
            (
                events_pb2.ListingChanged(listing=event_listing_to_proto(each.listing)),
                each.listing.listing.id,
                each.listing.listing.version,
            )
            for each in announcements
        ]
        await self._unit.record_all(events, aggregate_type="listing")

    async def capacities(self, listing_ids: Collection[str]) -> dict[str, Capacity]:
        """The capacities of these listings, where reported."""
        found: dict[str, Capacity] = {}
        for chunk in in_chunks(listing_ids):
            statement = select(_CAPACITIES).where(_CAPACITIES.c.listing_id.in_(chunk))
            rows = await self._unit.session.execute(statement)
            found |= {row["listing_id"]: _capacity(row) for row in rows.mappings()}
        return found

    async def report(self, capacities: Sequence[Capacity]) -> None:
        """Store new capacities and record their events."""
        rows = [_capacity_row(capacity) for capacity in capacities]
        first = [row for row in rows if row["version"] == 1]
        later = [{"old_id": row["listing_id"], **row} for row in rows if row["version"] > 1]
        if first:
            await self._unit.session.execute(insert(_CAPACITIES), first)
        if later:
            await self._unit.session.execute(_UPDATE_CAPACITY, later)
        events = [
            (
                events_pb2.CapacityChanged(capacity=capacity_to_proto(capacity)),
                capacity.listing_id,
                capacity.version,
            )
            for capacity in capacities
        ]
        await self._unit.record_all(events, aggregate_type="capacity")

    def _row(self, entry: Entry) -> dict[str, Any]:
        """The entry's row; of a listing it is kept, for it is asked for again when its history is written."""
        if not isinstance(entry, Listing):
            return row_of(entry)
        version = entry.id, entry.version
        if version not in self._rows:
            self._rows[version] = row_of(entry)
        return self._rows[version]

    def touch(self, entry: Entry) -> None:
        """Note the entry for the audit."""
        self._unit.touch(type(entry).__name__.lower(), entry.id)


def in_chunks(ids: Collection[str]) -> list[list[str]]:
    """The ids, each once, in lists short enough for one statement."""
    unique = list(dict.fromkeys(ids))
    return [unique[start : start + CHUNK] for start in range(0, len(unique), CHUNK)]


# On the tables, not the mapped classes: a list of rows then goes to the driver in one piece.
_VERSIONS: Final = ListingVersionRow.__table__  # type: ignore[attr-defined]
_CAPACITIES: Final = CapacityRow.__table__  # type: ignore[attr-defined]
_UPDATE: Final = {
    kind: update(table)
    .where(table.c.id == bindparam("old_id"), table.c.version == bindparam("old_version"))
    .values({column.name: bindparam(column.name) for column in table.columns if column.name != "id"})
    for kind, table in TABLE_OF.items()
}
_UPDATE_CAPACITY: Final = (
    update(_CAPACITIES)
    .where(_CAPACITIES.c.listing_id == bindparam("old_id"))
    .values(
        {column.name: bindparam(column.name) for column in _CAPACITIES.columns if column.name != "listing_id"}
    )
)


def _version_row(announcement: Announcement, actor: str, row: dict[str, Any]) -> dict[str, Any]:
    listing = announcement.listing.listing
    return {
        "listing_id": listing.id,
        "version": listing.version,
        "status": str(listing.status),
        "fields": list(announcement.fields),
        "actor": actor,
        "changed_at": listing.updated_at,
        "document": {name: row[name] for name in DOCUMENT},
    }


def _capacity_row(capacity: Capacity) -> dict[str, Any]:
    return {
        "listing_id": capacity.listing_id,
        "available": capacity.available,
        "maximum": capacity.maximum,
        "waitlist": capacity.waitlist,
        "source": capacity.by.source,
        "as_of": capacity.by.as_of,
        "expires_at": capacity.expires_at,
        "version": capacity.version,
    }


def _capacity(row: Any) -> Capacity:  # noqa: ANN401 -- a row by column name
    return Capacity(
        listing_id=row["listing_id"],
        available=row["available"],
        maximum=row["maximum"],
        waitlist=row["waitlist"],
        by=Provenance(row["source"], row["as_of"]),
        expires_at=row["expires_at"],
        version=row["version"],
    )
