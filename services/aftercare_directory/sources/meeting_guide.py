"""Meeting Guide JSON, the feed of AA websites, also used by other fellowships.

Row in: each element of the file's array (or of its `meetings` member), one meeting. Spec:
github.com/code4recovery/spec. Weekdays count from 0 = Sunday, may be a list, and in the wild are
names; times are HH:MM, in the wild HH:MM:SS; `updated` is UTC. Types that nobody registered are noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Final

from aftercare_directory.domain.record import (
    FactValue,
    ListingRecord,
    LocationPart,
    LocationType,
    OrganizationPart,
    Outcome,
    ServicePart,
    Session,
    Status,
)
from aftercare_directory.domain.schedule import in_order, read_time, read_weekday, weekly
from aftercare_directory.sources.code_tables import Meaning, load, meaning, settled
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.fellowships import (
    facts_of_fellowship,
    fellowship_of,
    is_fellowship,
    name_of_fellowship,
)
from aftercare_directory.sources.json_rows import JsonFeed, Row, rows_of
from aftercare_directory.sources.meetings import Attendance, refuse_test, updated_at
from aftercare_directory.sources.place import RawPlace, place_key, read_place
from aftercare_directory.sources.reading import Draft, Reading, doubtful, verdicts
from aftercare_directory.sources.text import (
    NAME_LENGTH_LIMIT,
    described,
    email_address,
    name_of,
    phone_numbers,
    plain,
    web_address,
)
from aftercare_platform.kernel.vocabulary import Kind

EXPECTED: Final = "a Meeting Guide feed: a JSON array of meetings, each an object with name and slug"
_ONE_LINE: Final = re.compile(
    r"(?P<street>.*?),? *(?P<city>[^,]+), *(?P<state>[A-Z]{2}) +(?P<zip>\d{5})(?:-\d{4})?(?:, *[A-Za-z. ]+)?"
)
_FAMILY_BESIDE: Final = frozenset({"AL", "AL-AN"})


def read(files: Sequence[SourceFile], options: ReadOptions) -> Iterator[Outcome]:
    """Each meeting as a record or why not. Raises `InvalidArgument` for a file that is no such feed."""
    feeds = [JsonFeed(file, expected=EXPECTED) for file in files]
    rows = rows_of(feeds, member="meetings", expected=EXPECTED, required=("name", "slug"))
    return verdicts(rows, lambda row, reading: _draft(row, options, reading))


@dataclass(frozen=True, slots=True)
class _Types:
    """What a meeting's type codes say together."""

    facts: tuple[FactValue, ...]
    marks: frozenset[str]
    is_family_beside: bool


def _draft(row: Row, options: ReadOptions, reading: Reading) -> Draft:
    name = name_of(row.get("name"), "name")
    refuse_test("name", name)
    key = name_of(row.get("slug"), "slug")
    types = _types(row.get("types"), reading)
    fellowship = fellowship_of(
        plain(row.get("entity")),
        (name, plain(row.get("group"))),
        otherwise=options.fellowship or "aa",
        is_concurrent=types.is_family_beside,
    )
    attendance = _attendance(row, types)
    location = _location(row, key, attendance, options, reading)
    sessions, hours = _sessions(row, location.timezone, reading)
    record = ListingRecord(
        source_key=key,
        organization=_organization(row, fellowship, reading),
        service=ServicePart(
            source_key=key,
            name=name,
            description=described(row.get("notes"), row.get("group_notes")),
            url=web_address(row.get("url"), "url", reading),
        ),
        location=location,
        row=reading.row,
        status=Status.ACTIVE if attendance.is_possible else Status.INACTIVE,
        kinds=frozenset({Kind.SUPPORT_GROUP}),
        facts=settled((*facts_of_fellowship(fellowship), *types.facts, *attendance.facts())),
        sessions=sessions,
        hours_text=hours,
        as_of=updated_at(row.get("updated"), reading),
    )
    return Draft(record, sameness=(name.casefold(), location.source_key, sessions) if sessions else None)


def _types(codes: object, reading: Reading) -> _Types:
    listed = [plain(code) for code in (codes if isinstance(codes, list) else str(codes or "").split(","))]
    known: list[Meaning] = []
    for code in listed:
        if found := _table().get(code):
            known.append(found)
        elif code:
            reading.note("types", code, "is not a registered meeting type; not used")
    facts = tuple(fact for found in known for fact in found.facts)
    marks = frozenset(mark for found in known for mark in found.marks)
    return _Types(facts, marks, not _FAMILY_BESIDE.isdisjoint(listed))


@cache
def _table() -> dict[str, Meaning]:
    return {code: meaning(entry) for code, entry in load("meeting_guide_types.json").items()}


