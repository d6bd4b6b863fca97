"""Entries shown and listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from aftercare_directory.domain.capacity import Capacity
from aftercare_directory.domain.entries import AnyEntry, Entry, Listing, Location
from aftercare_directory.domain.published import Published, outline
from aftercare_directory.domain.record import Visibility
from aftercare_directory.ports import Answer, ListingChange, ListingFilter, Records, Shelves
from aftercare_directory.usecases.publishing import joined
from aftercare_directory.usecases.rights import get, may_write
from aftercare_platform.kernel.paging import decode_token, encode_token, page_size

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for."""

    size: int
    token: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page; `next_token` is empty on the last."""

    items: list[Item]
    next_token: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A listing with its capacity as it counts now, and its last answer."""

    listing: Published
    capacity: Capacity | None
    answer: Answer | None = None


async def get_entry(kind: type[AnyEntry], id: str, records: Records) -> AnyEntry:
    """The entry as the caller may see it."""
    return as_seen_by(records, await get(records, kind, id))


async def list_entries(
    kind: type[AnyEntry], organization_id: str, paging: Paging, records: Shelves
) -> Page[AnyEntry]:
    """A page of entries, oldest first, of one organization or of all (""), as the caller may see them."""
    size = page_size(paging.size)
    found = await records.page(
        kind, after=decode_token(paging.token), limit=size + 1, organization_id=organization_id
    )
    return Page([as_seen_by(records, entry) for entry in found[:size]], _next(found, size))


async def get_listing(id: str, records: Shelves) -> Shown:
    """The listing with capacity and last answer."""
    return (await _shown(records, [await get(records, Listing, id)]))[0]


async def list_listings(only: ListingFilter, paging: Paging, records: Shelves) -> Page[Shown]:
    """A page of listings, oldest first, as far as the filter lets through."""
    size = page_size(paging.size)
    found = await records.page_of_listings(only, after=decode_token(paging.token), limit=size + 1)
    return Page(await _shown(records, found[:size]), _next(found, size))


async def list_changes(cursor: int, size: int, records: Shelves) -> list[ListingChange]:
    """What changed after a cursor, in order."""
    return await records.changes(after=cursor, limit=page_size(size))


def as_seen_by(records: Records, entry: AnyEntry) -> AnyEntry:
    """The entry, of a confidential location its outline unless it is the caller's own."""
    if not isinstance(entry, Location) or entry.visibility is Visibility.PUBLIC:
        return entry
    return entry if may_write(records.caller, entry) else cast("AnyEntry", outline(entry))


async def _shown(records: Shelves, listings: Sequence[Listing]) -> list[Shown]:
    ids: Collection[str] = [listing.id for listing in listings]
    capacities, answers = await records.capacities(ids), await records.answers(ids)
    return [
        Shown(
            view,
            capacities[view.listing.id].as_seen(records.now) if view.listing.id in capacities else None,
            answers.get(view.listing.id),
        )
        for view in await joined(records, listings)
    ]


def _next(found: Sequence[Entry], size: int) -> str:
    return encode_token(found[size - 1].id) if len(found) > size else ""
