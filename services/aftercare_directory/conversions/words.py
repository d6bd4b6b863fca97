"""Enum numbers of the contract and the directory's words; and what an update changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from google.protobuf.field_mask_pb2 import FieldMask

from aftercare.directory.v1 import resources_pb2
from aftercare.type.v1 import place_pb2
from aftercare_directory.domain.edits import Edit
from aftercare_directory.domain.entries import EDITABLE, Entry, SourceKey
from aftercare_directory.domain.record import Precision, Status, Visibility
from aftercare_platform.contract.words import numbers
from aftercare_platform.kernel.errors import InvalidArgument, Violation

STATUSES: Final = numbers(resources_pb2.Status, Status, "STATUS")
VISIBILITIES: Final = numbers(resources_pb2.Visibility, Visibility, "VISIBILITY")
PRECISIONS: Final = numbers(
    place_pb2.Precision, [each for each in Precision if each is not Precision.UNKNOWN], "PRECISION"
) | {Precision.UNKNOWN: place_pb2.PRECISION_UNSPECIFIED}

STATUS_OF: Final = {number: word for word, number in STATUSES.items()}
VISIBILITY_OF: Final = {number: word for word, number in VISIBILITIES.items()}
PRECISION_OF: Final = {number: word for word, number in PRECISIONS.items()}


def status_from_proto(number: int) -> Status:
    """The status; not stated means active."""
    return STATUS_OF.get(number, Status.ACTIVE)


def visibility_from_proto(number: int) -> Visibility:
    """The visibility; not stated means public."""
    return VISIBILITY_OF.get(number, Visibility.PUBLIC)


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
