"""Enum numbers of the contract and our words; moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from aftercare.type.v1 import criteria_pb2, kind_pb2, match_set_pb2, place_pb2
from aftercare_matching.domain.listing import Precision
from aftercare_matching.domain.match_set import Eligibility, Outcome
from aftercare_matching.domain.profile import Gender
from aftercare_platform.kernel.vocabulary import Attribute, Kind

Word = TypeVar("Word", bound=Enum)


def _numbers(enum: Any, words: Iterable[Word], prefix: str) -> dict[Word, Any]:  # noqa: ANN401 (a generated enum)
    return {word: enum.Value(f"{prefix}_{word.name}") for word in words}


KINDS: Final = _numbers(kind_pb2.Kind, Kind, "KIND")
ATTRIBUTES: Final = _numbers(kind_pb2.Attribute, Attribute, "ATTRIBUTE")
GENDERS: Final = _numbers(criteria_pb2.Gender, Gender, "GENDER")
OUTCOMES: Final = _numbers(match_set_pb2.Outcome, Outcome, "OUTCOME")
ELIGIBILITIES: Final = _numbers(match_set_pb2.Eligibility, Eligibility, "ELIGIBILITY")
PRECISIONS: Final = {
    Precision.UNKNOWN: place_pb2.PRECISION_UNSPECIFIED,
    Precision.EXACT: place_pb2.PRECISION_EXACT,
    Precision.ZIP: place_pb2.PRECISION_ZIP,
    Precision.CITY: place_pb2.PRECISION_CITY,
}

KIND_OF: Final = {number: word for word, number in KINDS.items()}
ATTRIBUTE_OF: Final = {number: word for word, number in ATTRIBUTES.items()}
GENDER_OF: Final = {number: word for word, number in GENDERS.items()}
OUTCOME_OF: Final = {number: word for word, number in OUTCOMES.items()}
ELIGIBILITY_OF: Final = {number: word for word, number in ELIGIBILITIES.items()}
PRECISION_OF: Final = {number: word for word, number in PRECISIONS.items()}


def time_to_proto(moment: datetime | None) -> Timestamp | None:
    """The moment, to the microsecond; None leaves the field absent."""
    if moment is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp


def time_from_proto(message: Any, field: str) -> datetime | None:  # noqa: ANN401 (any message with the field)
    """The moment in a field, aware, in UTC; None where it is absent."""
    if not message.HasField(field):
        return None
    moment: datetime = getattr(message, field).ToDatetime(UTC)
    return moment
