"""Enum numbers of the contract and our words; moments.

An enum of ours and its twin in the contract have the same names, behind the contract's prefix.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeVar, overload

from google.protobuf.timestamp_pb2 import Timestamp

from aftercare.type.v1 import kind_pb2
from aftercare_platform.kernel.vocabulary import Attribute, Kind

Word = TypeVar("Word", bound=Enum)


def numbers(enum: Any, words: Iterable[Word], prefix: str) -> dict[Word, Any]:  # noqa: ANN401 (a generated enum)
    """The contract's number of each word."""
    return {word: enum.Value(f"{prefix}_{word.name}") for word in words}


KINDS: Final = numbers(kind_pb2.Kind, Kind, "KIND")
ATTRIBUTES: Final = numbers(kind_pb2.Attribute, Attribute, "ATTRIBUTE")

KIND_OF: Final = {number: word for word, number in KINDS.items()}
ATTRIBUTE_OF: Final = {number: word for word, number in ATTRIBUTES.items()}


@overload
def time_to_proto(moment: datetime) -> Timestamp: ...
@overload
def time_to_proto(moment: datetime | None) -> Timestamp | None: ...
def time_to_proto(moment: datetime | None) -> Timestamp | None:
    """The moment, to the microsecond; None leaves the field absent."""
    if moment is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp


def time_from_proto(timestamp: Timestamp) -> datetime:
    """The moment, aware, in UTC."""
    return timestamp.ToDatetime(UTC)
