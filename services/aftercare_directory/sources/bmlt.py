"""BMLT `GetSearchResults` JSON, the meeting lists of Narcotics Anonymous.

Row in: each meeting of the answer, which is an array of meetings or an object with `meetings` and
perhaps `formats`. All values are strings. Weekdays count from 1 = Sunday. Formats are resolved through
the answer's own table to their world id, which is the same on every server; keys are a server's own,
and count only where their name is that of the default format. An unpublished meeting is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from aftercare_directory.domain.schedule import ends_after, read_duration, read_time
from aftercare_directory.sources.code_tables import Meaning, load, meaning, settled
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.fellowships import facts_of_fellowship, fellowship_of, name_of_fellowship
from aftercare_directory.sources.json_rows import JsonFeed, Row, rows_of
from aftercare_directory.sources.meetings import Attendance, refuse_test
from aftercare_directory.sources.place import RawPlace, place_key, read_place
from aftercare_directory.sources.reading import Draft, Reading, Refused, doubtful, verdicts
from aftercare_directory.sources.text import described, name_of, phone_numbers, plain, web_address
from aftercare_platform.kernel.vocabulary import Kind

EXPECTED: Final = (
    "a BMLT GetSearchResults answer: an array of meetings, or an object with meetings and formats"
)
_IN_PERSON, _VIRTUAL, _HYBRID = "1", "2", "3"


@dataclass(frozen=True, slots=True)
class _Format:
    """A format as the answer's own table names it."""

    key: str
    name: str
    world_id: str


@dataclass(frozen=True, slots=True)
class _Formats:
    """The answer's format table, by its shared id and by key; empty where the answer brings none."""

    by_id: Mapping[str, _Format]
    by_key: Mapping[str, _Format]

    def of(self, row: Row) -> list[_Format]:
        """The meeting's formats: by id where the table has them, else by key, else the bare key."""
        ids = [plain(i) for i in str(row.get("format_shared_id_list") or "").split(",")]
        keys = [plain(key) for key in str(row.get("formats") or "").split(",")]
        if any(ids) and all(i in self.by_id for i in ids):
            return [self.by_id[i] for i in ids]
        return [self.by_key.get(key, _Format(key, "", "")) for key in keys if key]


def read(files: Sequence[SourceFile], options: ReadOptions) -> Iterator[Outcome]:
    """Each meeting as a record or why not. Raises `InvalidArgument` for a file that is no such answer."""
    feeds = [JsonFeed(file, expected=EXPECTED) for file in files]
    formats = _format_table(feeds)
    rows = rows_of(feeds, member="meetings", expected=EXPECTED, required=("id_bigint", "meeting_name"))
    return verdicts(rows, lambda row, reading: _draft(row, formats, options, reading))


def _draft(row: Row, formats: _Formats, options: ReadOptions, reading: Reading) -> Draft:
    if plain(row.get("published")) == "0":
        raise Refused("published", "0", "unpublished")
    key = name_of(row.get("id_bigint"), "id_bigint")
    name = name_of(row.get("meeting_name"), "meeting_name")
    refuse_test("meeting_name", name)
    meanings = _meanings(formats.of(row), reading)
    attendance = _attendance(row, frozenset(mark for found in meanings for mark in found.marks))
    location = _location(row, key, attendance, options, reading)
    sessions = _sessions(row, location.timezone, reading)
    fellowship = fellowship_of("", (name,), otherwise=options.fellowship or "na")
    body = plain(row.get("service_body_bigint"))
    organization_name = name_of_fellowship(fellowship)
    record = ListingRecord(
        source_key=key,
        organization=OrganizationPart(
            source_key=f"service_body:{body}" if body else f"fellowship:{fellowship}",
            name=f"{organization_name}, service body {body}" if body else organization_name,
        ),
        service=ServicePart(key, name, description=described(row.get("comments"))),
        location=location,
        row=reading.row,
        status=Status.ACTIVE if attendance.is_possible else Status.INACTIVE,
        kinds=frozenset({Kind.SUPPORT_GROUP}),
        facts=settled((*facts_of_fellowship(fellowship), *_facts(meanings), *attendance.facts())),
        sessions=sessions,
    )
    return Draft(record, sameness=(name.casefold(), location.source_key, sessions) if sessions else None)


def _facts(meanings: list[Meaning]) -> Iterator[FactValue]:
    for found in meanings:
        yield from found.facts


