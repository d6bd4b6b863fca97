"""ZIP codes and where they are; offline, from the list in the zipcodes package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import zipcodes

from aftercare_platform.kernel.errors import invalid

_FIVE_DIGITS = re.compile(r"([0-9]{5})(?:-[0-9]{4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ZipPlace:
    """A ZIP code's place. The point is its middle, good to a few miles: say so wherever it is used."""

    zip: str
    latitude: float
    longitude: float
    city: str
    county: str
    """Without the word County; empty where there is none."""
    state: str
    """Two letters. A ZIP code can reach over a state line: this is the state of its post office."""
    timezone: str
    """IANA name, such as "America/New_York"."""


def zip_place(text: str) -> ZipPlace | None:
    """The place of "20001" or "20001-4307"; None for what is no ZIP code, not in use, or military.

    Military and diplomatic codes are in use but lie nowhere that the list knows. A code that has lost
    its leading zero is not repaired: it could be another's beginning.
    """
    match = _FIVE_DIGITS.fullmatch(text.strip())
    return _area(match[1][:3]).get(match[1]) if match else None


def require_zip_place(text: str, *, field: str = "zip") -> ZipPlace:
    """The place of a ZIP code; InvalidArgument that names the field when there is none."""
    place = zip_place(text)
    if place is None:
        raise invalid(field, "is not a ZIP code whose place is known; give five digits, such as 20001")
    return place


@cache
def _area(prefix: str) -> Mapping[str, ZipPlace]:
    """The places of all codes that begin with these three digits; one pass over the list, then kept."""
    rows: list[dict[str, Any]] = zipcodes.similar_to(prefix)  # type: ignore[no-untyped-call]
    return {row["zip_code"]: _place(row) for row in rows if _has_point(row)}


def _has_point(row: Mapping[str, Any]) -> bool:
    """Whether the list knows where the code is; it writes 0, 0 for nowhere."""
    return bool(row["lat"] and row["long"]) and (float(row["lat"]), float(row["long"])) != (0, 0)


def _place(row: Mapping[str, Any]) -> ZipPlace:
    return ZipPlace(
        zip=row["zip_code"],
        latitude=float(row["lat"]),
        longitude=float(row["long"]),
        city=row["city"],
        county=row["county"].removesuffix(" County"),
        state=row["state"],
        timezone=row["timezone"],
    )
