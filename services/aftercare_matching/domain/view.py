"""Some rows of the index, as one profile sees them for one kind of need."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Final, TypeVar

import numpy as np

from aftercare_matching.domain.arrays import Flags, Reals, Rows, Tris
from aftercare_matching.domain.index import Index
from aftercare_matching.domain.profile import Point, Profile
from aftercare_platform.kernel.distance import meters_to_each
from aftercare_platform.kernel.vocabulary import Attribute, Kind

METERS_PER_DEGREE: Final = 110_500.0
"""A little less than a degree of latitude anywhere, so that a box made with it is never too small."""
NEAR_POLE: Final = 89.0
"""Degrees; beyond, a degree of longitude is next to nothing."""
DATE_LINE: Final = 180.0
Value = TypeVar("Value")


class View:
    """What every criterion works on: the same code judges fifty thousand rows and five.

    What is costly and asked for again (the distances) is kept, and narrowed along with the rows.
    """

    def __init__(self, index: Index, profile: Profile, kind: Kind, rows: Rows) -> None:
        self.index = index
        self.profile = profile
        self.kind = kind
        self.rows = rows
        self._reach: Reals | None = None

    def only(self, which: Flags | Rows) -> View:
        """The same view of fewer rows."""
        narrowed = View(self.index, self.profile, self.kind, self.rows[which])
        if self._reach is not None:
            narrowed._reach = self._reach[which]
        return narrowed

    def remembered(self, key: Hashable, work_out: Callable[[], Value]) -> Value:
        """What is worked out of these rows for a key, which says all else that it hangs on.

        Kept where the view is of everyone, until a listing changes: of part of them, it is worked out anew.
        """
        if self.rows is not self.index.rows(self.kind):
            return work_out()
        return self.index.remembered((self.kind, key), work_out)

    def __len__(self) -> int:
        return len(self.rows)

    def tri(self, attribute: Attribute, term: str = "") -> Tris:
        """What is known of a term, row by row."""
        return self.index.tri(attribute, term, self.rows)

    def quantity(self, attribute: Attribute) -> Reals:
        """An attribute's number in its unit, row by row; NaN is unknown."""
        return self.index.quantity(attribute, self.rows)

    @property
    def is_virtual(self) -> Flags:
        """Whether people meet online only."""
        return self.remembered("is_virtual", lambda: self.index.is_virtual[self.rows])

    @property
    def now(self) -> float:
        """The moment judged for, seconds since 1970."""
        return self.profile.as_of.timestamp()

    @property
    def available(self) -> Reals:
        """Places free; NaN where never reported, or reported too long ago to be believed."""
        expired = self.index.expires[self.rows] <= self.now
        return np.where(expired, np.nan, self.index.available[self.rows])

    def meters(self) -> Reals:
        """Meters from the client's origin.

        NaN where the position is not known; infinite where it lies certainly beyond the client's reach.
        """
        if self._reach is None:
            latitude, longitude, beyond_reach = self.remembered("positions", self._positions)
            origin = self.profile.origin
            meters = beyond_reach.copy()
            near = np.flatnonzero(in_box(latitude, longitude, origin, self.profile.max_distance_meters))
            meters[near] = meters_to_each(origin.latitude, origin.longitude, latitude[near], longitude[near])
            self._reach = meters
        return self._reach

    def _positions(self) -> tuple[Reals, Reals, Reals]:
        """Latitudes, longitudes, and the distances as they are where nobody is within reach."""
        latitude, longitude = self.index.latitude[self.rows], self.index.longitude[self.rows]
        return latitude, longitude, np.where(np.isnan(latitude), np.nan, np.inf)


def in_box(latitude: Reals, longitude: Reals, origin: Point, reach: float) -> Flags:
    """Which points lie in a box around the circle: the exact formula is only needed there.

    Where the box would cross a pole or the date line, every known point counts.
    """
    north = reach / METERS_PER_DEGREE
    farthest = abs(origin.latitude) + north
    if farthest >= NEAR_POLE:
        return ~np.isnan(latitude)
    east = north / math.cos(math.radians(farthest))
    if abs(origin.longitude) + east >= DATE_LINE:
        return ~np.isnan(latitude)
    return (np.abs(latitude - origin.latitude) <= north) & (np.abs(longitude - origin.longitude) <= east)
