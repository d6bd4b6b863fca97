"""Entries made and changed by people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aftercare_directory.domain.edits import Edit, changed_fields, check_etag, edited, next_version
from aftercare_directory.domain.entries import AnyEntry, Entry, Listing, Location, Organization, Service
from aftercare_directory.domain.placing import placed, without_guesses
from aftercare_directory.domain.record import Status
from aftercare_directory.ports import Records, Shelves
from aftercare_directory.usecases.publishing import publish, ripple
from aftercare_directory.usecases.reading import Shown, get_listing
from aftercare_directory.usecases.rights import get, own, speaks
from aftercare_platform.kernel.errors import AlreadyExists, invalid
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.places.zip import zip_place

Values = Mapping[str, Any]
"""New values by editable field."""


async def create_organization(values: Values, records: Records) -> Organization:
    """A new organization."""
    return await _create(records, Organization(id=new_id(), name="", updated_at=records.now), values)


async def create_service(organization_id: str, values: Values, records: Records) -> Service:
    """A new service of an organization; NotFound if that is absent or not the caller's."""
    await own(records, Organization, organization_id)
    blank = Service(id=new_id(), organization_id=organization_id, name="", updated_at=records.now)
    return await _create(records, blank, values)


async def create_location(organization_id: str, values: Values, records: Records) -> Location:
    """A new location of an organization, placed by its point or its ZIP code; NotFound as above."""
    await own(records, Organization, organization_id)
    blank = Location(id=new_id(), organization_id=organization_id, updated_at=records.now)
    location = placed(edited(blank, values, speaks(records)), zip_place)
    await records.insert([location])
    records.touch(location)
    return location


async def create_listing(service_id: str, location_id: str | None, values: Values, records: Shelves) -> Shown:
    """A new listing; NotFound if service or location are absent or not the caller's.

    Raises AlreadyExists where the two are listed together.
    """
    service = await own(records, Service, service_id)
    if location_id is not None:
        await own(records, Location, location_id)
    others = await records.listings_of(services=[service_id])
    if any(other.location_id == location_id for other in others):
        raise AlreadyExists(what="listing")
    blank = Listing(
        id=new_id(),
        organization_id=service.organization_id,
        service_id=service_id,
        location_id=location_id,
        updated_at=records.now,
    )
    listing = await _create(records, blank, values)
    fields = frozenset(name for name, value in values.items() if value) | {"service_id", "location_id"}
    await publish(records, [listing], {listing.id: fields}, actor=records.caller.actor)
    return await get_listing(listing.id, records)


async def update_organization(edit: Edit, records: Records) -> Organization:
    """The organization after the change; its listings follow."""
    return await _update_owner(records, Organization, edit)


async def update_service(edit: Edit, records: Records) -> Service:
    """The service after the change; its listings follow."""
    return await _update_owner(records, Service, edit)


async def update_location(edit: Edit, records: Records) -> Location:
    """The location after the change, placed anew; its listings follow."""
    before = await own(records, Location, edit.id)
    check_etag(before, edit.etag)
    # What is given back as it was read is no statement: the middle of a ZIP code must not turn exact.
    values = {name: value for name, value in edit.values.items() if getattr(before, name) != value}
    draft = without_guesses(before, values.keys())
    after = placed(edited(draft, values, speaks(records)), zip_place)
    stored = await _store(records, before, after)
    await ripple(records, before, stored, actor=records.caller.actor)
    return stored


async def update_listing(edit: Edit, records: Shelves) -> Shown:
    """The listing after the change."""
    before = await own(records, Listing, edit.id)
    check_etag(before, edit.etag)
    after = edited(before, edit.values, speaks(records))
    await _check_usable(records, before, after)
    stored = await _store(records, before, after)
    if stored.version > before.version:
        fields = {stored.id: frozenset(changed_fields(before, stored))}
        await publish(records, [stored], fields, actor=records.caller.actor)
    return await get_listing(stored.id, records)


async def _update_owner(records: Records, kind: type[AnyEntry], edit: Edit) -> AnyEntry:
    before = await own(records, kind, edit.id)
    check_etag(before, edit.etag)
    stored = await _store(records, before, edited(before, edit.values, speaks(records)))
    await ripple(records, before, stored, actor=records.caller.actor)
    return stored


async def _create(records: Records, blank: AnyEntry, values: Values) -> AnyEntry:
    entry = edited(blank, values, speaks(records))
    await records.insert([entry])
    records.touch(entry)
    return entry


async def _store(records: Records, before: AnyEntry, after: AnyEntry) -> AnyEntry:
    """The entry as stored: its next version if readers see a difference, else the same one."""
    if after == before:
        return before
    stored = next_version(after, records.now) if changed_fields(before, after) else after
    await records.change([(before, stored)])
    records.touch(stored)
    return stored


async def _check_usable(records: Records, before: Listing, after: Listing) -> None:
    """Refuse to bring a listing back into use under an owner that is out of use."""
    if (before.status, after.status) != (Status.INACTIVE, Status.ACTIVE):
        return
    owners: list[Entry] = [
        await get(records, Service, after.service_id),
        await get(records, Organization, after.organization_id),
    ]
    for owner in owners:
        if isinstance(owner, Service | Organization) and owner.status is Status.INACTIVE:
            what = type(owner).__name__.lower()
            raise invalid("listing.status", f"its {what} is inactive; set that active first")