def _meanings(formats: list[_Format], reading: Reading) -> list[Meaning]:
    by_world_id, by_key = _default_formats()
    found: list[Meaning] = []
    for form in formats:
        default = by_world_id.get(form.world_id) if form.world_id else None
        if default is None and (named := by_key.get(form.key)) is not None:
            # A server may give a default key another meaning; its name then differs.
            default = named if form.name.casefold() in ("", named.label.casefold()) else None
        if default is not None:
            found.append(default)
        else:
            reading.note("formats", f"{form.key} {form.name}".strip(), "is not a known format; not used")
    return found


@cache
def _default_formats() -> tuple[dict[str, Meaning], dict[str, Meaning]]:
    """The defaults by world id (only ids whose formats all mean the same) and by key."""
    by_key: dict[str, Meaning] = {}
    sharing: dict[str, list[Meaning]] = {}
    for entry in load("bmlt_formats.json"):
        by_key[entry["key"]] = meaning(entry)
        sharing.setdefault(entry["world_id"] or "", []).append(by_key[entry["key"]])
    by_world_id = {
        world_id: group[0]
        for world_id, group in sharing.items()
        if world_id and len({(m.facts, m.marks) for m in group}) == 1
    }
    return by_world_id, by_key


def _format_table(feeds: list[JsonFeed]) -> _Formats:
    rows = [row for feed in feeds for _, row in feed.array("formats") if isinstance(row, dict)]
    by_id: dict[str, _Format] = {}
    by_key: dict[str, _Format] = {}
    for row in rows:
        world_id = plain(row.get("worldid_mixed") or row.get("world_id"))
        form = _Format(plain(row.get("key_string")), plain(row.get("name_string")), world_id)
        # A table may name a format twice, once without its world id: the fuller line counts.
        for table, key in ((by_id, plain(row.get("id"))), (by_key, form.key)):
            if key not in table or (form.world_id and not table[key].world_id):
                table[key] = form
    return _Formats(by_id, by_key)


def _attendance(row: Row, marks: frozenset[str]) -> Attendance:
    """By `venue_type` where the server has it, else by its formats, link and number."""
    venue = plain(row.get("venue_type"))
    is_virtual = venue == _VIRTUAL or (not venue and "virtual" in marks)
    is_hybrid = venue == _HYBRID or (not venue and "hybrid" in marks)
    is_place_closed = "place_closed" in marks
    has_link = bool(plain(row.get("virtual_meeting_link")))
    has_phone = bool(plain(row.get("phone_meeting_number")))
    return Attendance(
        in_person=not is_place_closed and (is_hybrid or not is_virtual),
        online=is_hybrid or is_virtual or has_link,
        phone=has_phone,
        is_place_closed=is_place_closed,
    )


def _location(
    row: Row, key: str, attendance: Attendance, options: ReadOptions, reading: Reading
) -> LocationPart:
    is_virtual = not attendance.in_person and (attendance.online or attendance.phone)
    place = [
        row.get(f"location_{part}")
        for part in ("text", "street", "municipality", "province", "postal_code_1")
    ]
    location = LocationPart(
        source_key=f"online:{key}" if is_virtual else place_key(*place),
        name=plain(row.get("location_text")),
        description=described(row.get("location_info"), row.get("virtual_meeting_additional_info")),
        url=web_address(row.get("virtual_meeting_link"), "virtual_meeting_link", reading),
        phones=phone_numbers([row.get("phone_meeting_number")], "phone_meeting_number", reading),
        location_type=LocationType.VIRTUAL if is_virtual else LocationType.PHYSICAL,
    )
    raw = RawPlace(
        address_1="" if is_virtual else row.get("location_street"),
        city=row.get("location_municipality"),
        state=row.get("location_province"),
        postal_code=row.get("location_postal_code_1"),
        country=row.get("location_nation"),
        latitude=row.get("latitude"),
        longitude=row.get("longitude"),
        timezone=row.get("time_zone") or options.timezone,
    )
    return read_place(raw, location, reading)


def _sessions(row: Row, timezone: str, reading: Reading) -> tuple[Session, ...]:
    weekday, start = plain(row.get("weekday_tinyint")), plain(row.get("start_time"))
    if weekday not in tuple("1234567"):
        raise doubtful("weekday_tinyint", weekday, "is not a weekday; write 1 (Sunday) to 7 (Saturday)")
    opens = read_time(start)
    if opens is None:
        raise doubtful("start_time", start, "is not a time of day; write HH:MM:SS")
    if not timezone:
        reading.note("time_zone", "", "neither a time zone nor a place says one; the time is not used")
        return ()
    length = read_duration(plain(row.get("duration_time")))
    return (Session((int(weekday) + 5) % 7, opens, ends_after(opens, length) if length else None, timezone),)
