"""Entries of the directory: organizations, services, locations, listings. One set of acts serves all four."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message

from aftercare.directory.v1 import directory_pb2 as pb
from aftercare.directory.v1 import resources_pb2
from aftercare.type.v1 import capacity_pb2
from aftercare_cli.acts.paging import PAGE, every
from aftercare_cli.connection.desk import Desk
from aftercare_platform.kernel.errors import invalid


@dataclass(frozen=True, slots=True)
class Entry:
    """One of the four: its name in the contract, and as a field of a request."""

    name: str
    field: str
    plural: str


class Entries(Enum):
    """What the directory keeps."""

    ORGANIZATIONS = Entry("Organization", "organization", "organizations")
    SERVICES = Entry("Service", "service", "services")
    LOCATIONS = Entry("Location", "location", "locations")
    LISTINGS = Entry("Listing", "listing", "listings")


_NOT_SET: Final = frozenset({"id", "etag"})
"""Fields that address an entry and are not changed by an update."""


async def show(desk: Desk, entry: Entry, id: str) -> Message:
    """One entry."""
    found: Message = await _call(desk, f"Get{entry.name}", id=id)
    return found


async def list_all(desk: Desk, entry: Entry, *, limit: int = 0, **filters: object) -> list[Message]:
    """Entries by id, oldest first, as far as the filters let through."""
    given = {name: value for name, value in filters.items() if value}
    return await every(
        lambda token: _call(desk, f"List{entry.name}s", page_size=PAGE, page_token=token, **given),
        lambda page: list(getattr(page, entry.plural)),
        limit=limit,
    )


async def create(desk: Desk, entry: Entry, fields: Mapping[str, Any]) -> Message:
    """A new entry from its fields, named as in the contract."""
    made: Message = await _call(desk, f"Create{entry.name}", **{entry.field: parsed(entry, fields)})
    return made


async def update(desk: Desk, entry: Entry, id: str, fields: Mapping[str, Any], *, etag: str = "") -> Message:
    """Change these fields and no others. Without an etag the present one is sent: the last change wins."""
    message = await show(desk, entry, id)  # whole: what an entry must have is checked in an update too
    changed = set(fields) - _NOT_SET
    for name in changed & set(message.DESCRIPTOR.fields_by_name):
        message.ClearField(name)
    _overlay(entry, message, {**fields, "id": id} | ({"etag": etag} if etag else {}))
    request = {entry.field: message, "update_mask": FieldMask(paths=sorted(changed))}
    after: Message = await _call(desk, f"Update{entry.name}", **request)
    return after


async def changes(desk: Desk, *, cursor: int = 0, limit: int = 50) -> pb.ListChangesResponse:
    """What changed after a cursor, in order."""
    return await desk.directory.ListChanges(pb.ListChangesRequest(cursor=cursor, page_size=limit))


async def report_capacity(
    desk: Desk,
    listing_id: str,
    *,
    available: int | None,
    maximum: int | None = None,
    waitlist: int | None = None,
) -> capacity_pb2.Capacity:
    """Say how many places a listing has free now."""
    request = pb.ReportCapacityRequest(
        listing_id=listing_id, available=available, maximum=maximum, waitlist=waitlist
    )
    return await desk.directory.ReportCapacity(request)


def parsed(entry: Entry, fields: Mapping[str, Any]) -> Message:
    """The message of these fields; an error names the one that does not fit."""
    message: Message = getattr(resources_pb2, entry.name)()
    _overlay(entry, message, fields)
    return message


def _overlay(entry: Entry, message: Message, fields: Mapping[str, Any]) -> None:
    try:
        ParseDict(dict(fields), message)
    except ParseError as error:
        raise invalid(entry.field, str(error)) from None


def fields_set(assignments: Sequence[str]) -> dict[str, Any]:
    """The fields of `--set name=value`; a value is JSON where it reads as JSON, else text."""
    fields = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise invalid("--set", f"{assignment!r} is not name=value")
        try:
            fields[name] = json.loads(value)
        except json.JSONDecodeError:
            fields[name] = value
    return fields


def fields_in(text: str) -> dict[str, Any]:
    """The fields of an entry written as one JSON object."""
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        raise invalid(
            "--file", f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    if not isinstance(fields, dict):
        raise invalid("--file", "must be one JSON object, with the fields of the entry")
    return fields


async def _call(desk: Desk, method: str, **fields: Any) -> Any:  # noqa: ANN401 (four messages by name)
    request = getattr(pb, f"{method}Request")(**fields)
    return await getattr(desk.directory, method)(request)
