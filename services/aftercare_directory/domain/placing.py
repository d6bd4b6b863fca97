"""Where a location may be: its position is checked against its own ZIP code, and filled in from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final, Protocol

from aftercare_directory.domain.entries import Location, Point
from aftercare_directory.domain.record import Precision
from aftercare_platform.kernel.distance import METERS_PER_MILE, meters_between
from aftercare_platform.kernel.errors import InvalidArgument, Violation, invalid

FARTHEST_FROM_ZIP_MILES: Final = 25
"""A position farther than this from the middle of its own ZIP code is wrong, not rural."""


class ZipArea(Protocol):
    """What is known of a ZIP code."""

    @property
    def zip(self) -> str:
        """Five digits."""
        ...

    @property
    def latitude(self) -> float:
        """Of its middle, degrees."""
        ...

    @property
    def longitude(self) -> float:
        """Of its middle, degrees."""
        ...

    @property
    def city(self) -> str:
        """Of its post office."""
        ...

    @property
    def county(self) -> str:
        """Without the word."""
        ...

    @property
    def state(self) -> str:
        """Two capitals."""
        ...

    @property
    def timezone(self) -> str:
        """IANA name."""
        ...


ZipAreas = Callable[[str], ZipArea | None]
"""Finds a ZIP code; None for one that lies nowhere we know."""


def placed(location: Location, zip_areas: ZipAreas) -> Location:
    """The location with its position checked, and what is missing filled in from its ZIP code.

    Without a position the middle of the ZIP code stands in, and `precision` says so. Raises
    `InvalidArgument` for an unknown ZIP code, and for a position that is not finite, out of range,
    (0, 0), swapped, or farther than 25 miles from its ZIP code.
    """
    area = zip_areas(location.zip) if location.zip else None
    if location.zip and area is None:
        raise invalid("location.zip", f"{location.zip} is not a ZIP code whose place is known")
    if location.point is not None:
        check_position(location.point, area)
        location = replace(location, precision=_exactness(location))
    return filled(location, area)


def filled(location: Location, area: ZipArea | None) -> Location:
    """The location with what it lacks (city, state, county, time zone, position) taken from its ZIP code."""
    if area is None:
        return replace(location, precision=Precision.UNKNOWN) if location.point is None else location
    location = replace(
        location,
        city=location.city or area.city,
        state=location.state or area.state,
        county=location.county or area.county,
        time_zone=location.time_zone or area.timezone,
    )
    if location.point is not None:
        return location
    if location.is_virtual:
        return replace(location, precision=Precision.UNKNOWN)
    return replace(location, point=Point(area.latitude, area.longitude), precision=Precision.ZIP)


def without_guesses(location: Location, edited: Collection[str]) -> Location:
    """The location as its people gave it: what was filled in from a ZIP code goes when that is edited.

    `edited` names the fields about to be set; those stay what the editor makes them.
    """
    if location.precision is Precision.ZIP or "point" in edited:
        location = replace(location, point=None, precision=Precision.UNKNOWN)
    if "zip" in edited:
        given = location.spoken.union(edited)
        location = replace(
            location,
            county=location.county if "county" in given else "",
            time_zone=location.time_zone if "time_zone" in given else "",
        )
    return location


def check_position(point: Point, area: ZipArea | None, *, field: str = "location.point") -> None:
    """Refuse a position that cannot be right; the error names the field and what is wrong."""
    latitude, longitude = point.latitude, point.longitude
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        raise invalid(field, "is not a position: latitude and longitude must be finite numbers")
    if abs(latitude) > 90 or abs(longitude) > 180:
        hint = "; latitude and longitude look swapped" if abs(longitude) <= 90 else ""
        raise invalid(field, f"is out of range: latitude -90 to 90, longitude -180 to 180{hint}")
    if (latitude, longitude) == (0.0, 0.0):
        raise invalid(field, "is (0, 0), which stands for not known; leave the point out")
    if area is not None:
        _check_near(point, area, field)


def _check_near(point: Point, area: ZipArea, field: str) -> None:
    middle = Point(area.latitude, area.longitude)
    miles = _miles(point, middle)
    if miles <= FARTHEST_FROM_ZIP_MILES:
        return
    swapped = Point(point.longitude, point.latitude)
    if abs(swapped.latitude) <= 90 and _miles(swapped, middle) <= FARTHEST_FROM_ZIP_MILES:
        raise InvalidArgument([Violation(field, "looks swapped: latitude and longitude changed places")])
    farthest = f"more than {FARTHEST_FROM_ZIP_MILES} cannot be right"
    raise invalid(field, f"is {round(miles)} miles from its ZIP code {area.zip}; {farthest}")


def _exactness(location: Location) -> Precision:
    return Precision.EXACT if location.precision is Precision.UNKNOWN else location.precision


def _miles(one: Point, other: Point) -> float:
    meters = meters_between(one.latitude, one.longitude, other.latitude, other.longitude)
    return meters / METERS_PER_MILE
