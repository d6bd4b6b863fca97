"""Plain CSV by a column mapping: sober homes, vocational programs, or anybody's own table.

Row in: each line under the header that is not blank. What a column means is said by the mapping
(`mapping.py`); a column the mapping does not know is noted once. An empty cell and a word for "not
known" state nothing. More places free than there are, or fewer than none, quarantine the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from aftercare_directory.domain.record import (
    CapacityPart,
    FactValue,
    ListingRecord,
    LocationPart,
    LocationType,
    OrganizationPart,
    Outcome,
    RowNote,
    RowRef,
    ServicePart,
    Session,
    Status,
    Visibility,
)
from aftercare_directory.domain.schedule import read_span, read_weekly
from aftercare_directory.sources.code_tables import settled
from aftercare_directory.sources.csv_rows import csv_rows, header_of
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.mapping import Column, ColumnMapping, read_mapping
from aftercare_directory.sources.meetings import refuse_test, updated_at
from aftercare_directory.sources.place import RawPlace, place_key, read_place, word_key
from aftercare_directory.sources.reading import Draft, Reading, Refused, doubtful, verdicts
from aftercare_directory.sources.text import (
    described,
    email_address,
    name_of,
    phone_numbers,
    plain,
    web_address,
)
from aftercare_platform.kernel.errors import invalid
from aftercare_platform.kernel.vocabulary import Attribute

_YES: Final = frozenset({"yes", "y", "true", "t", "1"})
_NO: Final = frozenset({"no", "n", "false", "f", "0"})
_UNKNOWN: Final = frozenset(
    {
        "unknown",
        "?",
        "not known",
        "not stated",
        "case by case",
        "case-by-case",
        "depends",
        "varies",
        "ask",
        "call",
    }
)
_NUMBER = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_COUNT_DIGITS: Final = 6
_QUANTITY_DIGITS: Final = 15
_BOUNDS: Final = {
    Attribute.NARR_LEVEL: (1, 4),
    Attribute.MINIMUM_AGE: (0, 120),
    Attribute.MAXIMUM_AGE: (0, 120),
}
_PLACE_FIELDS: Final = ("address_1", "address_2", "city", "state", "postal_code", "country", "timezone")

Choice = TypeVar("Choice", LocationType, Status, Visibility)


def read(files: Sequence[SourceFile], options: ReadOptions) -> Iterator[Outcome]:
    """Each line as a record or why not. Raises `InvalidArgument` for a wrong mapping or a foreign file."""
    if not options.mapping:
        raise invalid("options.mapping", "the csv format needs a column mapping")
    mapping = read_mapping(options.mapping)
    for file in files:
        yield from _unknown_columns(file, mapping)
    rows = (row for file in files for row in csv_rows(file, required=mapping.required))
    yield from verdicts(rows, lambda row, reading: _draft(_Cells(row, mapping, reading), options))


def _unknown_columns(file: SourceFile, mapping: ColumnMapping) -> Iterator[RowNote]:
    for name in header_of(file):
        if name and name not in mapping.columns and name not in mapping.key:
            yield RowNote(
                RowRef(file.name, 1, 0), "header", name, "is a column the mapping does not know; not used"
            )


class _Cells:
    """A row's cells, asked for by what they mean."""

    def __init__(self, row: Mapping[str, str], mapping: ColumnMapping, reading: Reading) -> None:
        self.row, self.mapping, self.reading = row, mapping, reading

    def text(self, field: str) -> str:
        """The first filled cell of a field, with the mapping's own words put in place of the source's."""
        for name in self.mapping.by_field(field):
            if text := plain(self.row.get(name)):
                return (self.mapping.columns[name].values or {}).get(text.casefold(), text)
        return ""

    def choice(self, field: str, otherwise: Choice) -> Choice:
        """One of a closed list of words; another word quarantines the row, which might be confidential."""
        text = self.text(field).casefold()
        if not text:
            return otherwise
        try:
            return type(otherwise)(text)
        except ValueError:
            raise doubtful(field, text, f"is none of: {', '.join(type(otherwise))}") from None

    def count(self, field: str) -> int | None:
        """A whole number from 0, or None where the cell states none."""
        text = self.text(field)
        if text.casefold() in _UNKNOWN | {""}:
            return None
        if not text.isdecimal() or len(text) > _COUNT_DIGITS:
            raise doubtful(field, text, "is not a whole number from 0")
        return int(text)


def _draft(cells: _Cells, options: ReadOptions) -> Draft:
    name = cells.text("service.name") or cells.text("organization.name")
    key = _key([plain(cells.row[column]) for column in cells.mapping.key])
    name = name_of(name, (*cells.mapping.by_field("service.name"), "name")[0])
    refuse_test("name", name)
    location = _location(cells, options)
    sessions, hours = _hours(cells, location.timezone)
    record = ListingRecord(
        source_key=key,
        organization=_organization(cells, name),
        service=_service(cells, key, name),
        location=location,
        row=cells.reading.row,
        status=cells.choice("status", Status.ACTIVE),
        kinds=cells.mapping.kinds,
        facts=settled((*_column_facts(cells), *cells.mapping.always)),
        sessions=sessions,
        hours_text=hours,
        capacity=_capacity(cells),
        as_of=updated_at(cells.text("as_of"), cells.reading, field="as_of"),
    )
    return Draft(record)


