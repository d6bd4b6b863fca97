"""The change log and exports, to the contract."""

from __future__ import annotations

from collections.abc import Sequence

from aftercare.directory.v1 import directory_pb2
from aftercare_directory.conversions.listings import listing_to_proto
from aftercare_directory.conversions.words import STATUSES
from aftercare_directory.ports import ListingChange
from aftercare_directory.usecases.exporting import Header
from aftercare_directory.usecases.reading import Shown
from aftercare_platform.contract.words import time_to_proto


def changes_to_proto(changes: Sequence[ListingChange], *, cursor: int) -> directory_pb2.ListChangesResponse:
    """A page of changes behind the cursor; where nothing is new the cursor stays."""
    return directory_pb2.ListChangesResponse(
        changes=[change_to_proto(change) for change in changes],
        next_cursor=changes[-1].cursor if changes else cursor,
    )


def change_to_proto(change: ListingChange) -> directory_pb2.Change:
    """One change."""
    return directory_pb2.Change(
        cursor=change.cursor,
        listing_id=change.listing_id,
        version=change.version,
        status=STATUSES[change.status],
        fields=change.fields,
        actor=change.actor,
        change_time=time_to_proto(change.changed_at),
    )


def export_to_proto(item: Header | Shown) -> directory_pb2.ExportListingsResponse:
    """One message of an export."""
    if isinstance(item, Header):
        header = directory_pb2.ExportHeader(
            stream_sequence=item.stream_sequence, listing_count=item.listing_count
        )
        return directory_pb2.ExportListingsResponse(header=header)
    return directory_pb2.ExportListingsResponse(listing=listing_to_proto(item))
