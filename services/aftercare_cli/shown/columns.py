"""Which columns a message has as a row of a table. Every list and every result goes through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from aftercare_cli.shown.moments import iso
from aftercare_cli.shown.words import word_of

Row = Mapping[str, str]

_PLANS: Final[Mapping[str, Sequence[str]]] = {
    "aftercare.identity.v1.Member": ("id", "name", "email", "roles", "is_active"),
    "aftercare.identity.v1.AgencyAccount": ("id", "name", "organization_id"),
    "aftercare.identity.v1.CallerDescription": ("name", "roles", "program_name", "organization_id", "id"),
    "aftercare.directory.v1.Listing": (
        "id name kinds organization_name place.city place.zip capacity.available capacity.as_of_time "
        "status phone etag"
    ).split(),
    "aftercare.directory.v1.Change": (
        "cursor",
        "listing_id",
        "version",
        "status",
        "fields",
        "actor",
        "change_time",
    ),
    "aftercare.referral.v1.Plan": ("id", "episode_id", "revision", "state", "failure", "create_time", "etag"),
    "aftercare.referral.v1.Referral": (
        "id kind state follow_up.holder follow_up.due_time follow_up.is_overdue follow_up.sentence etag"
    ).split(),
    "aftercare.referral.v1.WorkItem": (
        "kind client_name state follow_up.holder follow_up.due_time follow_up.is_overdue follow_up.sentence "
        "referral_id"
    ).split(),
    "aftercare.referral.v1.Consent": (
        "id categories recipient_organization_ids purposes expiration_date sign_time revoke_time "
        "missing_elements version"
    ).split(),
}
"""The fields shown of the larger messages; of all others every field is, in the order of the contract."""


def row_of(message: Message) -> Row:
    """The message as words by column."""
    name = message.DESCRIPTOR.full_name
    paths = _PLANS.get(name) or [field.name for field in message.DESCRIPTOR.fields]
    return {path.replace(".", "_"): _cell(message, path) for path in paths}


def _cell(message: Message, path: str) -> str:
    head, _, rest = path.partition(".")
    if rest:
        return _cell(getattr(message, head), rest)
    field = cast("FieldDescriptor", message.DESCRIPTOR.fields_by_name[head])
    if field.has_presence and not message.HasField(head):
        return ""
    value = getattr(message, head)
    if field.is_repeated:
        return ", ".join(_word(field, item) for item in value)
    return _word(field, value)


def _word(field: FieldDescriptor, value: Any) -> str:  # noqa: ANN401 (a field's value is of any type)
    if field.enum_type is not None:
        return word_of(field.enum_type, value)
    if field.message_type is not None:
        return _WORDS_OF_MESSAGES.get(field.message_type.full_name, _brief)(value)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return "yes" if value else "no"
    return str(value)


def _brief(message: Message) -> str:
    """What a message inside a row says: its name or id."""
    for name in ("name", "key", "id"):
        if name in message.DESCRIPTOR.fields_by_name and getattr(message, name):
            return str(getattr(message, name))
    return "…" if message.ByteSize() else ""


_WORDS_OF_MESSAGES: Final[Mapping[str, Callable[[Any], str]]] = {"google.protobuf.Timestamp": iso}
