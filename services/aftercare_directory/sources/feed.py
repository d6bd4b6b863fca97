"""A feed as it comes in: named files that can be opened, the options of an import, and their text."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from zoneinfo import available_timezones

from aftercare_platform.kernel.errors import InvalidArgument, Violation, invalid
from aftercare_platform.kernel.vocabulary import Attribute, check_term

_BLOCK_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a feed. `open` gives a fresh binary stream each time; the reader closes it."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the importing person says about a feed that the feed does not say itself.

    `fellowship` is a term of `Attribute.FELLOWSHIP` ("" = the format's own default); `timezone` an IANA
    name for rows that give neither a zone nor a place; `mapping` the column mapping of the `csv` format.
    Raises `InvalidArgument` for a fellowship or a zone that there is not.
    """

    fellowship: str = ""
    timezone: str = ""
    mapping: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.fellowship:
            check_term(Attribute.FELLOWSHIP, self.fellowship, field="options.fellowship")
        if self.timezone and self.timezone not in available_timezones():
            raise invalid("options.timezone", f"{self.timezone!r} is no IANA zone, such as America/New_York")


class BrokenFile(InvalidArgument):
    """A file is not in its format: see {summary}."""

    reason = "BROKEN_FILE"

    def __init__(self, file: str, line: int, description: str) -> None:
        super().__init__([Violation(f"{file}:{line}", description)])
        self.facts |= {"file": file, "line": line}


def broken(file: str, line: int, description: str) -> BrokenFile:
    """The error for a file that is not what its format promises; names the file and the line."""
    return BrokenFile(file, line, description)


def check_utf8(file: SourceFile) -> None:
    """Refuse a file that is not UTF-8, naming the line of the first wrong byte; reads it block by block."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with file.open() as stream:
        for block in _blocks(stream):
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise broken(file.name, line, "is not UTF-8 text; save the file as UTF-8") from None
            line += block.count(b"\n")


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream's bytes, ended by one empty block."""
    while block := stream.read(_BLOCK_BYTES):
        yield block
    yield b""


def read_text(file: SourceFile) -> str:
    """The whole file as text without its byte order mark; raises `InvalidArgument` if not UTF-8."""
    check_utf8(file)
    with file.open() as stream:
        return stream.read().decode("utf-8-sig")
