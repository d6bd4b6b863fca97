"""The real process beside a real directory: walks A and C over sockets, and through a crash."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import grpc.aio
import pytest
import pytest_asyncio

from aftercare.directory.v1 import directory_pb2
from aftercare.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from aftercare.referral.v1 import plan_pb2, referral_pb2
from aftercare.referral.v1.client_pb2 import CreateClientRequest, OpenEpisodeRequest
from aftercare.referral.v1.client_pb2_grpc import ClientServiceStub
from aftercare.referral.v1.consent_pb2_grpc import ConsentServiceStub
from aftercare.referral.v1.plan_pb2_grpc import PlanServiceStub
from aftercare.referral.v1.referral_pb2_grpc import ReferralServiceStub
from aftercare_platform.bus.connection import Bus, open_bus
from aftercare_platform.bus.consumer import Consumer
from aftercare_platform.bus.decision import DONE
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.bus.streams import ensure_streams, stream_of
from aftercare_platform.rpc.errors import error_of
from integration.matching.ward import PLANNER, Directory, eventually
from integration.referral.desk import PLANTED, rosa
from integration.referral.practice import Place, consent_form, criteria
from support.nats import Broker
from support.processes import Service, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
SOON = {"AFTERCARE_UNDO_WITHIN": "0.5"}


@dataclass
class Town:
    """A directory, a referral service, and what the latter has told the stream."""

    folder: Path
    broker: Broker
    directory: Directory
    referral: Service
    told: list[Envelope] = field(default_factory=list)

    @property
    def plans(self) -> PlanServiceStub:
        return PlanServiceStub(self.referral.channel(person=PLANNER))

    @property
    def offers(self) -> ReferralServiceStub:
        return ReferralServiceStub(self.referral.channel(person=PLANNER))

    async def house(self, name: str) -> Place:
        listing = await self.directory.house(name)
        return Place(listing.id, listing.organization_id, name)

    async def plan(self, place: Place) -> plan_pb2.Plan:
        """A plan of a client whose whole consent names the place."""
        clients = ClientServiceStub(self.referral.channel(person=PLANNER))
        client = await clients.CreateClient(CreateClientRequest(**named(rosa())))
        opening = OpenEpisodeRequest(client_id=client.id, admitted_date=date(2026, 10, 1).isoformat())
        episode = await clients.OpenEpisode(opening)
        form = consent_form(episode.id, place, at=datetime.now(UTC) - timedelta(minutes=1))
        await ConsentServiceStub(self.referral.channel(person=PLANNER)).RecordConsent(form)
        request = plan_pb2.CreatePlanRequest(
            episode_id=episode.id, criteria=criteria(medicines=["methadone"])
        )
        return await self.plans.CreatePlan(request)

    async def send(self, plan: plan_pb2.Plan, place: Place) -> referral_pb2.Offer:
        """Ask the place, as soon as its event has arrived."""
        request = referral_pb2.SendOfferRequest(referral_id=plan.referrals[0].id, listing_id=place.listing_id)

        async def is_known() -> bool:
            try:
                made.append(await self.offers.SendOffer(request))
            except grpc.aio.AioRpcError as error:
                if error_of(error).reason != "NOT_FOUND":
                    raise
                return False
            return True

        made: list[referral_pb2.Offer] = []
        await eventually(is_known)
        return made[0]

    async def report(self, place: Place, available: int) -> None:
        """Report free places, and wait until referral has copied the number."""
        desk = self.directory.desk
        listing = await desk.GetListing(directory_pb2.GetListingRequest(id=place.listing_id))
        await self.directory.report(listing, available)

        async def is_copied() -> bool:
            asked = "select available from capacity_copy where listing_id = ?"
            with contextlib.closing(sqlite3.connect(self.folder / "referral.sqlite")) as copy:
                return copy.execute(asked, [place.listing_id]).fetchall() == [(available,)]

        await eventually(is_copied)

    async def in_state(self, plan: plan_pb2.Plan, state: int) -> referral_pb2.Offer:
        """The plan's offer, once it is in the state."""
        request = referral_pb2.GetReferralRequest(id=plan.referrals[0].id)
        found: list[referral_pb2.Offer] = []

        async def holds() -> bool:
            found[:] = (await self.offers.GetReferral(request)).offers
            return bool(found) and found[-1].state == state

        await eventually(holds)
        return found[-1]

    async def heard(self, id: str, *names: str) -> None:
        """Wait until these events of the aggregate are on the stream, and no others."""

        async def holds() -> bool:
            return self.types(id) == list(names)

        await eventually(holds)

    def types(self, id: str) -> list[str]:
        return [each.type.rpartition(".")[2] for each in self.told if each.aggregate_id == id]


