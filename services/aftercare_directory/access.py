"""Who may call what of the directory. Whose entries a caller may write is decided by `usecases.rights`."""

from __future__ import annotations

from typing import Final

from aftercare_platform.access.caller import Role
from aftercare_platform.access.rules import UnitKind, agencies, members, service

_DIRECTORY: Final = "/aftercare.directory.v1.DirectoryService/"
_IMPORT: Final = "/aftercare.directory.v1.ImportService/"

_READ: Final = members(unit=UnitKind.READ) | agencies(unit=UnitKind.READ)
_ADMINISTRATOR: Final = members(Role.ADMINISTRATOR)
_WRITE: Final = _ADMINISTRATOR | agencies()
_STREAM_OF_ADMINISTRATOR: Final = members(Role.ADMINISTRATOR, unit=UnitKind.NONE)

RULES: Final = {
    _DIRECTORY + "CreateOrganization": _ADMINISTRATOR,
    _DIRECTORY + "GetOrganization": _READ,
    _DIRECTORY + "ListOrganizations": _READ,
    _DIRECTORY + "UpdateOrganization": _WRITE,
    _DIRECTORY + "CreateService": _WRITE,
    _DIRECTORY + "GetService": _READ,
    _DIRECTORY + "ListServices": _READ,
    _DIRECTORY + "UpdateService": _WRITE,
    _DIRECTORY + "CreateLocation": _WRITE,
    _DIRECTORY + "GetLocation": _READ,
    _DIRECTORY + "ListLocations": _READ,
    _DIRECTORY + "UpdateLocation": _WRITE,
    _DIRECTORY + "CreateListing": _WRITE,
    _DIRECTORY + "GetListing": _READ,
    _DIRECTORY + "ListListings": _READ,
    _DIRECTORY + "UpdateListing": _WRITE,
    _DIRECTORY + "ReportCapacity": _WRITE,
    _DIRECTORY + "ListChanges": _READ,
    _DIRECTORY + "ExportListings": service("matching", unit=UnitKind.NONE),
    _IMPORT + "ImportListings": _STREAM_OF_ADMINISTRATOR,
    _IMPORT + "ListFormats": _STREAM_OF_ADMINISTRATOR,
}
