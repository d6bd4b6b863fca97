"""The matching service as a process."""

from __future__ import annotations

from functools import partial

from aftercare.matching.v1 import matching_pb2, matching_pb2_grpc
from aftercare_matching.access import RULES
from aftercare_matching.api.servicer import MatchingServicer
from aftercare_matching.clients.export import read_index
from aftercare_matching.clients.plans import GrpcPlans
from aftercare_matching.engine import Engine
from aftercare_matching.events.listing_changes import ListingChanges
from aftercare_matching.events.plan_requests import PlanRequests
from aftercare_matching.settings import MatchingSettings
from aftercare_platform.places.zip import zip_place
from aftercare_platform.process import open_process
from aftercare_platform.run import run


async def serve() -> None:
    """Serve MatchingService, keep its copy of the listings, answer plans, until told to stop."""
    settings = MatchingSettings()
    zip_place("20001")  # reads the list of ZIP codes, a quarter of a second: now, not in somebody's call
    async with open_process(settings, "matching", reads=("directory", "referral")) as process:
        directory = process.channel("directory", settings.directory_address)
        referral = process.channel("referral", settings.referral_address)
        async with directory, referral:
            engine = Engine()
            changes = ListingChanges(
                engine, process.bus, process.clock, read_index=partial(read_index, directory, process.clock)
            )
            requests = PlanRequests(engine, GrpcPlans(referral, process.clock))
            servicer = MatchingServicer(engine, process.clock)
            descriptor = matching_pb2.DESCRIPTOR.services_by_name["MatchingService"]
            registration = (matching_pb2_grpc.add_MatchingServiceServicer_to_server, servicer, descriptor)
            await process.serve(
                RULES, [registration], listings=changes.run(), plans=requests.consumer(process.bus).run()
            )
            engine.close()


def main() -> None:
    """Run the process."""
    run(serve)
