"""Who may write what: administrators everything, an agency what belongs to its own organization."""

from __future__ import annotations

from aftercare_directory.domain.entries import AnyEntry, Entry, Listing, Location, Organization, Service
from aftercare_directory.domain.statements import Provenance
from aftercare_directory.ports import Records
from aftercare_platform.access.caller import Caller, Role
from aftercare_platform.kernel.errors import NotFound


async def get(records: Records, kind: type[AnyEntry], id: str) -> AnyEntry:
    """The entry; NotFound if there is none."""
    found = await records.find(kind, [id])
    if id not in found:
        raise NotFound
    return found[id]


async def own(records: Records, kind: type[AnyEntry], id: str) -> AnyEntry:
    """The entry, if the caller may write it; another organization's is as absent as none."""
    entry = await get(records, kind, id)
    if not may_write(records.caller, entry):
        raise NotFound
    return entry


def may_write(caller: Caller, entry: Entry) -> bool:
    """Whether the entry is the caller's to write, and its confidential parts theirs to see."""
    if caller.agency is not None:
        return caller.agency.organization_id == organization_of(entry)
    return caller.member is not None and Role.ADMINISTRATOR in caller.member.roles


def organization_of(entry: Entry) -> str:
    """The id of the organization that an entry belongs to."""
    match entry:
        case Organization(id=id_):
            return id_
        case Service() | Location() | Listing():
            return entry.organization_id
    raise TypeError(type(entry).__name__)


def speaks(records: Records) -> Provenance:
    """In whose name the caller states facts: the agency's organization, else the member's program."""
    caller = records.caller
    if caller.agency is not None:
        return Provenance(f"agency:{caller.agency.organization_id}", records.now)
    return Provenance(f"program:{caller.require_member().program_id}", records.now)
