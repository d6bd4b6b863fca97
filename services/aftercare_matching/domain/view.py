"""Some rows of the index, as one profile sees them for one kind of need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from aftercare_matching.domain.arrays import Flags, Reals, Rows, Tris
from aftercare_matching.domain.index import Index
from aftercare_matching.domain.profile import Profile
from aftercare_platform.kernel.distance import meters_to_each
from aftercare_platform.kernel.vocabulary import Attribute, Kind


@dataclass(frozen=True, slots=True)
class View:
    """What every criterion works on: the same code judges fifty thousand rows and the five chosen."""

    index: Index
    profile: Profile
    kind: Kind
    rows: Rows

    def only(self, which: Flags | Rows) -> Self:
        """The same view of fewer rows."""
        return type(self)(self.index, self.profile, self.kind, self.rows[which])

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
        return self.index.is_virtual[self.rows]

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
        """Meters from the client's origin; NaN where the position is not known."""
        latitude, longitude = self.index.latitude[self.rows], self.index.longitude[self.rows]
        origin = self.profile.origin
        meters = meters_to_each(origin.latitude, origin.longitude, latitude, longitude)
        return np.where(np.isnan(latitude), np.nan, meters)
