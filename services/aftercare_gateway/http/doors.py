"""The services behind, as stubs over channels that stay open as long as the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from aftercare.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from aftercare.identity.v1.identity_pb2_grpc import IdentityServiceStub
from aftercare.matching.v1.matching_pb2_grpc import MatchingServiceStub
from aftercare.referral.v1.client_pb2_grpc import ClientServiceStub
from aftercare.referral.v1.consent_pb2_grpc import ConsentServiceStub
from aftercare.referral.v1.plan_pb2_grpc import PlanServiceStub
from aftercare.referral.v1.referral_pb2_grpc import ReferralServiceStub
from aftercare.referral.v1.work_pb2_grpc import WorkServiceStub
from aftercare_platform.access.keys import ServiceIdentity
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.rpc.errors import error_of
from aftercare_platform.settings import PlatformSettings

if TYPE_CHECKING:  # the typed stubs stand in annotations only; at run time there is one class for both
    from aftercare.directory.v1.directory_pb2_grpc import DirectoryServiceAsyncStub
    from aftercare.identity.v1.identity_pb2_grpc import IdentityServiceAsyncStub
    from aftercare.matching.v1.matching_pb2_grpc import MatchingServiceAsyncStub
    from aftercare.referral.v1.client_pb2_grpc import ClientServiceAsyncStub
    from aftercare.referral.v1.consent_pb2_grpc import ConsentServiceAsyncStub
    from aftercare.referral.v1.plan_pb2_grpc import PlanServiceAsyncStub
    from aftercare.referral.v1.referral_pb2_grpc import ReferralServiceAsyncStub
    from aftercare.referral.v1.work_pb2_grpc import WorkServiceAsyncStub

Request = TypeVar("Request")
Reply = TypeVar("Reply")

_PROBE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Doors:
    """A stub of each service that the pages ask."""

    channels: Mapping[str, grpc.aio.Channel]
    """By service name; held here, because a channel that nobody holds closes under its stubs."""
    identity: IdentityServiceAsyncStub
    directory: DirectoryServiceAsyncStub
    matching: MatchingServiceAsyncStub
    clients: ClientServiceAsyncStub
    consents: ConsentServiceAsyncStub
    plans: PlanServiceAsyncStub
    referrals: ReferralServiceAsyncStub
    work: WorkServiceAsyncStub

    async def health(self) -> dict[str, bool]:
        """Which services say right now that they serve."""
        answers = await asyncio.gather(*(_serves(channel) for channel in self.channels.values()))
        return dict(zip(self.channels, answers, strict=True))


@asynccontextmanager
async def open_doors(settings: PlatformSettings, identity: ServiceIdentity) -> AsyncIterator[Doors]:
    """Open a channel to each service, under our own name; connecting happens with the first call."""
    addresses = {
        "identity": settings.identity_address,
        "directory": settings.directory_address,
        "matching": settings.matching_address,
        "referral": settings.referral_address,
    }
    credentials = settings.channel_credentials()
    async with AsyncExitStack() as stack:
        channels = {
            name: await stack.enter_async_context(
                open_channel(address, to=name, identity=identity, credentials=credentials)
            )
            for name, address in addresses.items()
        }
        referral = channels["referral"]
        yield Doors(
            channels=channels,
            identity=IdentityServiceStub(channels["identity"]),
            directory=DirectoryServiceStub(channels["directory"]),
            matching=MatchingServiceStub(channels["matching"]),
            clients=ClientServiceStub(referral),
            consents=ConsentServiceStub(referral),
            plans=PlanServiceStub(referral),
            referrals=ReferralServiceStub(referral),
            work=WorkServiceStub(referral),
        )


async def ask(method: Callable[[Request], Awaitable[Reply]], request: Request) -> Reply:
    """The reply of a service; what it refuses with is raised as the error it was there."""
    try:
        return await method(request)
    except grpc.aio.AioRpcError as error:
        raise error_of(error) from None


async def _serves(channel: grpc.aio.Channel) -> bool:
    stub = health_pb2_grpc.HealthStub(channel)
    try:
        answer = await stub.Check(  # type: ignore[attr-defined] # the stub's types leave its calls out
            health_pb2.HealthCheckRequest(), timeout=_PROBE_SECONDS
        )
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
