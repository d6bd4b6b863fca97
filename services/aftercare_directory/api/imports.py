"""ImportService: takes files in, tells what became of their rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aftercare.directory.v1 import import_pb2 as pb
from aftercare.directory.v1 import import_pb2_grpc
from aftercare_directory.api.spool import received
from aftercare_directory.conversions.imports import formats_to_proto, news_to_proto
from aftercare_directory.ports import Transactions
from aftercare_directory.usecases.importing.running import import_listings
from aftercare_platform.rpc.call import caller_of

Context = Any
"""The servicer context; who calls is asked of the platform."""


class ImportServicer(import_pb2_grpc.ImportServiceServicer):
    """Reads other people's directories into ours."""

    def __init__(self, work: Transactions, *, maximum_bytes: int, batch_rows: int) -> None:
        self._work = work
        self._maximum_bytes = maximum_bytes
        self._batch_rows = batch_rows

    async def ImportListings(
        self, requests: AsyncIterator[pb.ImportListingsRequest], context: Context
    ) -> AsyncIterator[pb.ImportListingsResponse]:
        async with received(requests, maximum_bytes=self._maximum_bytes) as (order, files):
            async for news in import_listings(
                order, files, caller=caller_of(context), work=self._work, batch_rows=self._batch_rows
            ):
                yield news_to_proto(news)

    async def ListFormats(self, request: pb.ListFormatsRequest, context: Context) -> pb.ListFormatsResponse:
        return formats_to_proto()
