"""Matching beside a real directory: what is committed there is found here, and who may ask."""

from __future__ import annotations

import grpc
import pytest

from aftercare.directory.v1 import resources_pb2
from aftercare.matching.v1 import matching_pb2
from aftercare.matching.v1.matching_pb2_grpc import MatchingServiceStub
from aftercare.type.v1 import fact_pb2, kind_pb2
from aftercare_platform.access.caller import Agency, Member
from aftercare_platform.kernel.errors import Denied, InvalidArgument, Unauthenticated, Unavailable
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.roles import Role
from aftercare_platform.rpc.errors import error_of
from integration.matching.ward import PLANNER, Matching, eventually, profile
from support.processes import running

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFUSES = fact_pb2.Fact(attribute=kind_pb2.ATTRIBUTE_MEDICINE_ACCEPTED, term="buprenorphine", holds=False)


async def becomes(matching: Matching, *names: str, **criteria: object) -> None:
    async def is_so() -> bool:
        return await matching.names(**criteria) == sorted(names)

    await eventually(is_so, seconds=5)


async def failure_of(stub: MatchingServiceStub, **criteria: object) -> Exception:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await stub.FindMatches(matching_pb2.FindMatchesRequest(profile=profile(**criteria)))
    return error_of(error.value)


async def test_a_house_is_found_from_its_first_day_to_its_last_bed(ward):
    house = await ward.directory.house("Harbor")
    await becomes(ward.matching, "Harbor?")
    await ward.directory.report(house, available=1)
    await becomes(ward.matching, "Harbor")
    await ward.directory.report(house, available=0)
    await becomes(ward.matching)
    await ward.directory.report(house, available=2)
    await becomes(ward.matching, "Harbor")
    await ward.directory.change(house, status=resources_pb2.STATUS_INACTIVE)
    await becomes(ward.matching)


async def test_what_a_house_refuses_is_counted_as_what_it_costs(ward):
    await ward.directory.house("Strict", REFUSES)
    await becomes(ward.matching, "Strict?")
    found = await ward.matching.find(medicines=["buprenorphine"])
    assert [(b.criterion, b.count) for b in found.blockers] == [("medicine_accepted:buprenorphine", 1)]


async def test_a_replica_that_starts_later_finds_the_same(ward):
    await ward.directory.house("Late")
    await becomes(ward.matching, "Late?", "Strict?")
    async with running("matching", ward.folder, ward.broker, **ward.addresses) as second:
        replica = Matching(second)
        await replica.ready()
        request = matching_pb2.FindMatchesRequest(profile=profile())
        request.profile.as_of_time.GetCurrentTime()
        first, again = await ward.matching.desk.FindMatches(request), await replica.desk.FindMatches(request)
        assert first.kinds == again.kinds


async def test_until_filled_it_says_so_and_fills_when_the_directory_comes(ward):
    nowhere = {"AFTERCARE_DIRECTORY_ADDRESS": "127.0.0.1:1"}
    async with running("matching", ward.folder, ward.broker, **nowhere) as empty:
        matching = Matching(empty)
        error = await failure_of(matching.desk)
        assert isinstance(error, Unavailable)
        assert error.facts == {"what": "the listing index"}
        status = await matching.desk.GetIndexStatus(matching_pb2.GetIndexStatusRequest())
        assert (status.is_ready, status.listing_count) == (False, 0)


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        ({"medicines": ["aspirin"]}, "profile.criteria.medicines[0]"),
        ({"zip": "00000"}, "profile.criteria.zip"),
        ({"zip": "2000"}, "profile.criteria.zip"),
        ({"max_distance_meters": float("nan")}, "profile.criteria.max_distance_meters"),
        ({"needs": []}, "profile.criteria.needs"),
    ],
)
async def test_a_wrong_field_is_named(ward, criteria, field):
    error = await failure_of(ward.matching.desk, **criteria)
    assert isinstance(error, InvalidArgument)
    assert [violation.field for violation in error.violations] == [field]


async def test_only_those_who_plan_may_ask(ward):
    channel = ward.matching.running.channel
    officer = Member(new_id(), PLANNER.program_id, frozenset({Role.PRIVACY_OFFICER}), new_id())
    agency = Agency(new_id(), new_id(), new_id(), new_id())
    for person in (officer, agency):
        assert isinstance(await failure_of(MatchingServiceStub(channel(person=person))), Denied)
    assert isinstance(await failure_of(MatchingServiceStub(channel())), Unauthenticated)
    assert isinstance(await failure_of(MatchingServiceStub(channel(as_service="directory"))), Denied)
    for stub in (
        MatchingServiceStub(channel(person=officer)),
        MatchingServiceStub(channel(as_service="referral")),
    ):
        assert (await stub.GetIndexStatus(matching_pb2.GetIndexStatusRequest())).is_ready


async def test_nothing_of_a_person_is_logged_or_kept(ward):
    await ward.matching.find(medicines=["naltrexone"], languages=["vi"])
    files = [path for path in ward.folder.rglob("*") if path.is_file() and path.name.startswith("matching")]
    assert {path.name for path in files} == {"matching.log", "matching.key", "matching.pub"}
    assert b"naltrexone" not in (ward.folder / "matching.log").read_bytes()
