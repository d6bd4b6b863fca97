"""An import's files as they come over the wire, kept on disk until they are read in."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from aftercare.directory.v1 import import_pb2
from aftercare_directory.conversions.imports import order_from_proto
from aftercare_directory.sources.feed import SourceFile
from aftercare_directory.usecases.importing.running import ImportOrder
from aftercare_platform.kernel.errors import Exhausted, invalid


class FilesTooLarge(Exhausted):
    """The files of an import may have {maximum_bytes} bytes together; import them in parts."""

    reason = "MESSAGE_TOO_LARGE"


@asynccontextmanager
async def received(
    requests: AsyncIterator[import_pb2.ImportListingsRequest], *, maximum_bytes: int
) -> AsyncIterator[tuple[ImportOrder, list[SourceFile]]]:
    """The order and the files, all arrived; gone when the block ends.

    Raises `InvalidArgument` unless the header comes first, once, and the pieces of each file follow
    each other, and `FilesTooLarge` as soon as they are.
    """
    first = await anext(requests, None)
    if first is None or not first.HasField("header"):
        raise invalid("header", "comes first, before the pieces of files")
    with tempfile.TemporaryDirectory(prefix="aftercare-import-") as folder:
        spool = _Spool(Path(folder), maximum_bytes)
        try:
            async for request in requests:
                if not request.HasField("piece"):
                    raise invalid("header", "comes once")
                spool.add(request.piece)
        finally:
            spool.close()
        if not spool.files:
            raise invalid("piece", "did not come: give the pieces of at least one file")
        yield order_from_proto(first.header), spool.files


class _Spool:
    """Files in a folder, written one after the other; their own names are never used as paths."""

    def __init__(self, folder: Path, maximum_bytes: int) -> None:
        self.files: list[SourceFile] = []
        self._folder = folder
        self._maximum_bytes = maximum_bytes
        self._bytes = 0
        self._open: BinaryIO | None = None

    def add(self, piece: import_pb2.FilePiece) -> None:
        """Append a piece to its file."""
        self._bytes += len(piece.content)
        if self._bytes > self._maximum_bytes:
            raise FilesTooLarge(maximum_bytes=self._maximum_bytes)
        if not self.files or self.files[-1].name != piece.name:
            self._begin(piece.name)
        if self._open is not None:
            self._open.write(piece.content)

    def close(self) -> None:
        """Finish the file under way."""
        if self._open is not None:
            self._open.close()

    def _begin(self, name: str) -> None:
        if any(file.name == name for file in self.files):
            raise invalid("piece.name", f"{name!r} came before; pieces of one file follow each other")
        self.close()
        path = self._folder / str(len(self.files))
        self._open = path.open("wb")
        self.files.append(SourceFile(name, partial(_open, path)))


def _open(path: Path) -> BinaryIO:
    return path.open("rb")
