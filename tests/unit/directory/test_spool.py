"""The files of an import as they come in: whole, in order, no larger than allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from aftercare.directory.v1.import_pb2 import FilePiece, ImportHeader, ImportListingsRequest
from aftercare_directory.api.spool import FilesTooLarge, received
from aftercare_platform.kernel.errors import InvalidArgument

HEADER = ImportListingsRequest(header=ImportHeader(format="csv", source="s", mapping="m", dry_run=True))


def piece(name: str, content: bytes) -> ImportListingsRequest:
    return ImportListingsRequest(piece=FilePiece(name=name, content=content))


async def sent(*requests: ImportListingsRequest) -> AsyncIterator[ImportListingsRequest]:
    for request in requests:
        yield request


async def test_pieces_become_their_files() -> None:
    requests = sent(HEADER, piece("../a", b"one "), piece("../a", b"two"), piece("b", b""))
    async with received(requests, maximum_bytes=10) as (order, files):
        contents = {}
        for file in files:
            with file.open() as stream:
                contents[file.name] = stream.read()
    assert contents == {"../a": b"one two", "b": b""}
    assert (order.format, order.source, order.mapping, order.dry_run) == ("csv", "s", "m", True)


async def test_more_than_allowed_is_refused_at_once() -> None:
    requests = sent(HEADER, piece("a", b"12345"), piece("a", b"123456"), piece("a", b"never read"))
    with pytest.raises(FilesTooLarge) as refused:
        async with received(requests, maximum_bytes=10):
            pass
    assert refused.value.facts == {"maximum_bytes": 10}
    assert (await anext(requests)).piece.content == b"never read"


@pytest.mark.parametrize(
    ("requests", "field"),
    [
        ([], "header"),
        ([piece("a", b"1")], "header"),
        ([HEADER, piece("a", b"1"), HEADER], "header"),
        ([HEADER], "piece"),
        ([HEADER, piece("a", b"1"), piece("b", b"1"), piece("a", b"1")], "piece.name"),
    ],
)
async def test_what_is_out_of_order_is_refused(requests: list[ImportListingsRequest], field: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        async with received(sent(*requests), maximum_bytes=10):
            pass
    assert [each.field for each in refused.value.violations] == [field]
