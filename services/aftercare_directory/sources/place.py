"""Where a row's listing is: address as it should be written, position checked against its own ZIP."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2s
from typing import Final
from zoneinfo import available_timezones

from aftercare_directory.domain.record import LocationPart, LocationType, Precision
from aftercare_directory.sources.code_tables import states
from aftercare_directory.sources.reading import Reading, doubtful
from aftercare_directory.sources.text import plain
from aftercare_platform.kernel.distance import meters_between
from aftercare_platform.places.zip import ZipPlace, zip_place

FARTHEST_FROM_ZIP_METERS: Final = 25 * 1609.344
"""A position farther than this from the centre of its own ZIP is wrong, not rural."""

_LATITUDES: Final = (13.0, 72.0)
_ZIP = re.compile(r"(\d{5})(?:-?\d{4})?[^\w]*")
_UNITED_STATES: Final = frozenset(
    {"", "us", "usa", "u.s.", "u.s.a.", "united states", "united states of america", "untied states"}
)


@dataclass(frozen=True, slots=True)
class RawPlace:
    """A place as the row writes it; every value may be missing, padded, or wrong.

    `approximate` says that the position is of a city only; `timezone` is the row's own or the import's.
    """

    address_1: object = ""
    address_2: object = ""
    city: object = ""
    state: object = ""
    postal_code: object = ""
    country: object = ""
    latitude: object = None
    longitude: object = None
    timezone: object = ""
    approximate: bool = False


def read_place(raw: RawPlace, location: LocationPart, reading: Reading) -> LocationPart:
    """The location with its address, position, precision and time zone filled in from the raw place.

    Quarantines a physical place whose position cannot be right. A virtual one needs no position and
    gets none: a feed's coordinates for it are a city's at best. Without a position, the centre of the
    ZIP stands in, marked so.
    """
    country = _country(raw.country, reading)
    state = _state(raw.state, reading) if country == "US" else plain(raw.state)
    postal_code = _postal_code(raw.postal_code, reading) if country == "US" else plain(raw.postal_code)
    zip_centre = zip_place(postal_code) if country == "US" and postal_code else None
    if country == "US" and postal_code and zip_centre is None:
        reading.note("postal_code", postal_code, "is not a ZIP code we know")
    state = state or (zip_centre.state if zip_centre else "")
    latitude, longitude, precision = _position(raw, location.location_type, country, zip_centre)
    return replace(
        location,
        address_1=plain(raw.address_1),
        address_2=plain(raw.address_2),
        city=plain(raw.city),
        state=state,
        postal_code=postal_code,
        country=country,
        latitude=latitude,
        longitude=longitude,
        precision=precision,
        timezone=timezone_of(raw.timezone, state, zip_centre, reading),
    )


def place_key(*parts: object) -> str:
    """A key for a place that the source does not number."""
    return word_key("place", *parts)


def word_key(prefix: str, *parts: object) -> str:
    """A key made from words: the same words give the same key, whatever their case."""
    words = "|".join(plain(part).casefold() for part in parts)
    return f"{prefix}:{blake2s(words.encode(), digest_size=8).hexdigest()}"


def timezone_of(stated: object, state: str, zip_centre: ZipPlace | None, reading: Reading) -> str:
    """An IANA zone: the row's own, else its ZIP's, else the one most of its state keeps, else ""."""
    text = plain(stated)
    if text in _zones():
        return text
    if text:
        reading.note("timezone", text, "is not an IANA time zone; the place's own is used")
    if zip_centre is not None:
        return zip_centre.timezone
    return states().zone(state)


@cache
def _zones() -> frozenset[str]:
    """Every IANA zone of this machine; asking it walks the disk, so it is asked once."""
    return frozenset(available_timezones())


def _position(
    raw: RawPlace, location_type: LocationType, country: str, zip_centre: ZipPlace | None
) -> tuple[float | None, float | None, Precision]:
    if location_type is LocationType.VIRTUAL:
        return None, None, Precision.UNKNOWN
    stated = _coordinates(raw.latitude, raw.longitude)
    if stated is None:
        if zip_centre is None:
            return None, None, Precision.UNKNOWN
        return zip_centre.latitude, zip_centre.longitude, Precision.ZIP
    if country == "US":
        _check_in_the_states(*stated)
    if zip_centre is not None:
        _check_near_zip(*stated, zip_centre)
    return *stated, Precision.CITY if raw.approximate else Precision.EXACT


def _coordinates(latitude: object, longitude: object) -> tuple[float, float] | None:
    """The two numbers, None where the row gives none; quarantines half a position and no numbers."""
    texts = plain_number(latitude), plain_number(longitude)
    if texts == ("", ""):
        return None
    shown = f"{latitude}, {longitude}"
    try:
        numbers = float(texts[0]), float(texts[1])
    except ValueError:
        raise doubtful("position", shown, "needs two numbers, latitude and longitude") from None
    if not all(map(math.isfinite, numbers)):
        raise doubtful("position", shown, "is not a finite number")
    if abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        if abs(numbers[1]) <= 90 and abs(numbers[0]) <= 180:
            raise doubtful("position", shown, "looks swapped: the latitude is out of range")
        raise doubtful("position", shown, "is out of range; latitude -90 to 90, longitude -180 to 180")
    if numbers == (0.0, 0.0):
        raise doubtful("position", shown, "is (0, 0), which stands for 'not known'")
    return numbers


def plain_number(value: object) -> str:
    """A number's text. NaN stays to be refused: unlike a blank it is a fault of the source."""
    return "" if value is None else str(value).strip()


def _check_in_the_states(latitude: float, longitude: float) -> None:
    if _is_american(latitude, longitude):
        return
    shown = f"{latitude}, {longitude}"
    if _is_american(longitude, latitude):
        raise doubtful("position", shown, "looks swapped: latitude and longitude changed places")
    raise doubtful("position", shown, "lies outside the United States")


def _is_american(latitude: float, longitude: float) -> bool:
    return _LATITUDES[0] <= latitude <= _LATITUDES[1] and (-180 <= longitude <= -64 or longitude >= 144)


def _check_near_zip(latitude: float, longitude: float, centre: ZipPlace) -> None:
    meters = meters_between(latitude, longitude, centre.latitude, centre.longitude)
    if meters > FARTHEST_FROM_ZIP_METERS:
        miles = round(meters / 1609.344)
        reason = f"is {miles} miles from its own ZIP {centre.zip}; more than 25 cannot be right"
        raise doubtful("position", f"{latitude}, {longitude}", reason)


def _country(value: object, reading: Reading) -> str:
    text = plain(value)
    if text.casefold() in _UNITED_STATES:
        return "US"
    if re.fullmatch(r"[A-Za-z]{2}", text):
        return text.upper()
    reading.note("country", text, "is not a country code; taken as US")
    return "US"


def _state(value: object, reading: Reading) -> str:
    text = plain(value)
    code = states().code(text)
    if text and not code:
        reading.note("state", text, "is not a state; give its two letters")
    return code


def _postal_code(value: object, reading: Reading) -> str:
    text = plain(value)
    match = _ZIP.fullmatch(text)
    if match:
        return match[1]
    if text:
        reading.note("postal_code", text, "is not a ZIP code of five digits; not used")
    return ""
