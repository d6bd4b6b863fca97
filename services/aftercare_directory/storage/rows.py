"""Entries as rows and back; `entry_of(type(x), row_of(x)) == x`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Table

from aftercare_directory.domain.entries import (
    AnyEntry,
    Entry,
    Listing,
    Location,
    Organization,
    Point,
    Service,
    SourceKey,
)
from aftercare_directory.domain.record import FactValue, Precision, Status, Visibility
from aftercare_directory.domain.statements import Provenance, Statement
from aftercare_directory.domain.weekly import WeeklyTime
from aftercare_directory.storage.tables import ListingRow, LocationRow, OrganizationRow, ServiceRow
from aftercare_platform.kernel.vocabulary import Attribute, Kind

Row = Mapping[Any, Any]
"""A row by column name."""

TABLE_OF: Final[dict[type[Entry], Table]] = {
    kind: table.__table__  # type: ignore[attr-defined]
    for kind, table in {
        Organization: OrganizationRow,
        Service: ServiceRow,
        Location: LocationRow,
        Listing: ListingRow,
    }.items()
}
"""Parents first: what a row refers to stands before it."""

_TEXTS: Final[dict[type[Entry], tuple[str, ...]]] = {
    Organization: ("name", "description", "url", "email", "phone"),
    Service: tuple("organization_id name description url email phone application_process fees".split()),
    Location: tuple("organization_id name address city state zip county time_zone is_virtual".split()),
    Listing: tuple("organization_id service_id location_id name description hours".split()),
}
"""The columns that hold what the entry's field holds."""

DOCUMENT: Final = (*_TEXTS[Listing], "kinds", "statements", "sessions", "status", "spoken", "sources")
"""The columns of a listing that its version keeps."""


def row_of(entry: Entry) -> dict[str, Any]:
    """The entry's row."""
    row: dict[str, Any] = {name: getattr(entry, name) for name in _TEXTS[type(entry)]}
    row |= {
        "id": entry.id,
        "version": entry.version,
        "updated_at": entry.updated_at,
        "sources": [[key.source, key.key] for key in entry.sources],
        "spoken": sorted(entry.spoken),
        "fed_as_of": entry.fed_as_of,
    }
    if isinstance(entry, Organization | Service | Listing):
        row["status"] = str(entry.status)
    if isinstance(entry, Location):
        row |= _position_columns(entry)
    if isinstance(entry, Listing):
        row["kinds"] = f"|{'|'.join(sorted(entry.kinds))}|" if entry.kinds else ""
        row["statements"] = [_written(statement) for statement in entry.statements]
        row["sessions"] = [[each.weekday, each.opens, each.closes] for each in entry.sessions]
    return row


def entry_of(kind: type[AnyEntry], row: Row) -> AnyEntry:
    """The entry in a row."""
    fields: dict[str, Any] = {name: row[name] for name in _TEXTS[kind]}
    fields |= {
        "id": row["id"],
        "version": row["version"],
        "updated_at": row["updated_at"],
        "sources": tuple(SourceKey(source, key) for source, key in row["sources"]),
        "spoken": frozenset(row["spoken"]),
        "fed_as_of": row["fed_as_of"],
    }
    fields |= _OWN[kind](row)
    return kind(**fields)


def _position_columns(location: Location) -> dict[str, Any]:
    return {
        "latitude": location.point.latitude if location.point else None,
        "longitude": location.point.longitude if location.point else None,
        "precision": str(location.precision),
        "visibility": str(location.visibility),
    }


def _status(row: Row) -> dict[str, Any]:
    return {"status": Status(row["status"])}


def _position(row: Row) -> dict[str, Any]:
    has_point = row["latitude"] is not None
    return {
        "point": Point(row["latitude"], row["longitude"]) if has_point else None,
        "precision": Precision(row["precision"]),
        "visibility": Visibility(row["visibility"]),
    }


def _listing(row: Row) -> dict[str, Any]:
    return {
        "status": Status(row["status"]),
        "kinds": frozenset(Kind(kind) for kind in row["kinds"].split("|") if kind),
        "statements": tuple(_read(statement) for statement in row["statements"]),
        "sessions": tuple(WeeklyTime(*each) for each in row["sessions"]),
    }


_OWN: Final[dict[type[Entry], Callable[[Row], dict[str, Any]]]] = {
    Organization: _status,
    Service: _status,
    Location: _position,
    Listing: _listing,
}


def _written(statement: Statement) -> list[Any]:
    fact, by = statement.fact, statement.by
    value = fact.quantity if fact.holds is None else fact.holds
    return [str(fact.attribute), fact.term, value, by.source, by.as_of.isoformat()]


def _read(written: list[Any]) -> Statement:
    *fact, source, as_of = written
    return Statement(_fact(*fact), Provenance(source, datetime.fromisoformat(as_of)))


@lru_cache(maxsize=4096, typed=True)  # thousands of listings share a few hundred facts
def _fact(attribute: str, term: str, value: bool | int) -> FactValue:
    if isinstance(value, bool):
        return FactValue(Attribute(attribute), term, holds=value)
    return FactValue(Attribute(attribute), term, quantity=value)
