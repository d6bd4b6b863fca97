"""Capacity, to and from the contract; absent is unknown, zero is none free."""

from __future__ import annotations

from aftercare.directory.v1 import directory_pb2
from aftercare.type.v1 import capacity_pb2
from aftercare_directory.domain.capacity import Capacity, CapacityReport
from aftercare_directory.domain.statements import Provenance
from aftercare_platform.contract.words import time_from_proto, time_to_proto


def capacity_to_proto(capacity: Capacity) -> capacity_pb2.Capacity:
    """The capacity as given; `as_seen` first where expired numbers must not show."""
    return capacity_pb2.Capacity(
        listing_id=capacity.listing_id,
        available=capacity.available,
        maximum=capacity.maximum,
        waitlist=capacity.waitlist,
        as_of_time=time_to_proto(capacity.by.as_of),
        expire_time=time_to_proto(capacity.expires_at),
        version=capacity.version,
        source=capacity.by.source,
    )


def capacity_from_proto(message: capacity_pb2.Capacity) -> Capacity:
    """The capacity in an answer or event."""
    return Capacity(
        listing_id=message.listing_id,
        **_numbers(message),
        by=Provenance(message.source, time_from_proto(message.as_of_time)),
        expires_at=time_from_proto(message.expire_time),
        version=message.version,
    )


def report_from_proto(request: directory_pb2.ReportCapacityRequest, *, by: Provenance) -> CapacityReport:
    """The report in a request, by its caller as of now unless it says since when."""
    has_own_time = request.HasField("as_of_time")
    return CapacityReport(
        by=Provenance(by.source, time_from_proto(request.as_of_time)) if has_own_time else by,
        **_numbers(request),
        expires_at=time_from_proto(request.expire_time) if request.HasField("expire_time") else None,
    )


def _numbers(
    message: capacity_pb2.Capacity | directory_pb2.ReportCapacityRequest,
) -> dict[str, int | None]:
    return {
        "available": message.available if message.HasField("available") else None,
        "maximum": message.maximum if message.HasField("maximum") else None,
        "waitlist": message.waitlist if message.HasField("waitlist") else None,
    }
