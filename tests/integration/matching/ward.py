"""A matching service as its real process, beside a real directory and an owner of plans that does as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aftercare.directory.v1 import directory_pb2, resources_pb2
from aftercare.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from aftercare.matching.v1 import matching_pb2
from aftercare.matching.v1.matching_pb2_grpc import MatchingServiceStub
from aftercare.referral.v1 import plan_pb2, plan_pb2_grpc
from aftercare.referral.v1.events_pb2 import PlanRequested
from aftercare.type.v1 import criteria_pb2, fact_pb2, kind_pb2, match_set_pb2
from aftercare_platform.access.caller import Member
from aftercare_platform.access.keys import KeyRing
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.rules import UnitKind, service
from aftercare_platform.bus.connection import BrokerAway, Bus
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.kernel.errors import Conflict
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.roles import Role
from aftercare_platform.rpc.server import open_server, serving
from aftercare_platform.settings import PlatformSettings, Profile
from support.processes import Service

ADMINISTRATOR = Member(new_id(), new_id(), frozenset({Role.ADMINISTRATOR}), new_id())
PLANNER = Member(new_id(), ADMINISTRATOR.program_id, frozenset({Role.PLANNER}), new_id())

HOUSE_FACTS = (
    fact_pb2.Fact(attribute=kind_pb2.ATTRIBUTE_GENDER, term="woman", holds=True),
    fact_pb2.Fact(attribute=kind_pb2.ATTRIBUTE_MINIMUM_SOBRIETY, quantity=0),
)


def profile(**criteria: Any) -> criteria_pb2.MatchProfile:
    """A woman of 30 in Washington who looks for a house."""
    need = criteria_pb2.Need(kind=kind_pb2.KIND_SOBER_LIVING, option_count=20)
    asked = criteria_pb2.Criteria(**({"needs": [need], "zip": "20001", "sober_days": 30} | criteria))
    return criteria_pb2.MatchProfile(
        criteria=asked, age_years=30, gender=criteria_pb2.GENDER_WOMAN, tie_key="tie"
    )


@dataclass
class Directory:
    """The administrator's desk at a running directory."""

    running: Service

    @property
    def desk(self) -> DirectoryServiceStub:
        return DirectoryServiceStub(self.running.channel(person=ADMINISTRATOR))

    async def house(self, name: str, *facts: fact_pb2.Fact) -> resources_pb2.Listing:
        """A women's house in Washington that asks for no sobriety; nobody has said whether it has room."""
        organization = await self.desk.CreateOrganization(
            directory_pb2.CreateOrganizationRequest(organization=resources_pb2.Organization(name=name))
        )
        service_ = await self.desk.CreateService(
            directory_pb2.CreateServiceRequest(
                service=resources_pb2.Service(organization_id=organization.id, name=name)
            )
        )
        location = await self.desk.CreateLocation(
            directory_pb2.CreateLocationRequest(
                location=resources_pb2.Location(organization_id=organization.id, zip="20002")
            )
        )
        listing = resources_pb2.Listing(
            service_id=service_.id,
            location_id=location.id,
            kinds=[kind_pb2.KIND_SOBER_LIVING],
            facts=[*HOUSE_FACTS, *facts],
        )
        return await self.desk.CreateListing(directory_pb2.CreateListingRequest(listing=listing))

    async def change(self, listing: resources_pb2.Listing, **fields: Any) -> resources_pb2.Listing:
        """The listing with these fields changed."""
        for name, value in fields.items():
            setattr(listing, name, value)
        request = directory_pb2.UpdateListingRequest(listing=listing)
        request.update_mask.paths.extend(fields)
        return await self.desk.UpdateListing(request)

    async def report(self, listing: resources_pb2.Listing, available: int) -> None:
        await self.desk.ReportCapacity(
            directory_pb2.ReportCapacityRequest(listing_id=listing.id, available=available)
        )


@dataclass
class Matching:
    """A planner's desk at a running matching service."""

    running: Service

    @property
    def desk(self) -> MatchingServiceStub:
        return MatchingServiceStub(self.running.channel(person=PLANNER))

    async def find(self, **criteria: Any) -> match_set_pb2.KindMatches:
        """What the profile finds."""
        request = matching_pb2.FindMatchesRequest(profile=profile(**criteria))
        return (await self.desk.FindMatches(request)).kinds[0]

    async def names(self, **criteria: Any) -> list[str]:
        """What it finds, in alphabetical order; "?" behind what must be asked about."""
        options = (await self.find(**criteria)).options
        return sorted(
            option.name + "?" * (option.eligibility == match_set_pb2.ELIGIBILITY_CONDITIONAL)
            for option in options
        )

    async def ready(self) -> None:
        """Wait until the index is filled."""
        await eventually(self._is_ready)

    async def _is_ready(self) -> bool:
        return (await self.desk.GetIndexStatus(matching_pb2.GetIndexStatusRequest())).is_ready


