"""ZIP codes: known, unknown, or nowhere on the map; never guessed."""

from __future__ import annotations

import pytest

from aftercare_platform.kernel.errors import InvalidArgument
from aftercare_platform.places.zip import require_zip_place, zip_place

# text | city, county, state, time zone
KNOWN = [
    ("20001", "Washington", "District of Columbia", "DC", "America/New_York"),
    ("02139", "Cambridge", "Middlesex", "MA", "America/New_York"),
    ("02139-4307", "Cambridge", "Middlesex", "MA", "America/New_York"),
    (" 27601 ", "Raleigh", "Wake", "NC", "America/New_York"),
    ("00901", "San Juan", "San Juan Municipio", "PR", "America/Puerto_Rico"),
]


@pytest.mark.fault("GEO-11")
@pytest.mark.parametrize(("text", "city", "county", "state", "timezone"), KNOWN)
def test_known(text, city, county, state, timezone):
    place = require_zip_place(text)
    assert (place.city, place.county, place.state, place.timezone) == (city, county, state, timezone)
    assert place.zip == text.strip()[:5]
    assert 17 < place.latitude < 50
    assert -98 < place.longitude < -65


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2139", marks=pytest.mark.fault("GEO-11")),  # a lost leading zero is not put back
        pytest.param("0213", marks=pytest.mark.fault("GEO-11")),
        pytest.param("ABCDE", marks=pytest.mark.fault("GEO-11")),
        pytest.param("09001", marks=pytest.mark.fault("GEO-12")),  # military: in use, but nowhere
        "",
        "00000",
        "99999",
        "20001-",
        "200010",
        "\uff12\uff10\uff10\uff10\uff11",  # full-width digits
        "20001\n20002",
        "20001'; --",
    ],
)
def test_unknown(text):
    assert zip_place(text) is None
    with pytest.raises(InvalidArgument) as refusal:
        require_zip_place(text, field="origin.zip")
    assert [violation.field for violation in refusal.value.violations] == ["origin.zip"]
