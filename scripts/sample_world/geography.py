"""Where things are: real ZIPs with their centroids, invented addresses near them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from aftercare_platform.places.zip import require_zip_place

HOME_ZIP = "20011"
"""Where the person of the demo will live."""

NEAR = tuple("20011 20012 20010 20017 20018 20001 20009 20015 20712 20782 20783 20903 20910 20912".split())
"""Less than about five miles from HOME_ZIP."""

CITY = tuple("20002 20003 20005 20007 20008 20016 20019 20020 20024 20032 20036 20037".split())
MARYLAND = tuple(
    "20705 20706 20707 20710 20715 20737 20740 20743 20745 20746 20747 20748 20770 20774 20781 20784 20785 "
    "20814 20815 20816 20817 20850 20851 20852 20853 20877 20879 20886 20895 20901 20902 20904 20906".split()
)
VIRGINIA = tuple(
    "20170 20190 22003 22030 22031 22041 22042 22044 22046 22101 22150 22180 22191 22201 22202 "
    "22203 22204 22206 22207 22301 22302 22304 22305 22306 22309 22311 22312 22314".split()
)
FAR = tuple(
    "20170 20190 20707 20715 20745 20850 20877 20886 22003 22030 22031 22042 22150 22180 22191 "
    "22304 22306 22309".split()
)
"""More than about eight miles from HOME_ZIP."""

EVERYWHERE = NEAR * 3 + CITY * 2 + MARYLAND + VIRGINIA
"""All ZIPs, each as often as its share of the listings."""

CAPITOL = (38.8899, -77.0091)
"""Where the quadrants of Washington meet, in degrees."""

_STREETS = tuple(
    "Alder Amber Aspen Beacon Birch Bramble Briar Brook Canal Cedar Chapel Clover Copper Cypress "
    "Dogwood Elder Ferry Foundry Garnet Glen Harbor Hawthorn Hazel Heron Hollow Ivy Juniper Kestrel "
    "Lantern Larch Laurel Linden Magnolia Maple Marigold Meadow Mill Mulberry Nettle Orchard Osprey "
    "Pine Plover Poplar Quarry Raven Ridge Robin Rowan Sable Sage Sorrel Spruce Sumac Sycamore "
    "Tannery Teal Thistle Tulip Walnut Warbler Willow Winding Wren".split()
)
_SUFFIXES = {
    "DC": ("St", "St", "Ave", "Pl", "Ter"),
    "MD": ("Rd", "Ave", "Ln", "Dr", "St"),
    "VA": ("Rd", "Dr", "Ave", "Pike", "Ct"),
}
_SPREAD_DEGREES = 0.006
"""How far an address lies from its ZIP's centroid at most, north to south: about 0.4 miles."""


@dataclass(frozen=True, slots=True)
class Address:
    """An invented address: positions are WGS 84 degrees with five decimals."""

    street: str
    city: str
    state: str
    zip: str
    latitude: float
    longitude: float


class Atlas:
    """Hands out addresses; no two of them alike."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._numbers: set[int] = set()
        self._taken: set[str] = set()

    def address(self, zip_code: str) -> Address:
        """Invent an address in a ZIP that stands in the lists above."""
        centre = require_zip_place(zip_code)
        latitude = round(centre.latitude + self._rng.uniform(-1, 1) * _SPREAD_DEGREES, 5)
        longitude = round(centre.longitude + self._rng.uniform(-1, 1) * _SPREAD_DEGREES, 5)
        quadrant = _quadrant(latitude, longitude) if centre.state == "DC" else ""
        street = self._street(centre.state, quadrant)
        return Address(street, centre.city, centre.state, zip_code, latitude, longitude)

    def _street(self, state: str, quadrant: str) -> str:
        # A house number of its own keeps two invented places from looking like one; in a scaled world
        # the numbers run out, and the whole line has to differ instead.
        while True:
            number = self._rng.randint(100, 9899)
            if number in self._numbers and len(self._numbers) < 5000:
                continue
            name, suffix = self._rng.choice(_STREETS), self._rng.choice(_SUFFIXES[state])
            street = f"{number} {name} {suffix} {quadrant}".strip()
            if street not in self._taken:
                self._numbers.add(number)
                self._taken.add(street)
                return street


def _quadrant(latitude: float, longitude: float) -> str:
    return ("N" if latitude >= CAPITOL[0] else "S") + ("E" if longitude >= CAPITOL[1] else "W")
