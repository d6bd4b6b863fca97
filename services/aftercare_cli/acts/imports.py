"""Reading other people's directories in: files up in pieces, rows and the account back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aftercare.directory.v1 import import_pb2 as pb
from aftercare_cli.connection.desk import Desk
from aftercare_platform.kernel.errors import AftercareError, invalid

PIECE: Final = 256 << 10
"""Bytes of a file in one message; the contract takes twice that."""

VERDICTS: Final = ("created", "updated", "unchanged", "merged", "quarantined", "rejected")
PROBLEMS: Final = frozenset({pb.VERDICT_QUARANTINED, pb.VERDICT_REJECTED})


class BrokenAccount(AftercareError):
    """The account of the import does not add up: {rows_in} rows in, {sum} accounted for."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the files."""

    report: pb.ImportReport
    rows: list[pb.RowReport] = field(default_factory=list)

    @property
    def problems(self) -> list[pb.RowReport]:
        """The rows that did not become a listing."""
        return [row for row in self.rows if row.verdict in PROBLEMS]


def nothing(_rows_done: int) -> None:
    """Take no notice of progress."""


async def import_files(
    desk: Desk,
    header: pb.ImportHeader,
    paths: Sequence[Path],
    *,
    on_progress: Callable[[int], None] = nothing,
) -> Imported:
    """Import files and folders as one source. The account must add up, else `BrokenAccount`."""
    files = files_of(paths)
    rows: list[pb.RowReport] = []
    report = pb.ImportReport()
    async for answer in desk.imports.ImportListings(_requests(header, files)):
        match answer.WhichOneof("item"):
            case "progress":
                on_progress(answer.progress.rows_done)
            case "row":
                rows.append(answer.row)
            case "report":
                report = answer.report
    accounted = sum(getattr(report, verdict) for verdict in VERDICTS)
    if accounted != report.rows_in:
        raise BrokenAccount(rows_in=report.rows_in, sum=accounted)
    return Imported(report, rows)


async def list_formats(desk: Desk) -> list[pb.Format]:
    """The formats that can be read."""
    return list((await desk.imports.ListFormats(pb.ListFormatsRequest())).formats)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those in the folders named; an error names what is missing or empty."""
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise invalid("file", f"there is no {path}")
        files += sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
    if not files:
        raise invalid("file", "there is no file in this folder")
    return files


def mapping_of(text: str) -> str:
    """A column mapping: the contents of a file of that name, else the name of a saved one."""
    path = Path(text)
    return path.read_text(encoding="utf-8") if path.suffix == ".json" and path.is_file() else text


async def _requests(
    header: pb.ImportHeader, files: Sequence[Path]
) -> AsyncIterator[pb.ImportListingsRequest]:
    yield pb.ImportListingsRequest(header=header)
    for path in files:
        with path.open("rb") as file:
            content = await asyncio.to_thread(file.read, PIECE)
            while True:  # an empty file is one empty piece: the reader says what is wrong with it
                yield pb.ImportListingsRequest(piece=pb.FilePiece(name=path.name, content=content))
                content = await asyncio.to_thread(file.read, PIECE)
                if not content:
                    break