def _key(cells: list[str]) -> str:
    """One key cell is the key itself; several make one that the same words give again."""
    if not any(cells):
        raise Refused("key", "", "is empty; without it a later import could not find the row again")
    return cells[0] if len(cells) == 1 else word_key("row", *cells)


def _organization(cells: _Cells, service_name: str) -> OrganizationPart:
    name = cells.text("organization.name") or service_name
    return OrganizationPart(
        source_key=f"name:{name.casefold()}",
        name=name_of(name, "organization.name"),
        description=described(cells.text("organization.description")),
        url=web_address(cells.text("organization.url"), "organization.url", cells.reading),
        email=email_address(cells.text("organization.email"), "organization.email", cells.reading),
        phones=phone_numbers([cells.text("organization.phone")], "organization.phone", cells.reading),
    )


def _service(cells: _Cells, key: str, name: str) -> ServicePart:
    return ServicePart(
        source_key=key,
        name=name,
        description=described(cells.text("service.description")),
        url=web_address(cells.text("service.url"), "service.url", cells.reading),
        email=email_address(cells.text("service.email"), "service.email", cells.reading),
        phones=phone_numbers([cells.text("service.phone")], "service.phone", cells.reading),
    )


def _location(cells: _Cells, options: ReadOptions) -> LocationPart:
    texts = {name: cells.text(f"location.{name}") for name in _PLACE_FIELDS}
    raw = RawPlace(
        address_1=texts["address_1"],
        address_2=texts["address_2"],
        city=texts["city"],
        state=texts["state"],
        postal_code=texts["postal_code"],
        country=texts["country"],
        latitude=cells.text("location.latitude"),
        longitude=cells.text("location.longitude"),
        timezone=texts["timezone"] or options.timezone,
    )
    location = LocationPart(
        source_key=place_key(*(texts[name] for name in _PLACE_FIELDS), cells.text("location.name")),
        name=cells.text("location.name"),
        description=described(cells.text("location.description")),
        url=web_address(cells.text("location.url"), "location.url", cells.reading),
        email=email_address(cells.text("location.email"), "location.email", cells.reading),
        phones=phone_numbers([cells.text("location.phone")], "location.phone", cells.reading),
        location_type=cells.choice("location.location_type", LocationType.PHYSICAL),
        visibility=cells.choice("location.visibility", Visibility.PUBLIC),
    )
    return read_place(raw, location, cells.reading)


def _capacity(cells: _Cells) -> CapacityPart | None:
    available, maximum = cells.count("capacity.available"), cells.count("capacity.maximum")
    waitlist = cells.count("capacity.waitlist")
    if (available, maximum, waitlist) == (None, None, None):
        return None
    if available is not None and maximum is not None and available > maximum:
        raise doubtful("capacity.available", available, f"is more than the {maximum} places there are")
    as_of = updated_at(cells.text("capacity.as_of"), cells.reading, field="capacity.as_of")
    return CapacityPart(available, maximum, waitlist, as_of)


def _hours(cells: _Cells, timezone: str) -> tuple[tuple[Session, ...], str]:
    """The hours of one column, or of three: days, opens, closes."""
    days, opens, closes = (cells.text(field) for field in ("days", "opens", "closes"))
    text = cells.text("hours") or " ".join(filter(None, (days, " - ".join(filter(None, (opens, closes))))))
    sessions: tuple[Session, ...] | None = None
    if cells.text("hours"):
        sessions = read_weekly(text, timezone) if timezone else None
    elif text:
        sessions = read_span(days, opens, closes, timezone) if timezone else None
    if text and sessions is None:
        cells.reading.note("hours", text, "is kept as text only: not weekly, or not understood")
    return sessions or (), text


def _column_facts(cells: _Cells) -> Iterator[FactValue]:
    for name, column in cells.mapping.columns.items():
        text = plain(cells.row.get(name))
        if text and text.casefold() not in _UNKNOWN:
            yield from _facts(name, text, column, cells.reading)


def _facts(name: str, text: str, column: Column, reading: Reading) -> Iterator[FactValue]:
    if column.terms is not None:
        for word in text.split(column.separator) if column.separator else [text]:
            if (facts := column.terms.get(word.strip().casefold())) is not None:
                yield from facts
            elif word.strip() and not column.are_others_silent:
                reading.note(name, word.strip(), "is not a word the mapping knows; not used")
    elif column.yes_no is not None:
        if text.casefold() in _YES | _NO:
            yield FactValue(*column.yes_no, holds=text.casefold() in _YES)
        else:
            reading.note(name, text, "is neither yes nor no; not used")
    elif column.quantity is not None:
        quantity = _quantity(text, column)
        if quantity is None:
            reading.note(name, text, "is not a number that this column can hold; not used")
        else:
            yield FactValue(column.quantity, quantity=quantity)


def _quantity(text: str, column: Column) -> int | None:
    """The number in its attribute's own unit, None if it is none or beyond reason."""
    match = _NUMBER.fullmatch(text)
    if match is None or column.quantity is None or len(text) > _QUANTITY_DIGITS:
        return None
    quantity = round(float(match[1].replace(",", "") + (match[2] or "")) * column.factor)
    lowest, highest = _BOUNDS.get(column.quantity, (0, quantity))
    return quantity if lowest <= quantity <= highest else None
