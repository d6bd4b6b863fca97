"""The copy of the listings: one row each, every fact a column, changed in place."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final, TypeVar

import numpy as np

from aftercare_matching.domain.arrays import Column, Reals, Rows, Tris
from aftercare_matching.domain.listing import Capacity, Fact, FactKey, Listing, Precision
from aftercare_matching.domain.timetables import NO_TIMETABLE, UNKNOWN_DAY, Timetables, weekday_bits
from aftercare_platform.kernel.vocabulary import TERMS, Attribute, Kind

FIRST_ROOM: Final = 1024
KIND_BITS: Final = {kind: 1 << place for place, kind in enumerate(Kind)}
ONLY_BITS: Final = {term: 1 << place for place, term in enumerate(sorted(TERMS[Attribute.POPULATION_ONLY]))}
SIGN_LANGUAGES: Final = frozenset({"ase", "fcs", "rsl"})
NO_PLACE: Final = 0
"""The place number of listings whose exact place is not known."""


REMEMBERED: Final = 1024
"""How many things worked out of all rows of a kind are kept until a listing changes."""
Value = TypeVar("Value")


class Index:
    """Listings by row. One thread reads and changes it; a row's number never changes.

    `sequence` is the last directory event seen, `applied_at` when.
    """

    def __init__(self) -> None:
        self.sequence = 0
        self.applied_at: datetime | None = None
        self.timetables = Timetables()
        self._listings: list[Listing] = []
        self._row_of: dict[str, int] = {}
        self._capacities: dict[str, Capacity] = {}
        self._remembered: dict[Hashable, Any] = {}
        self._places: dict[tuple[float, float], int] = {}
        self._room = FIRST_ROOM
        self._truths: dict[FactKey, Column[np.int8]] = {}
        self._quantities: dict[Attribute, Column[np.float64]] = {}

        self.kinds: Column[np.uint8] = Column(np.uint8, fill=0, room=FIRST_ROOM)
        """Bits of `KIND_BITS`; none while the listing is inactive."""
        self.identity: Column[np.uint64] = Column(np.uint64, fill=0, room=FIRST_ROOM)
        """A hash of the listing's id, for ties."""
        self.latitude: Column[np.float64] = Column(np.float64, fill=np.nan, room=FIRST_ROOM)
        self.longitude: Column[np.float64] = Column(np.float64, fill=np.nan, room=FIRST_ROOM)
        self.precision: Column[np.int8] = Column(np.int8, fill=0, room=FIRST_ROOM)
        self.is_virtual: Column[np.bool_] = Column(np.bool_, fill=False, room=FIRST_ROOM)
        self.place: Column[np.int32] = Column(np.int32, fill=NO_PLACE, room=FIRST_ROOM)
        """Same number, same place; 0 where the exact place is not known."""
        self.timetable: Column[np.intp] = Column(np.intp, fill=NO_TIMETABLE, room=FIRST_ROOM)
        self.weekdays: Column[np.uint8] = Column(np.uint8, fill=UNKNOWN_DAY, room=FIRST_ROOM)
        self.only: Column[np.uint32] = Column(np.uint32, fill=0, room=FIRST_ROOM)
        """Bits of `ONLY_BITS`: the groups that alone are served."""
        self.other_language: Column[np.bool_] = Column(np.bool_, fill=False, room=FIRST_ROOM)
        """Whether a spoken language other than English is known to be served."""
        self.credential: Column[np.int8] = Column(np.int8, fill=0, room=FIRST_ROOM)
        """1 with some credential, -1 when known to have none of those asked about."""
        self.checked: Column[np.float64] = Column(np.float64, fill=np.nan, room=FIRST_ROOM)
        """When something was last said of the listing, seconds since 1970."""
        self.available: Column[np.float64] = Column(np.float64, fill=np.nan, room=FIRST_ROOM)
        self.reported: Column[np.float64] = Column(np.float64, fill=np.nan, room=FIRST_ROOM)
        """When capacity was true, seconds since 1970."""
        self.expires: Column[np.float64] = Column(np.float64, fill=np.inf, room=FIRST_ROOM)
        self._columns: tuple[Column[Any], ...] = (
            self.kinds,
            self.identity,
            self.latitude,
            self.longitude,
            self.precision,
            self.is_virtual,
            self.place,
            self.timetable,
            self.weekdays,
            self.only,
            self.other_language,
            self.credential,
            self.checked,
            self.available,
            self.reported,
            self.expires,
        )

    def __len__(self) -> int:
        """How many listings are active."""
        return sum(listing.is_active for listing in self._listings)

    def listing(self, row: int) -> Listing:
        """The listing in this row."""
        return self._listings[row]

    def capacity(self, row: int) -> Capacity | None:
        """The capacity last reported for the listing in this row."""
        return self._capacities.get(self._listings[row].id)

    def row_of(self, listing_id: str) -> int | None:
        """The row of a listing; None where it was never seen."""
        return self._row_of.get(listing_id)

    def rows(self, kind: Kind) -> Rows:
        """The rows of the active listings of one kind, ascending."""
        return self.remembered(("rows", kind), lambda: self._rows_of(kind))

    def remembered(self, key: Hashable, work_out: Callable[[], Value]) -> Value:
        """What was worked out for this key since the last change; where nothing was, it is worked out now."""
        known: Value | None = self._remembered.get(key)
        if known is None:
            while len(self._remembered) >= REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            known = self._remembered[key] = work_out()
        return known

    def tri(self, attribute: Attribute, term: str, rows: Rows) -> Tris:
        """What is known of a term in these rows."""
        column = self._truths.get((attribute, term))
        return np.zeros(len(rows), np.int8) if column is None else column[rows]

    def quantity(self, attribute: Attribute, rows: Rows) -> Reals:
        """An attribute's number in these rows, in its unit; NaN is unknown."""
        column = self._quantities.get(attribute)
        return np.full(len(rows), np.nan) if column is None else column[rows]

    def put(self, listing: Listing) -> bool:
        """Take a listing's state; False when one as new is known. Inactive ones stay, out of every search."""
        row = self._row_of.get(listing.id)
        if row is None:
            row = self._new_row(listing)
        elif listing.version <= self._listings[row].version:
            return False
        else:
            self._forget_facts(row)
        self._listings[row] = listing
        self._remembered.clear()
        self._write(row, listing)
        return True

    def put_capacity(self, capacity: Capacity) -> bool:
        """Take a capacity; False when one as new is known. It may come before its listing."""
        known = self._capacities.get(capacity.listing_id)
        if known is not None and capacity.version <= known.version:
            return False
        self._capacities[capacity.listing_id] = capacity
        self._remembered.clear()
        row = self._row_of.get(capacity.listing_id)
        if row is not None:
            self._write_capacity(row, capacity)
        return True

    def _rows_of(self, kind: Kind) -> Rows:
        every = np.arange(len(self._listings), dtype=np.intp)
        rows: Rows = every[(self.kinds[every] & KIND_BITS[kind]) != 0]
        return rows

    def _new_row(self, listing: Listing) -> int:
        row = self._row_of[listing.id] = len(self._listings)
        self._listings.append(listing)
        if row >= self._room:
            self._room *= 2
            for column in (*self._columns, *self._truths.values(), *self._quantities.values()):
                column.reserve(self._room)
        self.identity[row] = int.from_bytes(blake2b(listing.id.encode(), digest_size=8).digest(), "big")
        capacity = self._capacities.get(listing.id)
        if capacity is not None:
            self._write_capacity(row, capacity)
        return row

    def _write(self, row: int, listing: Listing) -> None:
        kinds = sum(KIND_BITS[kind] for kind in listing.kinds) if listing.is_active else 0
        self.kinds[row] = kinds
        self._write_place(row, listing)
        self.timetable[row] = self.timetables.number(listing.sessions)
        self.weekdays[row] = weekday_bits(listing.sessions)
        self.checked[row] = seconds(listing.checked_at)
        for (attribute, term), fact in listing.facts.items():
            self._fact_column(attribute, term, fact)[row] = stored(fact)
        self.only[row] = sum(ONLY_BITS[term] for term in known_terms(listing, Attribute.POPULATION_ONLY))
        spoken = set(known_terms(listing, Attribute.LANGUAGE)) - SIGN_LANGUAGES - {"en"}
        self.other_language[row] = bool(spoken)
        self.credential[row] = credential_of(listing)

    def _write_place(self, row: int, listing: Listing) -> None:
        point = (listing.latitude, listing.longitude)
        known = point[0] is not None and point[1] is not None
        self.latitude[row] = np.nan if point[0] is None else point[0]
        self.longitude[row] = np.nan if point[1] is None else point[1]
        self.precision[row] = listing.precision
        self.is_virtual[row] = listing.is_virtual
        is_exact = known and listing.precision is Precision.EXACT and not listing.is_virtual
        key = (round(point[0] or 0.0, 4), round(point[1] or 0.0, 4))  # 4 decimals: 11 m, one building
        self.place[row] = self._places.setdefault(key, len(self._places) + 1) if is_exact else NO_PLACE

    def _write_capacity(self, row: int, capacity: Capacity) -> None:
        self.available[row] = np.nan if capacity.available is None else capacity.available
        self.reported[row] = seconds(capacity.as_of)
        self.expires[row] = np.inf if capacity.expires_at is None else capacity.expires_at.timestamp()

    def _forget_facts(self, row: int) -> None:
        for (attribute, term), fact in self._listings[row].facts.items():
            self._fact_column(attribute, term, fact).clear(row)

    def _fact_column(self, attribute: Attribute, term: str, fact: Fact) -> Column[Any]:
        if isinstance(fact.value, bool):
            key = (attribute, term)
            if key not in self._truths:
                self._truths[key] = Column(np.int8, fill=0, room=self._room)
            return self._truths[key]
        if attribute not in self._quantities:
            self._quantities[attribute] = Column(np.float64, fill=np.nan, room=self._room)
        return self._quantities[attribute]


def known_terms(listing: Listing, attribute: Attribute) -> list[str]:
    """The terms of the attribute that are known to hold, in alphabetical order."""
    return sorted(
        term for (of, term), fact in listing.facts.items() if of is attribute and fact.value is True
    )


def credential_of(listing: Listing) -> int:
    """Whether the listing holds any credential, as three-valued truth."""
    said = [fact.value for (of, _), fact in listing.facts.items() if of is Attribute.CREDENTIAL]
    return 0 if not said else 1 if True in said else -1


def stored(fact: Fact) -> float:
    """A fact as its column holds it."""
    if isinstance(fact.value, bool):
        return 1 if fact.value else -1
    return fact.value


def seconds(moment: datetime | None) -> float:
    """Seconds since 1970; NaN for unknown."""
    return np.nan if moment is None else moment.timestamp()