def _attendance(row: Row, types: _Types) -> Attendance:
    """How one can take part: by what the row states, else by what it gives (a room, a link, a number)."""
    option = plain(row.get("attendance_option"))
    is_online = bool(plain(row.get("conference_url"))) or "online" in types.marks
    is_phone = bool(plain(row.get("conference_phone")))
    has_room = bool(plain(row.get("address")) or plain(row.get("formatted_address")))
    # A meeting that is only online may carry its city's address, then marked as approximate.
    has_room = has_room and plain(row.get("approximate")).casefold() != "yes"
    is_open = "place_closed" not in types.marks and option not in ("online", "inactive")
    return Attendance(
        in_person=option in ("in_person", "hybrid") or (has_room and is_open and "online" not in types.marks),
        online=option in ("online", "hybrid") or (is_online and option != "inactive"),
        phone=is_phone and option != "inactive",
        is_place_closed="place_closed" in types.marks,
    )


def _location(
    row: Row, key: str, attendance: Attendance, options: ReadOptions, reading: Reading
) -> LocationPart:
    is_virtual = not attendance.in_person and (attendance.online or attendance.phone)
    address, city, state, postal_code = _address(row)
    location = LocationPart(
        source_key=f"online:{key}"
        if is_virtual
        else place_key(row.get("location"), address, city, state, postal_code),
        name=plain(row.get("location")),
        description=described(row.get("location_notes"), row.get("conference_url_notes")),
        url=web_address(row.get("conference_url"), "conference_url", reading),
        phones=phone_numbers([row.get("conference_phone")], "conference_phone", reading),
        location_type=LocationType.VIRTUAL if is_virtual else LocationType.PHYSICAL,
    )
    raw = RawPlace(
        address_1="" if is_virtual else address,
        city=city,
        state=state,
        postal_code=postal_code,
        country=row.get("country"),
        latitude=row.get("latitude"),
        longitude=row.get("longitude"),
        timezone=row.get("timezone") or options.timezone,
        approximate=plain(row.get("approximate")).casefold() == "yes",
    )
    return read_place(raw, location, reading)


def _address(row: Row) -> tuple[object, object, object, object]:
    """Street, city, state and ZIP: the row's own parts, or those of its one-line address."""
    parts = (row.get("address"), row.get("city"), row.get("state"), row.get("postal_code"))
    if any(parts):
        return parts
    whole = plain(row.get("formatted_address"))
    # Searched only where it can be an address: on a long text the pattern would take its time.
    match = _ONE_LINE.fullmatch(whole) if len(whole) <= NAME_LENGTH_LIMIT else None
    return (match["street"], match["city"], match["state"], match["zip"]) if match else (whole, "", "", "")


def _organization(row: Row, fellowship: str, reading: Reading) -> OrganizationPart:
    """The service entity that lists the meeting; the fellowship itself where none is named."""
    entity = plain(row.get("entity"))
    is_local = bool(entity) and not is_fellowship(entity)
    return OrganizationPart(
        source_key=f"entity:{entity.casefold()}" if is_local else f"fellowship:{fellowship}",
        name=entity if is_local else name_of_fellowship(fellowship),
        url=web_address(row.get("entity_website_url") or row.get("entity_url"), "entity_url", reading),
        email=email_address(row.get("entity_email"), "entity_email", reading),
        phones=phone_numbers([row.get("entity_phone")], "entity_phone", reading),
    )


def _sessions(row: Row, timezone: str, reading: Reading) -> tuple[tuple[Session, ...], str]:
    """The weekly sessions, or the words that stand in their place."""
    days = _days(row.get("day"))
    opens = _time(row.get("time"), "time")
    if not days or opens is None:
        return (), "By appointment"
    closes = _time(row.get("end_time"), "end_time")
    if not timezone:
        reading.note(
            "timezone",
            row.get("timezone") or "",
            "neither a time zone nor a place says one; times kept as text",
        )
        return (), f"{plain(row.get('day'))} {opens:%H:%M}"
    return in_order(weekly(days, opens, closes, timezone)), ""


def _time(value: object, field: str) -> time | None:
    text = plain(value)
    found = read_time(text)
    if text and found is None:
        raise doubtful(field, text, "is not a time of day; write HH:MM")
    return found


def _days(value: object) -> tuple[int, ...]:
    """ISO weekdays from the feed's numbers (0 = Sunday) or names; a list gives several."""
    listed = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(_day(day) for day in listed if plain(day)))


def _day(value: object) -> int:
    text = plain(value)
    if len(text) == 1 and text in "0123456":
        return (int(text) + 6) % 7
    named = read_weekday(text)
    if named is None:
        raise doubtful("day", text, "is not a weekday; write 0 (Sunday) to 6 (Saturday)")
    return named
