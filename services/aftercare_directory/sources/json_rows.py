"""Rows out of a JSON feed, each with the line it starts on.

The walk decodes one element at a time, because the standard decoder does not tell where a row began.
A broken file fails before its first row is given out, so nothing of it is half read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from aftercare_directory.domain.record import RowRef
from aftercare_directory.sources.feed import SourceFile, broken, read_text
from aftercare_directory.sources.reading import Refused
from aftercare_platform.kernel.errors import InvalidArgument

Row: TypeAlias = Mapping[str, object]
"""A JSON object: what a row of a feed should be."""

_BLANKS: Final = " \t\r\n"
_DECODER: Final = json.JSONDecoder()


class JsonFeed:
    """A JSON file that is an array of rows, or an object with arrays of rows among its members."""

    def __init__(self, file: SourceFile, *, expected: str) -> None:
        """Read and check the file. `expected` says, for the error, what the format wants to see."""
        self.name = file.name
        self._expected = expected
        self._text = read_text(file)
        self._members: dict[str, list[tuple[RowRef, object]]] = {}
        self._read()

    def array(self, member: str) -> list[tuple[RowRef, object]]:
        """The elements of a named array of the top object; none if it has no such array."""
        return self._members.get(member, [])

    def table(self, member: str) -> list[tuple[RowRef, object]]:
        """The feed's rows: the top array, or the named array of the top object. Raises without either."""
        for name in ("", member):
            if name in self._members:
                return self._members[name]
        raise broken(self.name, 1, f"holds no list of rows; expected {self._expected}")

    def _read(self) -> None:
        at = self._skip(0)
        if self._text.startswith("[", at):
            at = self._array("", at)
        elif self._text.startswith("{", at):
            at = self._object(at)
        elif self._text.startswith("<", at):
            raise self._broken(at, f"is a web page, not JSON; expected {self._expected}")
        else:
            raise self._broken(at, f"is not a JSON feed; expected {self._expected}")
        if self._skip(at) != len(self._text):
            raise self._broken(self._skip(at), "has text after its JSON; expected the end of the file")

    def _object(self, at: int) -> int:
        at = self._skip(at + 1)
        while not self._text.startswith("}", at):
            key, at = self._value(at)
            at = self._skip(self._take(":", self._skip(at)))
            at = self._array(str(key), at) if self._text.startswith("[", at) else self._value(at)[1]
            at = self._after_element(at, "}")
        return at + 1

    def _array(self, member: str, at: int) -> int:
        found = self._members.setdefault(member, [])
        at, line, counted = self._skip(at + 1), self._line(at), at
        while not self._text.startswith("]", at):
            line, counted = line + self._text.count("\n", counted, at), at
            value, after = self._value(at)
            found.append((RowRef(self.name, line, len(found) + 1), value))
            at = self._after_element(after, "]")
        return at + 1

    def _after_element(self, at: int, closing: str) -> int:
        at = self._skip(at)
        if self._text.startswith(closing, at):
            return at
        return self._skip(self._take(",", at))

    def _value(self, at: int) -> tuple[object, int]:
        try:
            value, after = _DECODER.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            raise self._broken(error.pos, f"is not valid JSON: {error.msg}") from None
        except (RecursionError, ValueError):  # nested too deep, or a number of thousands of digits
            raise self._broken(at, "is not a feed: its JSON is out of all bounds") from None
        return value, after

    def _take(self, sign: str, at: int) -> int:
        if not self._text.startswith(sign, at):
            raise self._broken(at, f"is not valid JSON: expected {sign!r}, perhaps the file was cut short")
        return at + 1

    def _skip(self, at: int) -> int:
        while at < len(self._text) and self._text[at] in _BLANKS:
            at += 1
        return at

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1

    def _broken(self, at: int, description: str) -> InvalidArgument:
        return broken(self.name, self._line(at), description)


def rows_of(
    feeds: Sequence[JsonFeed], *, member: str, expected: str, required: Sequence[str]
) -> Iterator[tuple[RowRef, Row | Refused]]:
    """The rows of all feeds: from the top array, or from the named member of a top object.

    Raises `InvalidArgument` before the first row for a feed without that array, and for one whose
    objects have none of the required members: that is some other feed.
    """
    for feed in feeds:
        rows = feed.table(member)
        found = [row for _, row in rows if isinstance(row, dict)]
        if rows and not any(name in row for row in found for name in required):
            description = f"has no {' or '.join(required)} in its rows; expected {expected}"
            raise broken(feed.name, rows[0][0].line, description)
    return ((ref, _object(row)) for feed in feeds for ref, row in feed.table(member))


def _object(row: object) -> Row | Refused:
    return row if isinstance(row, dict) else Refused("row", row, "is not an object with named values")
