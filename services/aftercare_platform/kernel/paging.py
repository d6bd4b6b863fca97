"""Page tokens and page sizes, alike for every list."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Protocol

from aftercare_platform.kernel.errors import invalid

DEFAULT_PAGE_SIZE = 50
MAXIMUM_PAGE_SIZE = 500
_MARK = "a1:"


def page_size(requested: int) -> int:
    """How many rows to return: 0 means the default; more than the maximum is cut to it."""
    if requested < 0:
        raise invalid("page_size", f"is {requested}; give 0 for the default or 1 to {MAXIMUM_PAGE_SIZE}")
    return min(requested or DEFAULT_PAGE_SIZE, MAXIMUM_PAGE_SIZE)


def encode_token(cursor: str) -> str:
    """An opaque token that stands for "after this cursor"; empty for no further page."""
    return base64.urlsafe_b64encode((_MARK + cursor).encode()).decode() if cursor else ""


def decode_token(token: str) -> str:
    """The cursor in a token that `encode_token` made; the empty token is the first page."""
    if not token:
        return ""
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, UnicodeError):
        text = ""
    if not text.startswith(_MARK):
        raise invalid("page_token", "was not given out by this list; leave it empty for the first page")
    return text.removeprefix(_MARK)


class HasId(Protocol):
    """Something in a list that is ordered by id."""

    @property
    def id(self) -> str:
        """Its id."""
        ...


def next_token(found: Sequence[HasId], size: int) -> str:
    """The token of the page after this one, for lists in the order of ids; empty where it was not full."""
    return encode_token(found[-1].id) if len(found) == size else ""
