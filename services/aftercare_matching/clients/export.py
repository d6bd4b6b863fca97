"""The directory's listings, read whole."""

from __future__ import annotations

import grpc.aio

from aftercare.directory.v1 import directory_pb2, directory_pb2_grpc
from aftercare_matching.conversions.listing import capacity_from_proto, listing_from_proto
from aftercare_matching.domain.index import Index
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.kernel.errors import Unavailable
from aftercare_platform.rpc.errors import error_of


async def read_index(channel: grpc.aio.Channel, clock: Clock) -> Index:
    """A new index with every active listing; its sequence is the last event that it need not see.

    Unavailable when the directory is away or the export broke off.
    """
    index = Index()
    expected = received = 0
    try:
        async for item in directory_pb2_grpc.DirectoryServiceStub(channel).ExportListings(
            directory_pb2.ExportListingsRequest()
        ):
            if item.HasField("header"):
                index.sequence, expected = item.header.stream_sequence, item.header.listing_count
                continue
            received += 1
            index.put(listing_from_proto(item.listing))
            if item.listing.HasField("capacity"):
                index.put_capacity(capacity_from_proto(item.listing.capacity))
    except grpc.aio.AioRpcError as error:
        raise error_of(error) from None
    if received < expected:
        raise Unavailable(what="the whole of the directory")
    index.applied_at = clock.now()
    return index
