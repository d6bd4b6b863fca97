"""Worlds of listings written as tables, and people who look for something in them.

    listing | kind         | miles | facts                                    | free   | meets
    harbor  | sober_living | 2     | gender:woman, cost_per_month=60000       | 1      |
    circle  | support_group| ~3    | !gender:man, fellowship:aa               |        | tue 19:00-20:00

miles: north of the client; "~3" known by ZIP code only, "?" unknown, "online".
facts: "attribute:term" holds, "!attribute:term" is known not to, "attribute=number".
free: places free; "1 old" is a report past its expiry.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from aftercare_matching.domain.index import Index
from aftercare_matching.domain.listing import Capacity, Fact, FactKey, Listing, Precision, WeeklyTime
from aftercare_matching.domain.match_set import KindMatches, Option
from aftercare_matching.domain.matching import find
from aftercare_matching.domain.profile import Gender, Need, Point, Profile
from aftercare_platform.kernel.distance import METERS_PER_MILE
from aftercare_platform.kernel.vocabulary import Attribute, Kind

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOME = Point(38.9, -77.03)
METERS_PER_DEGREE_HERE = 111_020.0
SAID = NOW - timedelta(days=3)
WEEKDAYS = "mon tue wed thu fri sat sun".split()


def north(miles: float) -> float:
    """The latitude so many miles north of home."""
    return HOME.latitude + miles * METERS_PER_MILE / METERS_PER_DEGREE_HERE


def fact(text: str) -> tuple[FactKey, Fact]:
    """One fact of a table."""
    if "=" in text:
        attribute, number = text.split("=")
        return (Attribute(attribute), ""), Fact(int(number), "survey", SAID)
    attribute, _, term = text.removeprefix("!").partition(":")
    return (Attribute(attribute), term), Fact(not text.startswith("!"), "survey", SAID)


def session(text: str) -> WeeklyTime:
    """Such as "tue 19:00-20:00" or "tue 19:00"."""
    day, hours = text.split()
    opens, _, closes = hours.partition("-")
    monday = WEEKDAYS.index(day) * 24 * 60
    return WeeklyTime(monday + minutes(opens), monday + minutes(closes) if closes else None)


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def listings(table: str) -> Iterator[tuple[Listing, Capacity | None]]:
    """The listings of a table."""
    head, *rows = [line for line in table.strip().splitlines() if line.strip()]
    names = [name.strip() for name in head.split("|")]
    for row in rows:
        cells = dict(zip(names, (cell.strip() for cell in row.split("|")), strict=True))
        yield listing_of(cells), capacity_of(cells)


def listing_of(cells: dict[str, str]) -> Listing:
    miles = cells.get("miles", "1")
    is_placed = miles not in {"?", "online"}
    return Listing(
        id=cells["listing"],
        version=int(cells.get("version") or 1),
        name=cells["listing"].title(),
        organization_id="org",
        organization_name="Organization",
        kinds=frozenset(Kind(kind) for kind in cells.get("kind", "sober_living").split()),
        facts=dict(map(fact, filter(None, map(str.strip, cells.get("facts", "").split(","))))),
        sessions=tuple(map(session, filter(None, map(str.strip, cells.get("meets", "").split(","))))),
        latitude=north(float(miles.removeprefix("~"))) if is_placed else None,
        longitude=HOME.longitude if is_placed else None,
        precision=Precision.ZIP
        if miles.startswith("~")
        else Precision.EXACT
        if is_placed
        else Precision.UNKNOWN,
        is_virtual=miles == "online",
        city="Washington",
        is_active=cells.get("status", "active") == "active",
        updated_at=SAID,
    )


def capacity_of(cells: dict[str, str]) -> Capacity | None:
    number, _, age = cells.get("free", "").partition(" ")
    if not number:
        return None
    expires_at = NOW - timedelta(hours=1) if age == "old" else NOW + timedelta(days=7)
    return Capacity(
        cells["listing"], 1, int(number), 8, None, NOW - timedelta(hours=2), expires_at, "agency:org"
    )


def index_of(table: str, *, shuffled: int | None = None) -> Index:
    """The index of a table; `shuffled` by a seed."""
    rows = list(listings(table))
    if shuffled is not None:
        random.Random(shuffled).shuffle(rows)
    index = Index()
    for listing, capacity in rows:
        index.put(listing)
        if capacity:
            index.put_capacity(capacity)
    return index


def person(**asks: Any) -> Profile:
    """A woman of 30, sober for 40 days, who looks for one kind of place within 25 miles."""
    kind, count = Kind(asks.pop("kind", "sober_living")), asks.pop("count", 20)
    given = {"gender": Gender.WOMAN, "age": 30, "sober_days": 40, "state": "DC"} | asks
    return Profile(needs=(Need(kind, count),), origin=HOME, tie_key="key", as_of=NOW, **given)


def match(world: str | Index, **asks: Any) -> KindMatches:
    """What the person finds."""
    index = index_of(world) if isinstance(world, str) else world
    (found,) = find(index, person(**asks)).kinds
    return found


def names(options: tuple[Option, ...], *, mark: bool = False) -> list[str]:
    """The listings in order; with `mark`, a question mark behind conditional ones."""
    return [o.listing_id + ("?" if mark and o.eligibility == "conditional" else "") for o in options]


def judged(world: str, **asks: Any) -> str:
    """Who fits, in alphabetical order: "alder birch?" where birch is conditional."""
    return " ".join(sorted(names(match(world, **asks).options, mark=True)))


def said(world: str, listing: str, criterion: str, **asks: Any) -> str:
    """What is said of a listing under a criterion."""
    options = {option.listing_id: option for option in match(world, **asks).options}
    return next(f.sentence for f in options[listing].findings if f.criterion == criterion)
