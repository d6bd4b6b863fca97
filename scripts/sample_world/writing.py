"""Writes rows as the files of a feed; the same rows give the same bytes on every machine."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from sample_world.dirt import Fields


class PlainCells(csv.excel):
    """CSV as most programs write it, with the line ends of this kind of system on every system."""

    lineterminator = "\n"


class QuotedCells(PlainCells):
    """CSV with every cell in quotation marks, as an ORServices export has it."""

    quoting = csv.QUOTE_ALL


def write_json(path: Path, content: object) -> None:
    """Write a JSON file, indented, with its letters as they are."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Fields], *, quote_all: bool = False) -> None:
    """Write a CSV file with a header; a column that a row does not have stays blank."""
    with path.open("w", encoding="utf-8", newline="") as file:
        dialect = QuotedCells if quote_all else PlainCells
        writer = csv.DictWriter(file, columns, restval="", dialect=dialect)
        writer.writeheader()
        writer.writerows(rows)
