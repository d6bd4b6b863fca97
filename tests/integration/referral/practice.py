"""The whole referral service of two programs, in this process, on a clock that moves when told to."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from aftercare.directory.v1 import resources_pb2
from aftercare.referral.v1 import consent_pb2, plan_pb2, referral_pb2, work_pb2
from aftercare.referral.v1.client_pb2 import OpenEpisodeRequest
from aftercare.referral.v1.consent_pb2_grpc import ConsentServiceStub
from aftercare.referral.v1.plan_pb2_grpc import PlanServiceStub
from aftercare.referral.v1.referral_pb2_grpc import ReferralServiceStub
from aftercare.referral.v1.work_pb2_grpc import WorkServiceStub
from aftercare.type.v1 import capacity_pb2, criteria_pb2, kind_pb2, match_set_pb2, place_pb2
from aftercare_platform.access.caller import Agency, Caller, Member, Role
from aftercare_platform.access.keys import KeyRing, load_identity
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.tokens import mint_person_token
from aftercare_platform.kernel.clock import FixedClock
from aftercare_platform.kernel.errors import AftercareError
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.rpc.errors import error_of
from aftercare_platform.rpc.server import open_server, serving
from aftercare_platform.settings import PlatformSettings, Profile
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.leases import LeaseHolder
from aftercare_platform.sql.tables import OutboxRow
from aftercare_platform.sql.work import SqlWork
from aftercare_referral.access import RULES
from aftercare_referral.client.sealing import open_vault
from aftercare_referral.clock.loop import ClockLoop
from aftercare_referral.listing_copy.reading import take_capacity, take_listing
from aftercare_referral.main import acts, registrations
from aftercare_referral.referral.model import Terms
from integration.referral.desk import NOON, OFFICER, PLANNER, STRANGER, Desk, rosa

TERMS = Terms(
    undo=timedelta(seconds=30), answer=timedelta(days=2), arrival=timedelta(days=7), planner=timedelta(days=1)
)
MANAGER = Member("m-manager", "north", frozenset({Role.CASE_MANAGER}), "s-6")
HOUSING, THERAPY = kind_pb2.KIND_SOBER_LIVING, kind_pb2.KIND_OUTPATIENT
MEETINGS, WORK = kind_pb2.KIND_SUPPORT_GROUP, kind_pb2.KIND_VOCATIONAL


@dataclass(frozen=True)
class Place:
    """A listing, and the agency behind it."""

    listing_id: str
    organization_id: str
    name: str

    @property
    def agency(self) -> Agency:
        return self.agency_of("north")

    def agency_of(self, program: str) -> Agency:
        """Its account with a program."""
        name = f"{self.name.lower()}-{program}"
        return Agency(f"account-{name}", self.organization_id, f"s-{name}", program)


@dataclass
class Case:
    """A client's episode and plan in one program."""

    client_id: str
    episode_id: str
    plan: plan_pb2.Plan

    def need(self, kind: kind_pb2.Kind.ValueType) -> referral_pb2.Referral:
        return next(referral for referral in self.plan.referrals if referral.kind == kind)


