"""What a feed's record states, part by part; what it leaves out is not stated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from aftercare_directory.domain.entries import Point
from aftercare_directory.domain.record import (
    ListingRecord,
    LocationPart,
    LocationType,
    OrganizationPart,
    ServicePart,
    Visibility,
)
from aftercare_directory.domain.weekly import within_days
from aftercare_directory.ports import Part, PartKey

Stated = Mapping[str, Any]
"""Values by field of an entry; "facts" as `FactValue`s."""

_LONGEST: Final = {
    "name": 300,
    "description": 20_000,
    "url": 2_000,
    "email": 320,
    "phone": 60,
    "address": 300,
    "city": 120,
    "hours": 2_000,
}
"""The limits of the contract, in characters; a feed's text is cut to them."""
_MOST_SESSIONS: Final = 100
_REMEMBERED: Final = 512
"""Of how many parts that rows repeat it is remembered what they state."""
_WRITER: Final = json.JSONEncoder(default=str, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class StatedPart:
    """One part of a record: its key in the feed, what it says, and the fingerprint of that."""

    key: PartKey
    values: Stated
    fingerprint: str


def organization_of(record: ListingRecord) -> StatedPart:
    """What the record states of its organization."""
    return _organization(record.organization)


def service_of(record: ListingRecord) -> StatedPart:
    """What the record states of its service; a way to join online stands in for a missing contact."""
    part, place = record.service, record.location
    stated = _contact(part)
    if place is not None:
        stated = _present(url=place.url, email=place.email, phone=_first(place)) | stated
    return _part(Part.SERVICE, part.source_key, stated, owner=record.organization.source_key)


def location_of(record: ListingRecord) -> StatedPart | None:
    """What the record states of its location; None where it has none."""
    if record.location is None:
        return None
    return _location(record.location, next((session.timezone for session in record.sessions), ""))


@lru_cache(maxsize=_REMEMBERED)
def _organization(part: OrganizationPart) -> StatedPart:
    return _part(Part.ORGANIZATION, part.source_key, _contact(part))


@lru_cache(maxsize=_REMEMBERED)
def _location(part: LocationPart, timezone_of_sessions: str) -> StatedPart:
    stated = _present(
        name=part.name,
        address=", ".join(filter(None, (part.address_1, part.address_2))),
        city=part.city,
        state=part.state if len(part.state) == 2 else "",
        zip=part.postal_code if part.country == "US" else "",
        time_zone=part.timezone or timezone_of_sessions,
    )
    stated["is_virtual"] = part.location_type is LocationType.VIRTUAL
    if part.latitude is not None and part.longitude is not None:
        stated |= {"point": Point(part.latitude, part.longitude), "precision": part.precision}
    if part.visibility is Visibility.CONFIDENTIAL:
        # "Public" is what a feed says by saying nothing; only a person lifts a confidence.
        stated["visibility"] = part.visibility
    return _part(Part.LOCATION, part.source_key, stated)


def listing_of(record: ListingRecord) -> Stated:
    """What the record states of the listing itself."""
    stated = _present(
        description=record.location.description if record.location else "",
        kinds=record.kinds,
        facts=record.facts,
    )
    stated["status"] = record.status
    sessions = within_days(record.sessions)[:_MOST_SESSIONS]
    if sessions or record.hours_text:
        stated |= {"sessions": sessions, "hours": record.hours_text[: _LONGEST["hours"]]}
    return stated


def as_of(record: ListingRecord, files_at: datetime | None, now: datetime) -> datetime:
    """When the record was true: as it says itself, else the date of its files, else now; never later."""
    return min(record.as_of or files_at or now, now)


def _contact(part: OrganizationPart | ServicePart) -> dict[str, Any]:
    return _present(
        name=part.name, description=part.description, url=part.url, email=part.email, phone=_first(part)
    )


def _first(part: OrganizationPart | ServicePart | LocationPart) -> str:
    return part.phones[0] if part.phones else ""


def _present(**values: Any) -> dict[str, Any]:  # noqa: ANN401 -- texts, sets and tuples
    """The values that are there, texts cut to their limits."""
    return {name: fitting for name, value in values.items() if value and (fitting := _cut(name, value))}


def _cut(name: str, value: Any) -> Any:  # noqa: ANN401 -- a text, or what has no limit
    """A text within its field's limit; an address that is cut leads nowhere, so it goes."""
    longest = _LONGEST.get(name)
    if longest is None or len(value) <= longest:
        return value
    return "" if name in ("url", "email") else value[:longest]


def _part(part: Part, key: str, stated: dict[str, Any], *, owner: str = "") -> StatedPart:
    return StatedPart((part, key), stated, _fingerprint([owner, sorted(stated.items())]))


def fingerprint_of(record: ListingRecord, owners: Iterable[StatedPart]) -> str:
    """The fingerprint of all that the record states, of the listing and of the parts it refers to."""
    return _fingerprint(
        [
            [[part.key, part.fingerprint] for part in owners],
            record.status,
            sorted(record.kinds),
            [(fact.attribute, fact.term, fact.holds, fact.quantity) for fact in record.facts],
            [(each.weekday, each.opens, each.closes, each.timezone) for each in record.sessions],
            record.hours_text,
            record.location.description if record.location else "",
            _capacity(record),
            record.as_of,
        ]
    )


def _capacity(record: ListingRecord) -> list[object]:
    part = record.capacity
    return [part.available, part.maximum, part.waitlist, part.as_of] if part else []


def _fingerprint(content: object) -> str:
    """Text that is the same for the same content in every process, and for no other content."""
    written = _WRITER.encode(content).encode()
    return blake2b(written, digest_size=16).hexdigest()
