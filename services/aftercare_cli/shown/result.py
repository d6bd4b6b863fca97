"""Writing results in the shape asked for."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from rich import box
from rich.table import Table

from aftercare_cli.shown.columns import Row, row_of
from aftercare_cli.shown.screen import results
from aftercare_cli.shown.shape import Shape


def show_one(message: Message, shape: Shape) -> None:
    """One result: as a table each field on its own line."""
    if shape is Shape.JSON:
        _write_json(_plain(message))
    elif shape is Shape.CSV:
        _write_csv([row_of(message)])
    else:
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        for name, cell in row_of(message).items():
            if cell:
                table.add_row(name.replace("_", " "), cell)
        results().print(table)


def show_many(messages: Sequence[Message], shape: Shape) -> None:
    """A list of results."""
    if shape is Shape.JSON:
        _write_json([_plain(message) for message in messages])
    else:
        show_rows([row_of(message) for message in messages], shape)


def show_rows(rows: Sequence[Row], shape: Shape) -> None:
    """A list of rows that all have the same columns."""
    if shape is Shape.JSON:
        _write_json(list(rows))
    elif shape is Shape.CSV:
        _write_csv(rows)
    elif rows:
        table = Table(box=box.SIMPLE_HEAD if results().is_terminal else None, pad_edge=False)
        for name in rows[0]:
            table.add_column(_heading(name), overflow="fold")
        for row in rows:
            table.add_row(*row.values())
        results().print(table)
    elif results().is_terminal:
        results().print("none", style="dim")


def _heading(column: str) -> str:
    """A column as a person reads it: "due" for "follow_up_due_time"."""
    short = column.removeprefix("follow_up_").removeprefix("is_").removesuffix("_time")
    return short.replace("_", " ")


def _plain(message: Message) -> object:
    return MessageToDict(message, preserving_proto_field_name=True)


def _write_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _write_csv(rows: Sequence[Row]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