@dataclass
class Practice(Desk):
    """A desk that serves everything, with its clock loop at hand."""

    clocks: ClockLoop | None = None

    def channel(self, person: Member | Agency | None, *, as_service: str = "") -> Any:
        keys = self.folder / "keys"
        signer = load_identity(keys, "identity", clock=self.clock)
        token = mint_person_token(signer, person) if person else None
        service = load_identity(keys, as_service, clock=self.clock) if as_service else None
        address = f"127.0.0.1:{self.server.port}"
        self.channels.append(open_channel(address, to="referral", identity=service, person_token=token))
        return self.channels[-1]

    def plans(self, person: Any = PLANNER, *, as_service: str = "") -> PlanServiceStub:
        return PlanServiceStub(self.channel(person, as_service=as_service))

    @property
    def matching(self) -> PlanServiceStub:
        """The calls as matching makes them."""
        return self.plans(None, as_service="matching")

    def referrals(self, person: Any = PLANNER) -> ReferralServiceStub:
        return ReferralServiceStub(self.channel(person))

    def consents(self, person: Any = PLANNER) -> ConsentServiceStub:
        return ConsentServiceStub(self.channel(person))

    async def work_list(self, person: Any = PLANNER, **asked: Any) -> work_pb2.ListWorkResponse:
        return await WorkServiceStub(self.channel(person)).ListWork(work_pb2.ListWorkRequest(**asked))

    async def pass_time(self, **by: float) -> None:
        """Let time go by, then what is due fall due."""
        self.clock.advance(timedelta(**by))
        await self.fire()

    async def fire(self) -> None:
        assert self.clocks is not None
        while await self.clocks.fire_due():
            pass

    async def place(self, name: str = "Harbor", *kinds: int, version: int = 1, **changed: Any) -> Place:
        """A listing as the directory's event tells of it."""
        listing = resources_pb2.Listing(
            **{
                "id": new_id(), "version": version, "name": name, "organization_id": new_id(),
                "organization_name": name, "kinds": kinds or [HOUSING],
                "status": resources_pb2.STATUS_ACTIVE,
            } | changed
        )  # fmt: skip
        async with self.work.write(Caller(service="referral")) as unit:
            await take_listing(unit, listing)
        return Place(listing.id, listing.organization_id, name)

    async def report(self, place: Place, available: int | None, version: int, *, hours: int = 48) -> None:
        """A report of free places as the directory's event tells of it."""
        capacity = capacity_pb2.Capacity(listing_id=place.listing_id, available=available, version=version)
        capacity.expire_time.FromDatetime(self.clock.now() + timedelta(hours=hours))
        async with self.work.write(Caller(service="referral")) as unit:
            await take_capacity(unit, capacity)

    async def admit(self, person: Member = PLANNER, **client: Any) -> tuple[str, str]:
        """A new client with an open episode."""
        made = await self.clients(person).CreateClient(rosa(**client))
        opening = OpenEpisodeRequest(client_id=made.id, admitted_date=date(2026, 10, 1).isoformat())
        return made.id, (await self.clients(person).OpenEpisode(opening)).id

    async def case(
        self, *kinds: int, person: Member = PLANNER, called: str = "Rosalind", **asked: Any
    ) -> Case:
        """A client with an episode and a plan for these needs."""
        client_id, episode_id = await self.admit(person, given_name=called)
        request = plan_pb2.CreatePlanRequest(episode_id=episode_id, criteria=criteria(*kinds, **asked))
        return Case(client_id, episode_id, await self.plans(person).CreatePlan(request))

    async def sign(self, case: Case, *places: Place, person: Member = PLANNER, **changed: Any) -> str:
        """A whole consent of the client for these places."""
        request = consent_form(case.episode_id, *places, at=self.clock.now() - timedelta(minutes=1))
        request.MergeFrom(consent_pb2.RecordConsentRequest(**changed))
        return (await self.consents(person).RecordConsent(request)).id

    async def send(
        self, case: Case, place: Place, kind: int = HOUSING, *, person: Member = PLANNER, **changed: Any
    ) -> referral_pb2.Offer:
        """Ask a place; it has not gone out yet."""
        request = referral_pb2.SendOfferRequest(
            referral_id=case.need(kind).id, listing_id=place.listing_id, **changed
        )
        return await self.referrals(person).SendOffer(request)

    async def sent(
        self, case: Case, place: Place, kind: int = HOUSING, *, person: Member = PLANNER
    ) -> referral_pb2.Offer:
        """An offer that has gone out, under a whole consent, as its program sees it."""
        await self.sign(case, place, person=person)
        offer = await self.send(case, place, kind, person=person)
        await self.pass_time(seconds=30)
        return await self.offer(case, offer.id, kind, person=person)

    async def referral(self, case: Case, kind: int = HOUSING, *, person: Any = PLANNER) -> Any:
        request = referral_pb2.GetReferralRequest(id=case.need(kind).id)
        return await self.referrals(person).GetReferral(request)

    async def offer(
        self, case: Case, offer_id: str, kind: int = HOUSING, *, person: Any = PLANNER
    ) -> referral_pb2.Offer:
        offers = (await self.referral(case, kind, person=person)).offers
        return next(offer for offer in offers if offer.id == offer_id)

    async def accept(self, offer: referral_pb2.Offer, person: Any) -> referral_pb2.Offer:
        request = referral_pb2.AcceptOfferRequest(id=offer.id, etag=offer.etag)
        return await self.referrals(person).AcceptOffer(request)

    async def decline(self, offer: referral_pb2.Offer, person: Any, reason: int) -> referral_pb2.Offer:
        request = referral_pb2.DeclineOfferRequest(id=offer.id, etag=offer.etag, reason=reason)
        return await self.referrals(person).DeclineOffer(request)

    async def disclosures(self, case: Case) -> list[referral_pb2.Disclosure]:
        request = referral_pb2.ListDisclosuresRequest(client_id=case.client_id)
        return list((await self.referrals(OFFICER).ListDisclosures(request)).disclosures)

    async def events(self, aggregate_id: str) -> list[tuple[str, int]]:
        """What was recorded of an aggregate: event and version, in order."""
        rows = [row for row in await self.rows(OutboxRow) if row.subject.endswith(aggregate_id)]
        return [(row.type.rpartition(".")[2], row.version) for row in sorted(rows, key=lambda row: row.seq)]


