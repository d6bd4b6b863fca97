"""A desk: someone signed in, with a stub of each service within reach."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
import grpc.aio

from aftercare.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from aftercare.directory.v1.import_pb2_grpc import ImportServiceStub
from aftercare.identity.v1 import identity_pb2
from aftercare.identity.v1.identity_pb2_grpc import IdentityServiceStub
from aftercare.matching.v1.matching_pb2_grpc import MatchingServiceStub
from aftercare.referral.v1.client_pb2_grpc import ClientServiceStub
from aftercare.referral.v1.consent_pb2_grpc import ConsentServiceStub
from aftercare.referral.v1.plan_pb2_grpc import PlanServiceStub
from aftercare.referral.v1.referral_pb2_grpc import ReferralServiceStub
from aftercare.referral.v1.work_pb2_grpc import WorkServiceStub
from aftercare_cli.connection.place import Place
from aftercare_platform.access.keys import ServiceIdentity, load_identity
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.rpc.errors import error_of

if TYPE_CHECKING:  # the typed stubs stand in the annotations only; at run time there is one class for both
    from aftercare.directory.v1.directory_pb2_grpc import DirectoryServiceAsyncStub
    from aftercare.directory.v1.import_pb2_grpc import ImportServiceAsyncStub
    from aftercare.identity.v1.identity_pb2_grpc import IdentityServiceAsyncStub
    from aftercare.matching.v1.matching_pb2_grpc import MatchingServiceAsyncStub
    from aftercare.referral.v1.client_pb2_grpc import ClientServiceAsyncStub
    from aftercare.referral.v1.consent_pb2_grpc import ConsentServiceAsyncStub
    from aftercare.referral.v1.plan_pb2_grpc import PlanServiceAsyncStub
    from aftercare.referral.v1.referral_pb2_grpc import ReferralServiceAsyncStub
    from aftercare.referral.v1.work_pb2_grpc import WorkServiceAsyncStub

OPERATOR: Final = "operator"
"""The name by which a command on the machine itself signs; identity knows it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A stub of each service; every call is made as the one who sits here."""

    place: Place
    identity: IdentityServiceAsyncStub
    directory: DirectoryServiceAsyncStub
    imports: ImportServiceAsyncStub
    matching: MatchingServiceAsyncStub
    clients: ClientServiceAsyncStub
    consents: ConsentServiceAsyncStub
    plans: PlanServiceAsyncStub
    referrals: ReferralServiceAsyncStub
    work: WorkServiceAsyncStub


@asynccontextmanager
async def open_desk(
    place: Place, *, token: str | None = None, identity: ServiceIdentity | None = None
) -> AsyncIterator[Desk]:
    """A desk for the bearer of a token, for the operator, or for a stranger. Errors come as ours."""
    async with AsyncExitStack() as stack:
        channels = {
            name: await stack.enter_async_context(
                open_channel(
                    address, to=name, identity=identity, person_token=token, credentials=_credentials()
                )
            )
            for name, address in place.addresses.items()
            if name != "gateway"
        }
        with plain_errors():
            yield Desk(
                place=place,
                identity=IdentityServiceStub(channels["identity"]),
                directory=DirectoryServiceStub(channels["directory"]),
                imports=ImportServiceStub(channels["directory"]),
                matching=MatchingServiceStub(channels["matching"]),
                clients=ClientServiceStub(channels["referral"]),
                consents=ConsentServiceStub(channels["referral"]),
                plans=PlanServiceStub(channels["referral"]),
                referrals=ReferralServiceStub(channels["referral"]),
                work=WorkServiceStub(channels["referral"]),
            )


@asynccontextmanager
async def open_operator_desk(place: Place) -> AsyncIterator[Desk]:
    """The operator's desk: for who can read the key folder of this machine, and for no one else."""
    identity = load_identity(place.data_dir / "keys", OPERATOR, clock=place.clock)
    async with open_desk(place, identity=identity) as desk:
        yield desk


@asynccontextmanager
async def open_signed_in(place: Place, session_secret: str) -> AsyncIterator[Desk]:
    """The desk of whoever holds the session, with a fresh token; `Unauthenticated` once it has ended."""
    async with open_desk(place) as door:
        request = identity_pb2.IssueTokenRequest(session_secret=session_secret)
        token = (await door.identity.IssueToken(request)).token
    async with open_desk(place, token=token) as desk:
        yield desk


async def sign_in(place: Place, secret: str) -> identity_pb2.SignInResponse:
    """Open a session with the secret of a link or an agency's key."""
    is_key = secret.startswith("akey_")
    request = (
        identity_pb2.SignInRequest(agency_key=secret)
        if is_key
        else identity_pb2.SignInRequest(link_secret=secret)
    )
    async with open_desk(place) as door:
        return await door.identity.SignIn(request)


@contextmanager
def plain_errors() -> Iterator[None]:
    """What a call failed with, as the error that the service raised."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise error_of(error) from None


def _credentials() -> grpc.ChannelCredentials | None:
    """What is shown and trusted beyond loopback; None where no authority is named."""
    if "AFTERCARE_TLS_AUTHORITY_FILE" not in os.environ:
        return None
    from aftercare_platform.settings import PlatformSettings

    return PlatformSettings().channel_credentials()
