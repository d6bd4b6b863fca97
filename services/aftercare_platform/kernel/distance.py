"""Distances along the ground, for the tens of miles that people travel.

The haversine formula on the sphere that fits the WGS 84 ellipsoid at the middle latitude of the two
points: north-south and east-west steps are each measured with the ellipsoid's own radius of
curvature there. Within 2 cm of the geodesic up to 60 miles, 4 m up to 300, at the price of a plain
haversine; an ordinary one is off by up to half a percent. Round the whole globe it is coarse (5 %) but sound.
"""

from __future__ import annotations

import math
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from aftercare_platform.kernel.errors import InvalidArgument, Violation

METERS_PER_MILE: Final = 1609.344
_POLE: Final = 90
_HALF_TURN: Final = 180
_SEMI_MAJOR: Final = 6_378_137.0  # WGS 84, meters
_FLATTENING: Final = 1 / 298.257_223_563
_ECCENTRICITY_SQUARED: Final = _FLATTENING * (2 - _FLATTENING)

Degrees = NDArray[np.float64]
Number = TypeVar("Number", float, NDArray[np.float64])


def check_point(
    latitude: float | None, longitude: float | None, *, fields: tuple[str, str] = ("latitude", "longitude")
) -> tuple[float, float]:
    """The point, if it is one; else InvalidArgument with each wrong coordinate's field."""
    violations = [
        Violation(field, f"is not a number of degrees from {-limit} to {limit}")
        for field, value, limit in zip(fields, (latitude, longitude), (_POLE, _HALF_TURN), strict=True)
        if value is None or not abs(value) <= limit  # not "> limit": a NaN must not slip through
    ]
    if violations or latitude is None or longitude is None:
        raise InvalidArgument(violations)
    return float(latitude), float(longitude)


def meters_between(
    from_latitude: float | None,
    from_longitude: float | None,
    to_latitude: float | None,
    to_longitude: float | None,
) -> float:
    """Meters along the ground between two points in degrees; InvalidArgument for what is no point."""
    latitude_1, longitude_1 = check_point(
        from_latitude, from_longitude, fields=("from_latitude", "from_longitude")
    )
    latitude_2, longitude_2 = check_point(to_latitude, to_longitude, fields=("to_latitude", "to_longitude"))
    middle = math.radians((latitude_1 + latitude_2) / 2)
    half_north = math.radians((latitude_2 - latitude_1) / 2)
    half_east = math.radians(math.remainder(longitude_2 - longitude_1, 360) / 2)
    across, along = _radii(math.sin(middle) ** 2)
    east = across * math.cos(middle) * math.sin(half_east)
    north = along * math.sin(half_north) * math.cos(half_east)
    radius = math.sqrt(across * along)
    return 2 * radius * math.asin(min(1.0, math.hypot(east, north) / radius))


def meters_to_each(latitude: float, longitude: float, latitudes: Degrees, longitudes: Degrees) -> Degrees:
    """Meters from one point to each of many, in degrees, as `meters_between`.

    The result has the arrays' shape. What is no point (NaN, out of range) is infinitely far: it never
    sorts as near. The one point is checked: InvalidArgument.
    """
    latitude, longitude = check_point(latitude, longitude)
    is_point = (np.abs(latitudes) <= _POLE) & (np.abs(longitudes) <= _HALF_TURN)
    latitudes, longitudes = np.where(is_point, latitudes, 0), np.where(is_point, longitudes, 0)
    middle = np.radians((latitudes + latitude) / 2)
    half_north = np.radians((latitudes - latitude) / 2)
    half_east = np.radians((longitudes - longitude) / 2)  # a full turn changes the sign of both factors only
    across, along = _radii(np.sin(middle) ** 2)
    east = across * np.cos(middle) * np.sin(half_east)
    north = along * np.sin(half_north) * np.cos(half_east)
    radius = np.sqrt(across * along)
    meters: Degrees = 2 * radius * np.arcsin(np.minimum(1.0, np.hypot(east, north) / radius))
    meters[~is_point] = np.inf
    return meters


def _radii(sine_squared: Number) -> tuple[Number, Number]:
    """The radii of curvature, meters, east-west and north-south, at the latitude of this squared sine."""
    bulge = 1 - _ECCENTRICITY_SQUARED * sine_squared
    across = _SEMI_MAJOR * bulge**-0.5
    return across, across * (1 - _ECCENTRICITY_SQUARED) / bulge
