"""The identity service as a process."""

from __future__ import annotations

from aftercare.identity.v1 import identity_pb2, identity_pb2_grpc
from aftercare_identity.access import RULES
from aftercare_identity.api.servicer import IdentityServicer
from aftercare_identity.settings import IdentitySettings
from aftercare_identity.storage.stores import SqlStores
from aftercare_platform.process import open_process
from aftercare_platform.run import run


async def serve() -> None:
    """Serve IdentityService until told to stop."""
    async with open_process(IdentitySettings(), "identity", package="aftercare_identity") as process:
        servicer = IdentityServicer(process.identity, SqlStores)
        descriptor = identity_pb2.DESCRIPTOR.services_by_name["IdentityService"]
        add = identity_pb2_grpc.add_IdentityServiceServicer_to_server
        await process.serve(RULES, [(add, servicer, descriptor)])


def main() -> None:
    """Run the process."""
    run(serve)
