"""What a person changes of an entry, and what a feed may."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from aftercare_directory.domain.entries import EDITABLE, AnyEntry, Entry, Listing, SourceKey
from aftercare_directory.domain.statements import (
    Provenance,
    check_facts,
    said_by_feed,
    said_by_person,
    standing,
)
from aftercare_directory.domain.weekly import check_weekly
from aftercare_platform.kernel.errors import InvalidArgument, Stale, Violation, invalid


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that somebody asks for: the new values of the fields to change, by editable name.

    The value of "facts" is a tuple of `FactValue`: what the editor says now.
    """

    id: str
    etag: str
    values: Mapping[str, Any]


def check_etag(entry: Entry, etag: str) -> None:
    """Refuse a change made on another version than the current one; the error names that."""
    what = type(entry).__name__.lower()
    if not etag:
        raise invalid(f"{what}.etag", "is empty; give back the etag that was read")
    if etag != entry.etag:
        raise Stale(what=what, current=entry.etag)


def edited(entry: AnyEntry, values: Mapping[str, Any], by: Provenance) -> AnyEntry:
    """The entry with these fields set by a person; the same version, see `next_version`.

    Fields whose value changes are the person's from now on. Raises `InvalidArgument` naming each
    field that does not hold what it should.
    """
    check_values(type(entry), values)
    plain: dict[str, Any] = {name: value for name, value in values.items() if name != "facts"}
    own = frozenset(name for name, value in plain.items() if getattr(entry, name) != value)
    if isinstance(entry, Listing) and "facts" in values:
        plain["statements"] = said_by_person(entry.statements, values["facts"], by)
    return replace(entry, **plain, spoken=entry.spoken | own)


def fed(entry: AnyEntry, stated: Mapping[str, Any], by: Provenance, source_key: SourceKey) -> AnyEntry:
    """The entry after a feed's record was read; the same version, see `next_version`.

    `stated` holds only what the record says: what it does not say changes nothing. A field that a
    person set stays; a record older than the last one read only fills what is empty.
    """
    is_late = entry.fed_as_of is not None and by.as_of < entry.fed_as_of
    plain: dict[str, Any] = {
        name: value
        for name, value in stated.items()
        if name != "facts" and name not in entry.spoken and not (is_late and getattr(entry, name))
    }
    if isinstance(entry, Listing):
        plain["statements"] = said_by_feed(entry.statements, stated.get("facts", ()), by)
    return replace(
        entry,
        **plain,
        fed_as_of=max(by.as_of, entry.fed_as_of or by.as_of),
        sources=tuple(sorted({*entry.sources, source_key})),
    )


def changed_fields(before: Entry, after: Entry) -> tuple[str, ...]:
    """The names of the fields whose readable value differs, in order."""
    names = sorted(EDITABLE[type(before)] | _MOVABLE[type(before).__name__] | {"sources"})
    return tuple(name for name in names if _readable(before, name) != _readable(after, name))


def next_version(entry: AnyEntry, now: datetime) -> AnyEntry:
    """The entry as a version of its own."""
    return replace(entry, version=entry.version + 1, updated_at=now)


def check_values(kind: type[Entry], values: Mapping[str, Any]) -> None:
    """Refuse values that their fields cannot hold, naming each; shapes were checked by the contract."""
    what = kind.__name__.lower()
    if "facts" in values:
        check_facts(values["facts"], field=f"{what}.facts")
    if "sessions" in values:
        check_weekly(values["sessions"], field=f"{what}.sessions")
    violations = list(_wrong_texts(kind, what, values))
    if violations:
        raise InvalidArgument(violations)


_MOVABLE = {
    "Organization": frozenset[str](),
    "Service": frozenset({"organization_id"}),
    "Location": frozenset({"precision"}),
    "Listing": frozenset({"organization_id", "service_id", "location_id"}),
}
"""Fields that only feeds or the directory itself change."""


def _readable(entry: Entry, name: str) -> object:
    if name == "facts" and isinstance(entry, Listing):
        return standing(entry.statements)
    return getattr(entry, name)


def _wrong_texts(kind: type[Entry], what: str, values: Mapping[str, Any]) -> Iterable[Violation]:
    has_own_name = "email" in EDITABLE[kind]  # a location and a listing may go without
    if has_own_name and "name" in values and not values["name"].strip():
        yield Violation(f"{what}.name", "is empty")
    if values.get("url") and not _is_web_address(values["url"]):
        yield Violation(f"{what}.url", "is not an http or https address")
    if values.get("email") and ("@" not in values["email"] or any(map(str.isspace, values["email"]))):
        yield Violation(f"{what}.email", "is not an e-mail address")
    if values.get("time_zone") and values["time_zone"] not in _time_zones():
        yield Violation(f"{what}.time_zone", f"{values['time_zone']!r} is not an IANA time zone")


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text))


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
