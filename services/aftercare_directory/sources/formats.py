"""The formats the directory takes in, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aftercare_directory.domain.record import Outcome
from aftercare_directory.sources import bmlt, findtreatment, mapped_csv, meeting_guide, orservices
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_platform.kernel.errors import invalid

Reader = Callable[[Sequence[SourceFile], ReadOptions], Iterator[Outcome]]
"""Gives one verdict per row, notes beside them. Raises `InvalidArgument` for a foreign or broken file."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of feed: its reader, and a sentence for the person who picks it."""

    read: Reader
    description: str


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "meeting_guide": Format(
            meeting_guide.read, "A Meeting Guide feed (JSON) of AA or another fellowship."
        ),
        "bmlt": Format(
            bmlt.read, "A BMLT GetSearchResults answer (JSON), with or without its formats: NA meetings."
        ),
        "findtreatment": Format(
            findtreatment.read, "A FindTreatment.gov answer (JSON): treatment facilities."
        ),
        "orservices": Format(orservices.read, "The tables of an ORServices export (a folder of CSV files)."),
        "csv": Format(mapped_csv.read, "One CSV table, read by a column mapping (saved or your own)."),
    }
)
"""Format name to reader."""


def format_named(name: str) -> Format:
    """The format of that name; raises `InvalidArgument` that lists the names."""
    found = FORMATS.get(name)
    if found is None:
        raise invalid("format", f"{name!r} is not a format we read; one of: {', '.join(FORMATS)}")
    return found
