"""Distances agree with the geodesic; what is no point is refused or infinitely far."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from geopy.distance import geodesic

from aftercare_platform.kernel.distance import METERS_PER_MILE, meters_between, meters_to_each
from aftercare_platform.kernel.errors import InvalidArgument


# miles up to | off by at most, meters
@pytest.mark.parametrize(("miles", "off_by"), [(1, 0.001), (60, 0.05), (300, 5)])
def test_within_a_hand_of_the_geodesic(miles, off_by):
    chance = random.Random(20261124)
    for _ in range(400):
        start = (chance.uniform(-75, 75), chance.uniform(-180, 180))
        end = geodesic(miles=chance.uniform(0, miles)).destination(start, chance.uniform(0, 360))
        true = geodesic(start, end).meters
        assert meters_between(*start, end.latitude, end.longitude) == pytest.approx(true, abs=off_by)


@pytest.mark.parametrize(
    ("start", "end", "kilometers", "off_by"),
    [
        pytest.param((0, 179.95), (0, -179.9), 16.7, 0.1, marks=pytest.mark.fault("GEO-03")),
        pytest.param((0, 179.95), (0, 179.9), 5.57, 0.1, marks=pytest.mark.fault("GEO-03")),
        ((0, 180), (0, -180), 0, 1e-6),
        pytest.param((89.999, 0), (89.999, 180), 0.223, 0.001, marks=pytest.mark.fault("GEO-04")),
        pytest.param((90, 0), (-90, 0), 20_004, 1_100, marks=pytest.mark.fault("GEO-07")),
        pytest.param((0, 0), (0, 180), 20_004, 1_100, marks=pytest.mark.fault("GEO-07")),
        ((38.9, -77.0), (38.9, -77.0), 0, 0),
        ((-0.0, -0.0), (0.0, 0.0), 0, 0),
    ],
)
def test_the_edges_of_the_map(start, end, kilometers, off_by):
    assert meters_between(*start, *end) / 1000 == pytest.approx(kilometers, abs=off_by)
    [each] = meters_to_each(*start, np.array([end[0]], float), np.array([end[1]], float))
    assert each / 1000 == pytest.approx(kilometers, abs=off_by)


BAD = [None, math.nan, math.inf, -math.inf]


@pytest.mark.parametrize(
    ("point", "fields"),
    [
        *[pytest.param((value, 0), ["from_latitude"], marks=pytest.mark.fault("GEO-01")) for value in BAD],
        *[pytest.param((0, value), ["from_longitude"], marks=pytest.mark.fault("GEO-01")) for value in BAD],
        pytest.param((90.0001, 0), ["from_latitude"], marks=pytest.mark.fault("GEO-02")),
        pytest.param((-91, 181), ["from_latitude", "from_longitude"], marks=pytest.mark.fault("GEO-02")),
        pytest.param((-118.2, 34.05), ["from_latitude"], marks=pytest.mark.fault("GEO-09")),
    ],
)
def test_what_is_no_point_is_refused_by_field(point, fields):
    with pytest.raises(InvalidArgument) as refusal:
        meters_between(*point, 0, 0)
    assert [violation.field for violation in refusal.value.violations] == fields


def test_many_at_once_agree_with_one_at_a_time():
    chance = np.random.default_rng(7)
    latitudes, longitudes = chance.uniform(-90, 90, 500), chance.uniform(-180, 180, 500)
    each = meters_to_each(38.9, -77.0, latitudes, longitudes)
    one = [meters_between(38.9, -77.0, *point) for point in zip(latitudes, longitudes, strict=True)]
    assert each == pytest.approx(one, rel=1e-12)


def test_listings_without_a_point_are_infinitely_far():
    latitudes = np.array([38.9, math.nan, 38.9, 91, math.inf])
    longitudes = np.array([-77.0, -77.0, math.nan, 0, 0])
    assert meters_to_each(38.9, -77.0, latitudes, longitudes).tolist() == [0, *[math.inf] * 4]
    with pytest.raises(InvalidArgument):
        meters_to_each(math.nan, 0, latitudes, longitudes)


def test_a_mile_is_a_mile():
    assert pytest.approx(40_233.6) == METERS_PER_MILE * 25
