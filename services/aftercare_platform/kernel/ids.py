"""Identifiers: UUID version 7 (RFC 9562, section 5.7), so that ids made later sort later.

Behind the 48 bits of milliseconds stand 12 bits of their fraction (section 6.2, method 3), a quarter of a
microsecond each: ids that one process makes one after the other are in order also within a millisecond.
"""

from __future__ import annotations

import re
import secrets
import time

_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """A fresh id: 60 bits of time, then 62 random bits; 36 lower-case characters."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | fraction << 64 | secrets.randbits(64)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_id(text: str) -> bool:
    """Whether the text has the shape of an id (lower-case, hyphenated UUID)."""
    return _TEXT.fullmatch(text) is not None