@contextlib.asynccontextmanager
async def opened_practice(folder: Path, database: Database) -> AsyncIterator[Practice]:
    """The service as `main` joins it, on the test's database."""
    clock = FixedClock(NOON)
    vault = open_vault(folder / "keys" / "clients.seal")
    work = SqlWork(database, clock, service="referral", sealer=vault)
    server = open_server(
        PlatformSettings(profile=Profile.TEST, data_dir=folder),
        name="referral",
        rules=RULES,
        servicers=registrations(TERMS),
        work=work,
        keys=KeyRing(folder / "keys"),
        clock=clock,
        revocations=Revocations(),
    )
    loop = ClockLoop(work, LeaseHolder(database, "clocks"), acts(TERMS))
    async with serving(server, grace=timedelta(seconds=1)):
        practice = Practice(server, work, clock, folder, clocks=loop)
        yield practice
        for channel in practice.channels:
            await channel.close()


def criteria(*kinds: int, **asked: Any) -> criteria_pb2.Criteria:
    """What a planner asks for: these needs, in Washington."""
    needs = [criteria_pb2.Need(kind=kind) for kind in kinds or [HOUSING]]
    return criteria_pb2.Criteria(**({"zip": "20001"} | {"needs": needs} | asked))


def consent_form(episode_id: str, *places: Place, at: Any) -> consent_pb2.RecordConsentRequest:
    """A consent with every element, for these places."""
    return consent_pb2.RecordConsentRequest(
        episode_id=episode_id,
        discloser="North River IOP",
        categories=list(consent_pb2.Category.values())[1:],
        recipient_organization_ids=[place.organization_id for place in places],
        purposes=[consent_pb2.PURPOSE_REFERRAL],
        states_right_to_revoke=True,
        expiration_date="2027-05-31",
        signer_name="Rosalind Quillfeather",
        sign_time=Timestamp(seconds=int(at.timestamp())),
    )


def match_set(place: Place | None = None, kind: int = HOUSING) -> match_set_pb2.MatchSet:
    """A set as matching makes it, with one option or none."""
    option = place and match_set_pb2.Option(
        listing_id=place.listing_id, listing_version=1, name=place.name, rank=1, score=71.5,
        organization_id=place.organization_id, eligibility=match_set_pb2.ELIGIBILITY_ELIGIBLE,
    )  # fmt: skip
    found = match_set_pb2.KindMatches(kind=kind, options=[option] if option else [])
    return match_set_pb2.MatchSet(kinds=[found], weights_version="2026-11")


def point(latitude: float, longitude: float) -> place_pb2.GeoPoint:
    return place_pb2.GeoPoint(latitude=latitude, longitude=longitude)


async def refused(call: Awaitable[object]) -> AftercareError:
    """The error that a call is refused with."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return error_of(caught.value)


SOUTH = replace(STRANGER, id="m-south-planner")
