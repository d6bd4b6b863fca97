"""The referral service as a process."""

from __future__ import annotations

from functools import partial

from aftercare.referral.v1 import (
    client_pb2,
    client_pb2_grpc,
    consent_pb2,
    consent_pb2_grpc,
    plan_pb2,
    plan_pb2_grpc,
    referral_pb2,
    referral_pb2_grpc,
    work_pb2,
    work_pb2_grpc,
)
from aftercare_platform.access.caller import Caller
from aftercare_platform.places.zip import zip_place
from aftercare_platform.process import open_process
from aftercare_platform.rpc.server import Registration
from aftercare_platform.run import run
from aftercare_platform.sql.dead_letters import SqlDeadLetters
from aftercare_platform.sql.leases import LeaseHolder
from aftercare_referral.access import RULES
from aftercare_referral.client.keys import prove_seal_key
from aftercare_referral.client.sealing import open_vault
from aftercare_referral.client.servicer import ClientServicer
from aftercare_referral.clock.loop import Act, ClockLoop
from aftercare_referral.clock.setting import ClockKind
from aftercare_referral.consent.servicer import ConsentServicer
from aftercare_referral.listing_copy.reading import ListingReader
from aftercare_referral.plan.servicer import PlanServicer
from aftercare_referral.plan.usecases import ask_again_if_waiting
from aftercare_referral.referral.model import Terms
from aftercare_referral.referral.servicer import ReferralServicer
from aftercare_referral.referral.usecases import (
    end_offers_without_consent,
    expire_offer,
    send_due_offer,
)
from aftercare_referral.settings import ReferralSettings
from aftercare_referral.work.servicer import WorkServicer


async def serve() -> None:
    """Serve, copy the directory's listings, and let fall due what does, until told to stop."""
    settings = ReferralSettings()
    vault = open_vault(settings.seal_key)
    zip_place("20001")  # reads the list of ZIP codes, a quarter of a second: now, not in somebody's call
    async with open_process(
        settings, "referral", package="aftercare_referral", reads=("directory",), sealer=vault
    ) as process:
        work = process.record.work
        async with work.write(Caller(service="referral")) as unit:
            await prove_seal_key(unit, vault)
        listings = ListingReader(work).consumer(process.bus, SqlDeadLetters(work, service="referral"))
        clocks = ClockLoop(work, LeaseHolder(process.record.database, "clocks"), acts(settings.terms))
        await process.serve(
            RULES, registrations(settings.terms), listings=listings.run(), clocks=clocks.run()
        )


def acts(terms: Terms) -> dict[ClockKind, Act]:
    """What is done when something falls due."""
    return {
        ClockKind.SEND_OFFER: partial(send_due_offer, terms=terms),
        ClockKind.OFFER_ANSWER: expire_offer,
        ClockKind.PLAN_MATCH: ask_again_if_waiting,
    }


def registrations(terms: Terms) -> list[Registration]:
    """The servicers with what they stand on."""
    return [
        (
            client_pb2_grpc.add_ClientServiceServicer_to_server,
            ClientServicer(),
            client_pb2.DESCRIPTOR.services_by_name["ClientService"],
        ),
        (
            consent_pb2_grpc.add_ConsentServiceServicer_to_server,
            ConsentServicer(end_offers=end_offers_without_consent),
            consent_pb2.DESCRIPTOR.services_by_name["ConsentService"],
        ),
        (
            plan_pb2_grpc.add_PlanServiceServicer_to_server,
            PlanServicer(terms),
            plan_pb2.DESCRIPTOR.services_by_name["PlanService"],
        ),
        (
            referral_pb2_grpc.add_ReferralServiceServicer_to_server,
            ReferralServicer(terms),
            referral_pb2.DESCRIPTOR.services_by_name["ReferralService"],
        ),
        (
            work_pb2_grpc.add_WorkServiceServicer_to_server,
            WorkServicer(terms),
            work_pb2.DESCRIPTOR.services_by_name["WorkService"],
        ),
    ]


def main() -> None:
    """Run the process."""
    run(serve)