async def eventually(holds: Callable[[], Awaitable[bool]], *, seconds: float = 15) -> None:
    """Wait until it holds; AssertionError when it does not in time."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 (it is another process that makes it hold)
            await asyncio.sleep(0.01)


@dataclass
class PlanOwner(plan_pb2_grpc.PlanServiceServicer):
    """Owns plans as `referral` does, by the contract's three calls for matching; faults on demand."""

    revisions: dict[str, int] = field(default_factory=dict)
    """The current revision of each plan."""
    profiles: dict[str, criteria_pb2.MatchProfile] = field(default_factory=dict)
    sets: list[plan_pb2.RecordMatchSetRequest] = field(default_factory=list)
    failures: list[plan_pb2.RecordMatchFailureRequest] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    """Plans for which no set is awaited."""
    refusals: list[Exception] = field(default_factory=list)
    """What the next calls of RecordMatchSet raise."""
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when RecordMatchSet is called."""
    lets_in: asyncio.Event = field(default_factory=asyncio.Event)
    """Calls of RecordMatchSet wait until this is set."""

    def __post_init__(self) -> None:
        self.lets_in.set()

    def plan(self, asked: criteria_pb2.MatchProfile) -> str:
        plan_id = new_id()
        self.revisions[plan_id], self.profiles[plan_id] = 1, asked
        return plan_id

    async def GetMatchProfile(  # noqa: N802 (the contract's name)
        self, request: plan_pb2.GetMatchProfileRequest, context: object
    ) -> plan_pb2.GetMatchProfileResponse:
        plan_id = request.plan_id
        is_awaited = plan_id not in self.settled
        return plan_pb2.GetMatchProfileResponse(
            revision=self.revisions[plan_id], profile=self.profiles[plan_id], is_awaited=is_awaited
        )

    async def RecordMatchSet(  # noqa: N802 (the contract's name)
        self, request: plan_pb2.RecordMatchSetRequest, context: object
    ) -> plan_pb2.RecordMatchSetResponse:
        self.is_asked.set()
        await self.lets_in.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        if request.revision != self.revisions[request.plan_id]:
            raise Conflict
        self.sets.append(request)
        self.settled.add(request.plan_id)
        return plan_pb2.RecordMatchSetResponse()

    async def RecordMatchFailure(  # noqa: N802 (the contract's name)
        self, request: plan_pb2.RecordMatchFailureRequest, context: object
    ) -> plan_pb2.RecordMatchFailureResponse:
        self.failures.append(request)
        self.settled.add(request.plan_id)
        return plan_pb2.RecordMatchFailureResponse()


PLAN_SERVICE = plan_pb2.DESCRIPTOR.services_by_name["PlanService"]
PLAN_RULES = {
    f"/{PLAN_SERVICE.full_name}/{method.name}": service("matching", unit=UnitKind.NONE)
    for method in PLAN_SERVICE.methods
}


@asynccontextmanager
async def serving_plans(owner: PlanOwner, folder: Path, port: int) -> AsyncIterator[None]:
    """Serve the owner behind the platform's chain, as the service `referral`."""
    server = open_server(
        PlatformSettings(profile=Profile.TEST, data_dir=folder, listen=f"127.0.0.1:{port}"),
        name="referral",
        rules=PLAN_RULES,
        servicers=[(plan_pb2_grpc.add_PlanServiceServicer_to_server, owner, PLAN_SERVICE)],
        work=None,
        keys=KeyRing(folder / "keys"),
        clock=SystemClock(),
        revocations=Revocations(),
    )
    async with serving(server, grace=timedelta(seconds=1)):
        yield


async def request_plan(bus: Bus, plan_id: str, revision: int = 1) -> None:
    """Publish what `referral` publishes when a plan waits for its set."""
    event = PlanRequested(plan_id=plan_id, revision=revision)
    envelope = Envelope(
        event_id=new_id(),
        type=PlanRequested.DESCRIPTOR.full_name,
        subject=f"evt.referral.plan.{plan_id}",
        aggregate_id=plan_id,
        version=revision,
        occurred_at=datetime.now(UTC),
        traceparent="",
        body=event.SerializeToString(),
    )

    async def published() -> bool:
        try:
            await bus.publish(envelope)
        except BrokerAway:
            return False
        return True

    await eventually(published)
