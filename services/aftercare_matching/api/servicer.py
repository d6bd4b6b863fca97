"""MatchingService: read, do, write."""

from __future__ import annotations

from aftercare.matching.v1 import matching_pb2, matching_pb2_grpc
from aftercare.type.v1 import match_set_pb2
from aftercare_matching.conversions.match_set import match_set_to_proto
from aftercare_matching.conversions.profile import profile_from_proto
from aftercare_matching.engine import Engine, Status
from aftercare_platform.contract.words import time_to_proto
from aftercare_platform.kernel.clock import Clock


class MatchingServicer(matching_pb2_grpc.MatchingServiceServicer):
    """Serves MatchingService from one engine."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def FindMatches(
        self,
        request: matching_pb2.FindMatchesRequest,
        context: object,
    ) -> match_set_pb2.MatchSet:
        profile = profile_from_proto(request.profile, now=self._clock.now())
        found = await self._engine.find(profile)
        return match_set_to_proto(found)

    async def GetIndexStatus(
        self,
        request: matching_pb2.GetIndexStatusRequest,
        context: object,
    ) -> matching_pb2.IndexStatus:
        return status_to_proto(await self._engine.status())


def status_to_proto(status: Status) -> matching_pb2.IndexStatus:
    """The status as a message."""
    return matching_pb2.IndexStatus(
        is_ready=status.is_ready,
        listing_count=status.listing_count,
        directory_sequence=status.directory_sequence,
        applied_time=time_to_proto(status.applied_at),
        weights_version=status.weights_version,
    )
