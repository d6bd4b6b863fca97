"""The shapes of a result: a table to read, JSON and CSV to work on."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Shape(StrEnum):
    """How a result is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


AsShape = Annotated[
    Shape, typer.Option("--format", "-o", help="How to write the result.", rich_help_panel="Output")
]
"""The option that every command with a result has."""
