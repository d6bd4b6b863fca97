"""One batch of a feed's records, applied in one transaction.

The order is: which entries do the keys name, what do the parts say, what changes, write, announce.
A part that many rows repeat (an organization, a church hall) is taken from the first row of the
import that names it, so that rows which disagree about it cannot make it flicker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from aftercare_directory.domain.capacity import Capacity, CapacityReport, reported
from aftercare_directory.domain.edits import changed_fields, fed, next_version
from aftercare_directory.domain.entries import (
    EDITABLE,
    Entry,
    Listing,
    Location,
    Organization,
    Service,
    SourceKey,
)
from aftercare_directory.domain.placing import filled, without_guesses
from aftercare_directory.domain.record import ListingRecord, RowRef
from aftercare_directory.domain.statements import Provenance
from aftercare_directory.ports import FeedRecords, KnownPart, Part, PartKey
from aftercare_directory.usecases.importing.rows import RowReport, RowVerdict
from aftercare_directory.usecases.importing.stating import (
    StatedPart,
    as_of,
    fingerprint_of,
    listing_of,
    location_of,
    organization_of,
    service_of,
)
from aftercare_directory.usecases.publishing import Fields, publish, showing
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.places.zip import zip_place

_ALL: Final = EDITABLE[Listing]
"""What changes when a listing is new."""
Owners = dict[str, str | None]
"""The ids of what an entry belongs to, by its field."""
_KINDS: dict[Part, type[Entry]] = {
    Part.ORGANIZATION: Organization,
    Part.SERVICE: Service,
    Part.LOCATION: Location,
    Part.LISTING: Listing,
}


@dataclass(slots=True)
class Progress:
    """What an import has seen so far, over all its batches."""

    source: str
    files_at: datetime | None = None
    """The date of the files, where the order gave one."""
    named: set[PartKey] = field(default_factory=set)
    """The parts whose first row has been taken apart."""
    stated: dict[PartKey, str] = field(default_factory=dict)
    """The parts whose first row has come, and the entries they became."""
    taken: set[str] = field(default_factory=set)
    """The ids of the listings that a row of this import became."""
    carried: dict[str, Fields] = field(default_factory=dict)
    """Listings that changed with their organization, service or location, by id."""


@dataclass(frozen=True, slots=True)
class Stating:
    """A record, its fingerprint, and the parts that it is the first of its import to name."""

    record: ListingRecord
    fingerprint: str
    first_named: Sequence[StatedPart]

    @property
    def key(self) -> PartKey:
        """The listing's key."""
        return Part.LISTING, self.record.source_key

    @property
    def owner_keys(self) -> dict[str, PartKey]:
        """The keys of the parts that the listing refers to, by its field; those others refer to first."""
        record = self.record
        keys = {
            "organization_id": (Part.ORGANIZATION, record.organization.source_key),
            "service_id": (Part.SERVICE, record.service.source_key),
        }
        if record.location is not None:
            keys["location_id"] = (Part.LOCATION, record.location.source_key)
        return keys


def take_apart(record: ListingRecord, named: set[PartKey]) -> Stating:
    """The record's parts, without those `named` before, which grow by these; nothing else is touched."""
    owners = [organization_of(record), service_of(record), location_of(record)]
    parts = [part for part in owners if part is not None]
    first_named = [part for part in parts if part.key not in named]
    named.update(part.key for part in first_named)
    return Stating(record, fingerprint_of(record, parts), first_named)


async def apply_batch(
    records: FeedRecords, statings: Sequence[Stating], progress: Progress
) -> list[RowReport]:
    """Write what is new in the records; each row's report, in order."""
    batch = _Batch(records, progress)
    await batch.load(statings)
    reports = [batch.take(stating) for stating in statings]
    await batch.write()
    return [batch.settled(report) for report in reports]


