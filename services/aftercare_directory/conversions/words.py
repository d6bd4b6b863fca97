"""Enum numbers of the contract and our words; times; and what an update changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from aftercare.directory.v1 import resources_pb2
from aftercare.type.v1 import kind_pb2, place_pb2
from aftercare_directory.domain.edits import Edit
from aftercare_directory.domain.entries import EDITABLE, Entry, SourceKey
from aftercare_directory.domain.record import Precision, Status, Visibility
from aftercare_platform.kernel.errors import InvalidArgument, Violation
from aftercare_platform.kernel.vocabulary import Attribute, Kind

Word = TypeVar("Word", bound=StrEnum)


def _numbers(enum: Any, words: Iterable[Word], prefix: str) -> dict[Word, Any]:  # noqa: ANN401 -- a generated enum
    return {word: enum.Value(f"{prefix}_{word.name}") for word in words}


KINDS: Final = _numbers(kind_pb2.Kind, Kind, "KIND")
ATTRIBUTES: Final = _numbers(kind_pb2.Attribute, Attribute, "ATTRIBUTE")
STATUSES: Final = _numbers(resources_pb2.Status, Status, "STATUS")
VISIBILITIES: Final = _numbers(resources_pb2.Visibility, Visibility, "VISIBILITY")
PRECISIONS: Final = _numbers(
    place_pb2.Precision, [each for each in Precision if each is not Precision.UNKNOWN], "PRECISION"
) | {Precision.UNKNOWN: place_pb2.PRECISION_UNSPECIFIED}

KIND_OF: Final = {number: word for word, number in KINDS.items()}
ATTRIBUTE_OF: Final = {number: word for word, number in ATTRIBUTES.items()}
STATUS_OF: Final = {number: word for word, number in STATUSES.items()}
VISIBILITY_OF: Final = {number: word for word, number in VISIBILITIES.items()}
PRECISION_OF: Final = {number: word for word, number in PRECISIONS.items()}


def status_from_proto(number: int) -> Status:
    """The status; not stated means active."""
    return STATUS_OF.get(number, Status.ACTIVE)


def visibility_from_proto(number: int) -> Visibility:
    """The visibility; not stated means public."""
    return VISIBILITY_OF.get(number, Visibility.PUBLIC)


def time_to_proto(moment: datetime) -> Timestamp:
    """The moment, to the microsecond."""
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp


def time_from_proto(timestamp: Timestamp) -> datetime:
    """The moment, aware, in UTC."""
    return timestamp.ToDatetime(UTC)


def sources_to_proto(sources: Iterable[SourceKey]) -> list[resources_pb2.SourceRecord]:
    """Where an entry was read from."""
    return [resources_pb2.SourceRecord(source=each.source, key=each.key) for each in sources]


def sources_from_proto(sources: Iterable[resources_pb2.SourceRecord]) -> tuple[SourceKey, ...]:
    """Where an entry was read from."""
    return tuple(SourceKey(each.source, each.key) for each in sources)


def edit_of(kind: type[Entry], message: Any, mask: FieldMask, values: dict[str, Any]) -> Edit:  # noqa: ANN401 -- any of the four messages
    """The change that an update asks for: of all the message's `values`, those that the mask names."""
    wanted = set(mask.paths) or EDITABLE[kind]
    violations = [
        Violation("update_mask", f"{path!r} cannot be changed; one of: {', '.join(sorted(EDITABLE[kind]))}")
        for path in sorted(wanted - EDITABLE[kind])
    ]
    if violations:
        raise InvalidArgument(violations)
    return Edit(message.id, message.etag, {name: values[name] for name in wanted})
