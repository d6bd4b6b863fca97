"""What a change means for the listings that show it: each gets a version, a line in the log, an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from aftercare_directory.domain.edits import changed_fields, next_version
from aftercare_directory.domain.entries import AnyEntry, Entry, Listing, Location, Organization, Service
from aftercare_directory.domain.published import Published, place_of, published
from aftercare_directory.domain.record import Status
from aftercare_directory.ports import Announcement, Records

Fields = frozenset[str]
"""Names of fields of a listing, as in the contract."""
Change = tuple[Entry, Entry]
"""An entry before and after."""

_SHOWN_OF_ORGANIZATION = {"name": "organization_name", "phone": "phone", "url": "url"}
_SHOWN_OF_SERVICE = {**_SHOWN_OF_ORGANIZATION, "name": "service_name", "organization_id": "organization_id"}
"""What a listing shows of the two, and what it calls it."""


async def joined(
    records: Records, listings: Sequence[Listing], *, current: Mapping[str, Entry] | None = None
) -> list[Published]:
    """The listings as everybody may see them, in the same order.

    `current` holds entries by id that are at hand as they are now stored, so that nobody reads them again.
    """

    async def found(kind: type[AnyEntry], ids: set[str]) -> dict[str, AnyEntry]:
        at_hand = {id_: entry for id_ in ids if isinstance(entry := (current or {}).get(id_), kind)}
        return at_hand | await records.find(kind, ids - at_hand.keys())

    services = await found(Service, {each.service_id for each in listings})
    organizations = await found(Organization, {each.organization_id for each in listings})
    locations = await found(Location, {each.location_id for each in listings if each.location_id})
    return [
        published(
            each,
            services[each.service_id],
            organizations[each.organization_id],
            locations[each.location_id] if each.location_id else None,
        )
        for each in listings
    ]


async def publish(
    records: Records,
    listings: Sequence[Listing],
    fields: Mapping[str, Fields],
    *,
    actor: str,
    current: Mapping[str, Entry] | None = None,
) -> None:
    """Log and announce these new versions, already stored; what changed by listing id; `current` as above."""
    views = await joined(records, listings, current=current)
    notes = [Announcement(view, tuple(sorted(fields[view.listing.id]))) for view in views]
    await records.announce(notes, actor=actor)


async def ripple(records: Records, before: Entry, after: Entry, *, actor: str) -> None:
    """Give the listings that show this change their next version, and publish them."""
    shown = await showing(records, [(before, after)])
    pairs = [(listing, next_version(follow(listing, after), records.now)) for listing, _ in shown]
    await records.change(pairs)
    fields = {listing.id: changed for listing, changed in shown}
    await publish(records, [listing for _, listing in pairs], fields, actor=actor)


async def showing(records: Records, changes: Iterable[Change]) -> list[tuple[Listing, Fields]]:
    """The listings that show these changes of organizations, services and locations, and in which fields."""
    fields = {after.id: shown for before, after in changes if (shown := _shown(before, after))}
    kinds = {after.id: type(after) for _, after in changes}
    listings = await records.listings_of(
        organizations=[id_ for id_ in fields if kinds[id_] is Organization],
        services=[id_ for id_ in fields if kinds[id_] is Service],
        locations=[id_ for id_ in fields if kinds[id_] is Location],
    )
    result = []
    for listing in listings:
        owners = (listing.organization_id, listing.service_id, listing.location_id or "")
        changed = frozenset().union(*(fields.get(owner, frozenset()) for owner in owners))
        if listing.status is Status.INACTIVE:
            changed -= {"status"}
        if changed:
            result.append((listing, changed))
    return result


def follow(listing: Listing, owner: Entry) -> Listing:
    """The listing as the change of its organization or service leaves it.

    What goes out of use takes its listings along, for nobody should be sent there; they come back
    one by one, by hand. A service that moves to another organization takes them along, too.
    """
    if isinstance(owner, Organization | Service) and owner.status is Status.INACTIVE:
        listing = replace(listing, status=Status.INACTIVE, spoken=listing.spoken | {"status"})
    if isinstance(owner, Service):
        listing = replace(listing, organization_id=owner.organization_id)
    return listing


def _shown(before: Entry, after: Entry) -> Fields:
    if isinstance(before, Location) and isinstance(after, Location):
        return frozenset({"place"} if place_of(before) != place_of(after) else ())
    names = dict(_SHOWN_OF_SERVICE if isinstance(after, Service) else _SHOWN_OF_ORGANIZATION)
    if isinstance(after, Organization | Service) and after.status is Status.INACTIVE:
        names["status"] = "status"
    return frozenset(names[name] for name in changed_fields(before, after) if name in names)
