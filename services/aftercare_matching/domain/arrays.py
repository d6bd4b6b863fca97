"""Names for the arrays that the engine works on; all have one entry per row looked at."""

from __future__ import annotations

from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.intp]
"""Row numbers of the index."""
Tris: TypeAlias = NDArray[np.int8]
"""-1 false, 0 unknown, 1 true, as `kernel.tri.Tri`."""
Reals: TypeAlias = NDArray[np.float64]
"""Numbers; NaN is unknown."""
Flags: TypeAlias = NDArray[np.bool_]
"""Plain truth."""

Scalar = TypeVar("Scalar", bound=np.generic)


class Column(Generic[Scalar]):
    """One value per row of the index, in an array that doubles when it is full."""

    def __init__(self, dtype: type[Scalar], *, fill: float, room: int) -> None:
        self._fill = fill
        self._values: NDArray[Scalar] = np.full(room, fill, dtype)

    def reserve(self, room: int) -> None:
        """Make room for that many rows."""
        grown = np.full(room, self._fill, self._values.dtype)
        grown[: len(self._values)] = self._values
        self._values = grown

    def clear(self, row: int) -> None:
        """Back to "nothing is known"."""
        self._values[row] = self._fill

    def __setitem__(self, row: int, value: float) -> None:
        self._values[row] = value

    def __getitem__(self, rows: Rows) -> NDArray[Scalar]:
        return self._values.take(rows)


def truths(of: Flags) -> Tris:
    """True and false as three-valued truth."""
    return np.where(of, np.int8(1), np.int8(-1))
