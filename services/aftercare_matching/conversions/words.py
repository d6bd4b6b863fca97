"""Enum numbers of the contract and matching's words; moments that may be absent."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp

from aftercare.type.v1 import criteria_pb2, match_set_pb2, place_pb2
from aftercare_matching.domain.listing import Precision
from aftercare_matching.domain.match_set import Eligibility, Outcome
from aftercare_matching.domain.profile import Gender
from aftercare_platform.contract.words import numbers, time_from_proto, time_to_proto

GENDERS: Final = numbers(criteria_pb2.Gender, Gender, "GENDER")
OUTCOMES: Final = numbers(match_set_pb2.Outcome, Outcome, "OUTCOME")
ELIGIBILITIES: Final = numbers(match_set_pb2.Eligibility, Eligibility, "ELIGIBILITY")
PRECISIONS: Final = {
    Precision.UNKNOWN: place_pb2.PRECISION_UNSPECIFIED,
    Precision.EXACT: place_pb2.PRECISION_EXACT,
    Precision.ZIP: place_pb2.PRECISION_ZIP,
    Precision.CITY: place_pb2.PRECISION_CITY,
}

GENDER_OF: Final = {number: word for word, number in GENDERS.items()}
OUTCOME_OF: Final = {number: word for word, number in OUTCOMES.items()}
ELIGIBILITY_OF: Final = {number: word for word, number in ELIGIBILITIES.items()}
PRECISION_OF: Final = {number: word for word, number in PRECISIONS.items()}


@lru_cache(maxsize=1 << 14)
def kept_time_to_proto(moment: datetime | None) -> Timestamp | None:
    """As `time_to_proto`, for moments that come again and again; to be copied from, never changed."""
    return time_to_proto(moment)


def time_in(message: Any, field: str) -> datetime | None:  # noqa: ANN401 (any message with the field)
    """The moment in a field, aware, in UTC; None where it is absent."""
    return time_from_proto(getattr(message, field)) if message.HasField(field) else None
