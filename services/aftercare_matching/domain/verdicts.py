"""Verdicts as sets of bits: a whole kind of listings is weighed up in a few operations on long numbers.

The bit of a listing is its place among the rows that were judged, from the lowest bit up.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from aftercare_matching.domain.arrays import Flags, Tris

_BITS_PER_BYTE: Final = 8


class Verdict(NamedTuple):
    """Who fails a constraint, and of whom it is not known; the others pass."""

    fails: int
    doubts: int

    @classmethod
    def of(cls, tris: Tris) -> Verdict:
        """Of three-valued truths, row by row."""
        return cls(_bits(tris < 0), _bits(tris == 0))


NOBODY_FAILS: Final = Verdict(0, 0)
"""The verdict of what is only scored."""


def flags_of(bits: int, count: int) -> Flags:
    """The lowest `count` bits, one by one."""
    octets = np.frombuffer(bits.to_bytes(-(-count // _BITS_PER_BYTE), "little"), np.uint8)
    return np.unpackbits(octets, count=count, bitorder="little").view(np.bool_)


def _bits(flags: Flags) -> int:
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
