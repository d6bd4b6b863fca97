"""The CSV tables of an ORServices export, joined by their record ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from aftercare_directory.domain.record import RowRef
from aftercare_directory.sources.csv_rows import CsvRow, csv_rows
from aftercare_directory.sources.feed import SourceFile
from aftercare_directory.sources.reading import Refused
from aftercare_platform.kernel.errors import invalid

Cells = Mapping[str, str]

PAIRS: Final = "services_at_location.csv"
SERVICES: Final = "services.csv"
_REQUIRED: Final = {
    SERVICES: ("service_recordid", "service_name", "service_organization"),
    PAIRS: ("service_id", "location_id"),
    "organizations.csv": ("id", "name"),
    "locations.csv": ("id", "name", "latitude", "longitude"),
}
_OPTIONAL: Final = {
    "physical_addresses.csv": ("id", "address_1", "city", "state_province", "postal_code"),
    "phones.csv": ("id", "number"),
    "schedules.csv": ("id", "weekday", "opens", "closes"),
    "service_attributes.csv": ("service_id", "taxonomy_term_id"),
    "taxonomy_terms.csv": ("taxonomy_recordid", "taxonomy_name"),
    "taxonomy_types.csv": ("taxonomy_type_recordid", "name"),
    "languages.csv": ("service_id", "language"),
    "accessibility_for_disabilities.csv": ("location_id", "accessibility"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of the import: a service at a location, or (`location` None) a service that no pair names."""

    service: Cells
    location: Cells | None


class Export:
    """An export as its tables; the primary rows stay in the files, the rest is held by record id."""

    def __init__(self, files: Sequence[SourceFile]) -> None:
        """Read the tables. Raises `InvalidArgument` for a missing or foreign file, naming it."""
        self._files = {PurePath(file.name).name.casefold(): file for file in files}
        missing = sorted(set(_REQUIRED) - set(self._files))
        if missing:
            raise invalid("files", f"an ORServices export also needs {', '.join(missing)}")
        self.organizations = self._by_id("organizations.csv", "id")
        self.locations = self._by_id("locations.csv", "id")
        self.addresses = self._by_id("physical_addresses.csv", "id")
        self.phones = self._by_id("phones.csv", "id")
        self.schedules = self._by_id("schedules.csv", "id")
        self.terms = self._by_id("taxonomy_terms.csv", "taxonomy_recordid")
        self.branches = self._by_id("taxonomy_types.csv", "taxonomy_type_recordid")
        self.terms_of = self._grouped("service_attributes.csv", "service_id", "taxonomy_term_id")
        self.languages_of = self._grouped("languages.csv", "service_id", "language")
        self.access_of = self._grouped("accessibility_for_disabilities.csv", "location_id", "accessibility")

    def pairs(self) -> Iterator[tuple[RowRef, Pair | Refused]]:
        """Every primary row: the pairs of services_at_location.csv, then the services without a pair."""
        services = self._by_id(SERVICES, "service_recordid")
        paired: set[str] = set()
        for ref, row in self._rows(PAIRS):
            if isinstance(row, Refused):
                yield ref, row
                continue
            paired.add(row["service_id"])
            yield ref, self._pair(row, services)
        for ref, row in self._rows(SERVICES):
            if isinstance(row, Refused):
                yield ref, row
            elif row["service_recordid"] not in paired:
                yield ref, Pair(row, None)

    def _pair(self, row: Cells, services: Mapping[str, Cells]) -> Pair | Refused:
        service, location = services.get(row["service_id"]), self.locations.get(row["location_id"])
        if service is None:
            return Refused("service_id", row["service_id"], "is no service of services.csv")
        if location is None:
            return Refused("location_id", row["location_id"], "is no location of locations.csv")
        return Pair(service, location)

    def _rows(self, name: str) -> Iterator[tuple[RowRef, CsvRow]]:
        if name in self._files:
            required = _REQUIRED.get(name) or _OPTIONAL[name]
            yield from csv_rows(self._files[name], required=required)

    def _by_id(self, name: str, column: str) -> dict[str, Cells]:
        return {row[column]: row for _, row in self._rows(name) if not isinstance(row, Refused)}

    def _grouped(self, name: str, owner: str, column: str) -> dict[str, list[str]]:
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for _, row in self._rows(name):
            if not isinstance(row, Refused):
                for key in ids(row[owner]):
                    groups[key].append(row[column])
        return groups


def ids(cell: str) -> list[str]:
    """The record ids of a cell that lists them with commas."""
    return [part for text in cell.split(",") if (part := text.strip())]
