"""Plans, asked of `referral` over gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import grpc.aio

from aftercare.referral.v1 import plan_pb2, plan_pb2_grpc
from aftercare_matching.conversions.match_set import match_set_to_proto
from aftercare_matching.conversions.profile import profile_from_proto
from aftercare_matching.domain.match_set import MatchSet
from aftercare_matching.ports import Asked
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.rpc.errors import error_of


class GrpcPlans:
    """The owner of plans, under our own name."""

    def __init__(self, channel: grpc.aio.Channel, clock: Clock) -> None:
        self._stub = plan_pb2_grpc.PlanServiceStub(channel)
        self._clock = clock

    async def asked(self, plan_id: str) -> Asked:
        """The current revision, with its profile where a set is awaited."""
        with _our_errors():
            answer = await self._stub.GetMatchProfile(plan_pb2.GetMatchProfileRequest(plan_id=plan_id))
        if not answer.is_awaited:
            return Asked(answer.revision, None)
        return Asked(answer.revision, profile_from_proto(answer.profile, now=self._clock.now()))

    async def record(self, plan_id: str, revision: int, found: MatchSet) -> None:
        """Hand over the set."""
        message = match_set_to_proto(found)
        request = plan_pb2.RecordMatchSetRequest(plan_id=plan_id, revision=revision, match_set=message)
        with _our_errors():
            await self._stub.RecordMatchSet(request)

    async def give_up(self, plan_id: str, revision: int, reason: str) -> None:
        """Note the failure."""
        request = plan_pb2.RecordMatchFailureRequest(plan_id=plan_id, revision=revision, reason=reason)
        with _our_errors():
            await self._stub.RecordMatchFailure(request)


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise error_of(error) from None
