"""Where a location may be, what is filled in, and what of a confidential one is public."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from aftercare_directory.domain.entries import Location, Point, SourceKey
from aftercare_directory.domain.placing import placed, without_guesses
from aftercare_directory.domain.published import Place, outline, place_of
from aftercare_directory.domain.record import Precision, Visibility
from aftercare_platform.kernel.errors import InvalidArgument
from aftercare_platform.places.zip import zip_place

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BARE = Location(id="l", organization_id="o", updated_at=NOON, zip="20001")


WRONG = {
    "not finite": Point(math.nan, -77.0),
    "infinite": Point(38.9, -math.inf),
    "(0, 0)": Point(0.0, 0.0),
    "swapped, out of range": Point(-97.0182, 38.9101),
    "swapped, in range": Point(-77.0182, 38.9101),
    "another city": Point(35.78, -78.64),
    "26 miles north": Point(39.29, -77.02),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_position_that_cannot_be_is_refused_by_field(what: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        placed(replace(BARE, point=WRONG[what]), zip_place)
    [violation] = refused.value.violations
    assert violation.field == "location.point"
    assert ("swapped" in violation.description) == ("swapped" in what)


def test_a_position_near_its_zip_code_is_exact() -> None:
    location = placed(replace(BARE, point=Point(39.2, -77.02)), zip_place)
    assert location.precision is Precision.EXACT


def test_an_unknown_zip_code_is_refused_by_field() -> None:
    with pytest.raises(InvalidArgument) as refused:
        placed(replace(BARE, zip="00000"), zip_place)
    assert refused.value.violations[0].field == "location.zip"


FILLED = """
    zip   | virtual | point | county               | precision
    20001 | no      | yes   | District of Columbia | zip
    20001 | yes     | no    | District of Columbia | unknown
          | no      | no    |                      | unknown
"""


@pytest.mark.parametrize("line", FILLED.strip().splitlines()[1:])
def test_what_a_zip_code_fills_in(line: str) -> None:
    code, virtual, point, county, precision = (cell.strip() for cell in line.split("|"))
    location = placed(replace(BARE, zip=code, is_virtual=virtual == "yes"), zip_place)
    assert (location.point is not None) == (point == "yes")
    assert (location.county, location.precision) == (county, precision)


def test_a_guess_goes_when_its_zip_code_does() -> None:
    here = placed(BARE, zip_place)
    there = placed(replace(without_guesses(here, {"zip"}), zip="27601"), zip_place)
    assert (there.county, there.precision) == ("Wake", Precision.ZIP)
    assert there.point != here.point


def test_of_a_confidential_place_county_state_and_time_zone_are_public() -> None:
    secret = replace(
        placed(replace(BARE, address="77 Nightjar Close", name="Nightjar", city="Washington"), zip_place),
        visibility=Visibility.CONFIDENTIAL,
        sources=(SourceKey("homes", "77 nightjar close"),),
    )
    assert place_of(secret) == Place(
        county="District of Columbia",
        state="DC",
        time_zone="America/New_York",
        visibility=Visibility.CONFIDENTIAL,
    )
    allowed = {"id", "organization_id", "updated_at", "version", "county", "state", "time_zone"}
    allowed |= {"is_virtual", "visibility", "spoken", "fed_as_of"}
    seen = outline(secret)
    hidden = [each.name for each in fields(Location) if each.name not in allowed]
    assert [name for name in hidden if getattr(seen, name)] == ["precision"]
    assert seen.precision is Precision.UNKNOWN