def named(request: CreateClientRequest) -> dict[str, object]:
    return {descriptor.name: value for descriptor, value in request.ListFields()}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    broker = Broker(folder / "nats")
    broker.start()
    try:
        async with open_bus(broker) as bus:
            await ensure_streams(bus)
            async with (
                running("directory", folder, broker) as directory,
                running("referral", folder, broker, **SOON) as referral,
            ):
                opened = Town(folder, broker, Directory(directory), referral)
                listener = asyncio.create_task(listening(bus, opened.told))
                yield opened
                listener.cancel()
    finally:
        broker.stop()


async def listening(bus: Bus, told: list[Envelope]) -> None:
    async def note(event: Envelope) -> object:
        told.append(event)
        return DONE

    await Consumer(bus, stream_of("referral"), "test-listener", "evt.referral.>", note).run()


async def test_a_plan_asks_for_its_set_and_an_offer_is_answered(town):
    harbor = await town.house("Harbor")
    plan = await town.plan(harbor)
    await town.heard(plan.id, "PlanRequested")
    offer = await town.send(plan, harbor)
    sent = await town.in_state(plan, referral_pb2.OFFER_STATE_SENT)
    agency = ReferralServiceStub(town.referral.channel(person=harbor.agency_of(PLANNER.program_id)))
    opened = await agency.OpenOffer(referral_pb2.OpenOfferRequest(id=sent.id))
    assert {field.name: field.value for field in opened.fields}["given_name"] == "Rosalind"
    request = referral_pb2.AcceptOfferRequest(id=sent.id, etag=opened.offer.etag)
    await agency.AcceptOffer(request)
    await town.heard(offer.id, "OfferSent", "OfferAcknowledged", "OfferAnswered")
    asked = directory_pb2.GetListingRequest(id=harbor.listing_id)
    desk = DirectoryServiceStub(town.directory.running.channel(person=PLANNER))

    async def is_noted() -> bool:
        return (await desk.GetListing(asked)).HasField("last_answer")

    await eventually(is_noted)


async def test_the_last_bed_is_counted_from_the_directorys_report(town):
    cove = await town.house("Cove")
    plan = await town.plan(cove)
    offer = await town.send(plan, cove)
    sent = await town.in_state(plan, referral_pb2.OFFER_STATE_SENT)
    agency = ReferralServiceStub(town.referral.channel(person=cove.agency_of(PLANNER.program_id)))
    request = referral_pb2.AcceptOfferRequest(id=offer.id, etag=sent.etag)
    await town.report(cove, 0)
    with pytest.raises(grpc.aio.AioRpcError) as full:
        await agency.AcceptOffer(request)
    assert error_of(full.value).reason == "NO_PLACE_LEFT"
    await town.report(cove, 1)
    assert (await agency.AcceptOffer(request)).state == referral_pb2.OFFER_STATE_ACCEPTED


@pytest.mark.fault("REF-12")
async def test_a_crash_while_an_offer_waits_delays_it_and_sends_it_once(town):
    hillside = await town.house("Hillside")
    plan = await town.plan(hillside)
    offer = await town.send(plan, hillside)
    town.referral.kill()
    async with running("referral", town.folder, town.broker, **SOON) as again:
        town.referral = again
        await town.in_state(plan, referral_pb2.OFFER_STATE_SENT)
        await town.heard(offer.id, "OfferSent")
        await asyncio.sleep(1.5)
        assert town.types(offer.id) == ["OfferSent"]
        assert town.types(plan.id) == ["PlanRequested"]


async def test_what_was_said_of_a_person_is_nowhere_else(town):
    """Runs last: the logs and the broker's files hold what the tests above left there."""
    kept = [town.folder / "referral.log", town.folder / "directory.log", *(town.folder / "nats").rglob("*")]
    kept += [*town.folder.glob("referral.sqlite*"), *town.folder.glob("directory.sqlite*")]
    for path in (path for path in kept if path.is_file()):
        content = path.read_bytes()
        assert [word for word in (*PLANTED, b"methadone") if word in content] == [], path.name
    assert town.told
