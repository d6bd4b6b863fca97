"""Rows out of a CSV file, streamed, each with the line it starts on."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing

from aftercare_directory.domain.record import RowRef
from aftercare_directory.sources.feed import SourceFile, broken, check_utf8
from aftercare_directory.sources.reading import Refused

CsvRow = Mapping[str, str] | Refused
"""A row by column name, or why it cannot be read so."""


def csv_rows(file: SourceFile, *, required: Collection[str]) -> Iterator[tuple[RowRef, CsvRow]]:
    """Every row under the header line. Blank lines are no rows.

    Raises `InvalidArgument` when the file is no UTF-8 text, no CSV, or lacks a required column. A row
    with more or fewer cells than the header is given as `Refused`: its cells cannot be told apart.
    """
    check_utf8(file)
    with closing(io.TextIOWrapper(file.open(), encoding="utf-8-sig", newline="")) as text:
        reader = csv.reader(text, strict=True)
        number = 0
        try:
            header = _header(file.name, next(reader, []), required)
            before = reader.line_num
            for cells in reader:
                line, before = before + 1, reader.line_num
                if cells:
                    number += 1
                    yield RowRef(file.name, line, number), _row(header, cells)
        except csv.Error as error:
            raise broken(file.name, reader.line_num, f"is not valid CSV: {error}") from None


def header_of(file: SourceFile) -> list[str]:
    """The column names of the file, in order."""
    check_utf8(file)
    with closing(io.TextIOWrapper(file.open(), encoding="utf-8-sig", newline="")) as text:
        return [name.strip() for name in next(csv.reader(text), [])]


def _header(file: str, cells: list[str], required: Collection[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if names and names[0][:1] in ("<", "{", "["):
        raise broken(
            file, 1, f"is not CSV but something like {names[0][:20]!r}; expected a line of column names"
        )
    missing = sorted(set(required) - set(names))
    if missing:
        raise broken(file, 1, f"lacks the columns {', '.join(missing)}; it has: {', '.join(names) or 'none'}")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise broken(file, 1, f"names columns twice: {', '.join(twice)}")
    return names


def _row(header: list[str], cells: list[str]) -> CsvRow:
    if len(cells) != len(header):
        return Refused("row", ",".join(cells), f"has {len(cells)} cells where the header has {len(header)}")
    return dict(zip(header, cells, strict=True))