class _Batch:
    """The entries that one batch touches, as they are stored and as they become."""

    def __init__(self, records: FeedRecords, progress: Progress) -> None:
        self._records = records
        self._progress = progress
        self._known: dict[PartKey, KnownPart] = {}
        self._noted: dict[PartKey, KnownPart] = {}
        self._before: dict[str, Entry] = {}
        self._after: dict[str, Entry] = {}
        self._listing_at: dict[tuple[str | None, str | None], str] = {}
        self._listing_of_row: dict[RowRef, str] = {}
        self._capacities: dict[str, Capacity] = {}
        self._reported: dict[str, Capacity] = {}
        self._changed: dict[str, Fields] = {}

    async def load(self, statings: Sequence[Stating]) -> None:
        """Read what these keys became earlier, as far as anything of it may change."""
        first_named = [part for each in statings for part in each.first_named]
        keys = {part.key for part in first_named} | {each.key for each in statings}
        self._known = await self._records.known_parts(self._progress.source, keys)
        changing = [each for each in statings if not self._is_known(each.key, each.fingerprint)]
        wanted = {key for each in changing for key in (each.key, *each.owner_keys.values())}
        wanted |= {part.key for part in first_named if not self._is_known(part.key, part.fingerprint)}
        for part, kind in _KINDS.items():
            ids = {self._id_of(key) for key in wanted if key[0] is part} - {""}
            self._before |= await self._records.find(kind, ids)
        newcomers = [each for each in changing if not self._id_of(each.key)]
        services = {self._id_of(each.owner_keys["service_id"]) for each in newcomers} - {""}
        for listing in await self._records.listings_of(services=services):
            self._before[listing.id] = listing
            self._listing_at[listing.service_id, listing.location_id] = listing.id
        listings = [id_ for id_, entry in self._before.items() if isinstance(entry, Listing)]
        self._capacities = await self._records.capacities(listings)

    def take(self, stating: Stating) -> RowReport:
        """Take one record in; whether it changed anything is told by `settled`, after the writing."""
        row, taken = stating.record.row, self._progress.taken
        said_at = as_of(stating.record, self._progress.files_at, self._records.now)
        by = Provenance(self._progress.source, said_at)
        owners = self._take_owners(stating, by)
        at = (owners["service_id"], owners["location_id"])
        id_ = self._id_of(stating.key) or self._listing_at.get(at, "")
        if id_ and id_ in taken:
            reason = "is the same service at the same place as an earlier row"
            return RowReport(row, RowVerdict.MERGED, "key", stating.record.source_key, reason)
        verdict = RowVerdict.UNCHANGED if id_ else RowVerdict.CREATED
        if not self._is_known(stating.key, stating.fingerprint):
            service = self._current(owners["service_id"] or "")
            if isinstance(service, Service):  # whom it belongs to may be settled by a person
                owners["organization_id"] = service.organization_id
            listing = StatedPart(stating.key, listing_of(stating.record), stating.fingerprint)
            id_ = self._feed(listing, id_, by, owners)
            self._listing_at[at] = id_
            self._take_capacity(stating.record, id_, by)
        taken.add(id_)
        self._listing_of_row[row] = id_
        return RowReport(row, verdict)

    async def write(self) -> None:
        """Store what is new and what changed, and announce every listing that shows it."""
        records = self._records
        carried = await self._carry_along()
        new = [entry for id_, entry in self._after.items() if id_ not in self._before]
        pairs: list[tuple[Entry, Entry]] = []
        for id_, before in self._before.items():
            after = self._after.get(id_, before)
            if after is before and id_ not in carried:
                continue
            names = frozenset(changed_fields(before, after)) | carried.get(id_, frozenset())
            if names:
                self._changed[id_] = names
                pairs.append((before, next_version(after, records.now)))
            elif after != before:
                pairs.append((before, after))
        await records.insert(new)
        await records.change(pairs)
        known = self._noted.keys() & self._known.keys()
        await records.note_parts(
            self._progress.source,
            new={key: part for key, part in self._noted.items() if key not in known},
            changed={key: self._noted[key] for key in known},
        )
        told = [entry for entry in new if isinstance(entry, Listing)]
        told += [after for _, after in pairs if isinstance(after, Listing) and after.id in self._changed]
        fields = {entry.id: _ALL for entry in new} | self._changed
        current = self._before | {entry.id: entry for entry in (*new, *(after for _, after in pairs))}
        await publish(records, told, fields, actor=f"import:{self._progress.source}", current=current)
        await records.report(list(self._reported.values()))

    def settled(self, report: RowReport) -> RowReport:
        """The report with the verdict that follows from what was written."""
        if report.verdict is not RowVerdict.UNCHANGED:
            return report
        id_ = self._listing_of_row[report.row]
        fields = self._changed.get(id_, frozenset()) | self._progress.carried.get(id_, frozenset())
        fields |= {"capacity"} if id_ in self._reported else frozenset()
        if not fields:
            return report
        return replace(report, verdict=RowVerdict.UPDATED, changed_fields=tuple(sorted(fields)))

    def _take_owners(self, stating: Stating, by: Provenance) -> Owners:
        """Take in the parts that this row names first; the ids of all that the listing refers to."""
        stated, keys = self._progress.stated, stating.owner_keys
        owner: Owners = {}  # of the organization itself none; of the others the organization
        for part in stating.first_named:
            if part.key[0] is not Part.ORGANIZATION:
                owner = {"organization_id": stated[keys["organization_id"]]}
            id_ = self._id_of(part.key)
            if not self._is_known(part.key, part.fingerprint):
                id_ = self._feed(part, id_, by, owner)
            stated[part.key] = id_
        return {"location_id": None, **{name: stated[key] for name, key in keys.items()}}

    def _feed(self, part: StatedPart, id_: str, by: Provenance, owners: Owners) -> str:
        """Feed a part to its entry, or to a new one; its id."""
        kind = _KINDS[part.key[0]]
        entry = self._current(id_) if id_ else _blank(kind, owners, self._records.now)
        stated = dict(part.values)
        if isinstance(entry, Listing | Service):
            stated |= owners
        if isinstance(entry, Location):
            if "point" in entry.spoken:
                stated.pop("precision", None)
            entry = without_guesses(entry, stated.keys() - entry.spoken)
        after = fed(entry, stated, by, SourceKey(by.source, part.key[1]))
        self._after[after.id] = filled(after, zip_place(after.zip)) if isinstance(after, Location) else after
        self._noted[part.key] = KnownPart(after.id, part.fingerprint)
        return after.id

    def _take_capacity(self, record: ListingRecord, id_: str, by: Provenance) -> None:
        part, listing = record.capacity, self._current(id_)
        if part is None or not isinstance(listing, Listing):
            return
        said_at = min(part.as_of, self._records.now) if part.as_of else by.as_of
        report = CapacityReport(Provenance(by.source, said_at), part.available, part.maximum, part.waitlist)
        new = reported(
            self._capacities.get(id_), report, listing_id=id_, kinds=listing.kinds, now=self._records.now
        )
        if new is not None:
            self._reported[id_] = new

    async def _carry_along(self) -> dict[str, Fields]:
        """Take in the listings that show a changed organization, service or location; what they show."""
        owners = [
            (before, self._after[id_])
            for id_, before in self._before.items()
            if id_ in self._after and not isinstance(before, Listing)
        ]
        carried: dict[str, Fields] = {}
        for listing, fields in await showing(self._records, owners):
            carried[listing.id] = fields
            self._before.setdefault(listing.id, listing)
            current, service = self._current(listing.id), self._after.get(listing.service_id)
            if isinstance(service, Service) and isinstance(current, Listing):
                self._after[listing.id] = replace(current, organization_id=service.organization_id)
        for id_, fields in carried.items():
            self._progress.carried[id_] = self._progress.carried.get(id_, frozenset()) | fields
        return carried

    def _current(self, id_: str) -> Entry:
        return self._after.get(id_) or self._before[id_]

    def _id_of(self, key: PartKey) -> str:
        """The entry that a key became, in an earlier import or in this one; "" for none."""
        known = self._noted.get(key) or self._known.get(key)
        return known.id if known else self._progress.stated.get(key, "")

    def _is_known(self, key: PartKey, fingerprint: str) -> bool:
        """Whether the feed said the very same of it last time."""
        known = self._known.get(key)
        return known is not None and known.fingerprint == fingerprint


def _blank(kind: type[Entry], owners: Owners, now: datetime) -> Entry:
    fields: dict[str, Any] = {**owners, "id": new_id(), "updated_at": now}
    if kind is Organization or kind is Service:
        fields["name"] = ""
    return kind(**fields)
