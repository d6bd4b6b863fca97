"""Organizations, services, locations, listings: made, changed, refused, and told of."""

from __future__ import annotations

import asyncio

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from aftercare.directory.v1 import directory_pb2 as pb
from aftercare.directory.v1 import events_pb2, resources_pb2
from aftercare.type.v1 import capacity_pb2, fact_pb2, kind_pb2, place_pb2, session_pb2
from aftercare_platform.kernel.errors import (
    AlreadyExists,
    Denied,
    InvalidArgument,
    NotFound,
    Stale,
)
from aftercare_platform.kernel.ids import new_id
from integration.directory.town import PLANNER, Town, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACCEPTS = fact_pb2.Fact(attribute=kind_pb2.ATTRIBUTE_MEDICINE_ACCEPTED, term="buprenorphine", holds=True)
REFUSES = fact_pb2.Fact(attribute=kind_pb2.ATTRIBUTE_MEDICINE_ACCEPTED, term="buprenorphine", holds=False)
RENT = fact_pb2.Fact(attribute=kind_pb2.ATTRIBUTE_COST_PER_MONTH, quantity=65_000)


def update(listing: resources_pb2.Listing, *paths: str, **fields: object) -> pb.UpdateListingRequest:
    changed = resources_pb2.Listing(
        id=listing.id, service_id=listing.service_id, location_id=listing.location_id, etag=listing.etag
    )
    changed.MergeFrom(resources_pb2.Listing(**fields))
    return pb.UpdateListingRequest(listing=changed, update_mask=FieldMask(paths=paths or list(fields)))


async def test_a_listing_is_shown_with_all_that_belongs_to_it(town: Town) -> None:
    monday = session_pb2.WeeklyTime(weekday=session_pb2.WEEKDAY_MONDAY, opens="18:00", closes="24:00")
    made = await town.listing(
        "Bayside",
        kinds=[kind_pb2.KIND_SOBER_LIVING],
        facts=[ACCEPTS, RENT],
        sessions=[monday],
        hours="Call first",
    )
    found = await town.stub(PLANNER).GetListing(pb.GetListingRequest(id=made.id))
    assert found == made
    assert (found.name, found.organization_name, found.etag) == ("Bayside", "Bayside Inc", "1")
    assert [(fact.attribute, fact.term, fact.WhichOneof("value")) for fact in found.facts] == [
        (kind_pb2.ATTRIBUTE_COST_PER_MONTH, "", "quantity"),
        (kind_pb2.ATTRIBUTE_MEDICINE_ACCEPTED, "buprenorphine", "holds"),
    ]
    assert list(found.sessions) == [monday]
    assert (found.place.county, found.place.state) == ("District of Columbia", "DC")
    assert found.place.precision == place_pb2.PRECISION_ZIP
    assert found.place.time_zone == "America/New_York"
    [told] = await town.listing_events(made.id)
    assert told == found


async def test_each_change_is_a_version_a_line_in_the_log_and_an_event(town: Town) -> None:
    listing = await town.listing("Versions")
    second = await town.desk.UpdateListing(update(listing, "hours", hours="9 to 5"))
    third = await town.desk.UpdateListing(update(second, "facts", facts=[ACCEPTS]))
    assert [event.version for event in await town.listing_events(listing.id)] == [1, 2, 3]
    log = await town.desk.ListChanges(pb.ListChangesRequest(page_size=500))
    lines = [(c.version, list(c.fields)) for c in log.changes if c.listing_id == listing.id]
    assert lines == [(1, ["location_id", "service_id", "status"]), (2, ["hours"]), (3, ["facts"])]
    assert {c.actor.split(":")[0] for c in log.changes if c.listing_id == listing.id} == {"member"}
    rest = await town.desk.ListChanges(pb.ListChangesRequest(cursor=log.next_cursor))
    assert (list(rest.changes), rest.next_cursor) == ([], log.next_cursor)
    same = await town.desk.UpdateListing(update(third, "hours", hours="9 to 5"))
    assert same.version == 3


async def test_a_stale_etag_is_refused_and_told_the_current_one(town: Town) -> None:
    listing = await town.listing("Stale")
    await town.desk.UpdateListing(update(listing, "hours", hours="new"))
    error = await refused(town.desk.UpdateListing(update(listing, "hours", hours="late")))
    assert isinstance(error, Stale)
    assert error.facts == {"what": "listing", "current": "2"}
    location = await town.desk.GetLocation(pb.GetLocationRequest(id=listing.location_id))
    location.etag = ""
    error = await refused(town.desk.UpdateLocation(pb.UpdateLocationRequest(location=location)))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == "location.etag"


async def test_of_many_writers_on_one_version_one_wins(town: Town) -> None:
    listing = await town.listing("Race")
    calls = [town.desk.UpdateListing(update(listing, "hours", hours=f"{n}")) for n in range(20)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(each, resources_pb2.Listing) for each in outcomes) == 1
    assert (await town.desk.GetListing(pb.GetListingRequest(id=listing.id))).version == 2


async def test_an_agency_writes_its_own_and_finds_nothing_else(town: Town) -> None:
    mine, theirs = await town.listing("Mine"), await town.listing("Theirs")
    agency = town.agency(mine.organization_id)
    assert (await agency.UpdateListing(update(mine, "hours", hours="ours"))).hours == "ours"
    foreign = [
        agency.UpdateListing(update(theirs, "hours", hours="ours")),
        agency.ReportCapacity(pb.ReportCapacityRequest(listing_id=theirs.id, available=1)),
        agency.CreateService(
            pb.CreateServiceRequest(
                service=resources_pb2.Service(organization_id=theirs.organization_id, name="x")
            )
        ),
        agency.CreateListing(
            pb.CreateListingRequest(
                listing=resources_pb2.Listing(service_id=mine.service_id, location_id=theirs.location_id)
            )
        ),
        agency.UpdateOrganization(
            pb.UpdateOrganizationRequest(
                organization=resources_pb2.Organization(id=theirs.organization_id, name="x", etag="1")
            )
        ),
    ]
    errors = [await refused(call) for call in foreign]
    absent = await refused(agency.GetListing(pb.GetListingRequest(id=new_id())))
    assert {(type(each).__name__, str(each), str(each.facts)) for each in errors} == {
        ("NotFound", str(absent), str(absent.facts))
    }
    assert isinstance(absent, NotFound)


async def test_who_may_not_write_is_denied(town: Town) -> None:
    organization = resources_pb2.Organization(name="x")
    request = pb.CreateOrganizationRequest(organization=organization)
    assert isinstance(await refused(town.stub(PLANNER).CreateOrganization(request)), Denied)
    assert isinstance(await refused(town.agency(new_id()).CreateOrganization(request)), Denied)
    export = town.desk.ExportListings(pb.ExportListingsRequest())
    assert isinstance(await refused(anext(aiter(export))), Denied)


BAD_LOCATIONS = {
    "location.zip": {"zip": "00000"},
    "location.point": {"zip": "20001", "point": place_pb2.GeoPoint(latitude=0, longitude=0)},
    "location.point.latitude": {"point": place_pb2.GeoPoint(latitude=float("nan"), longitude=0)},
    "location.time_zone": {"time_zone": "Mars/Olympus"},
    "location.visibility": {"visibility": 99},
    "location.name": {"name": "a\0b"},
}


@pytest.mark.parametrize("field", BAD_LOCATIONS)
async def test_a_location_that_cannot_be_is_refused_by_field(town: Town, field: str) -> None:
    owner = await town.desk.CreateOrganization(
        pb.CreateOrganizationRequest(organization=resources_pb2.Organization(name="Places"))
    )
    location = resources_pb2.Location(organization_id=owner.id, **BAD_LOCATIONS[field])
    error = await refused(town.desk.CreateLocation(pb.CreateLocationRequest(location=location)))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == field


async def test_facts_that_cannot_be_are_refused_by_number(town: Town) -> None:
    listing = await town.listing("Facts")
    unknown = fact_pb2.Fact(attribute=kind_pb2.ATTRIBUTE_PAYER, term="gold", holds=True)
    error = await refused(town.desk.UpdateListing(update(listing, "facts", facts=[ACCEPTS, unknown])))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == "listing.facts[1]"
    error = await refused(town.desk.UpdateListing(update(listing, "facts", facts=[ACCEPTS, REFUSES])))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == "listing.facts[1]"
    error = await refused(town.desk.UpdateListing(update(listing, "capacity", hours="x")))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == "update_mask"


async def test_two_are_listed_together_once(town: Town) -> None:
    listing = await town.listing("Once")
    again = resources_pb2.Listing(service_id=listing.service_id, location_id=listing.location_id)
    error = await refused(town.desk.CreateListing(pb.CreateListingRequest(listing=again)))
    assert isinstance(error, AlreadyExists)


async def test_a_new_name_reaches_every_listing_that_shows_it(town: Town) -> None:
    listing = await town.listing("Old Name")
    service = await town.desk.GetService(pb.GetServiceRequest(id=listing.service_id))
    service.name = "New Name"
    await town.desk.UpdateService(pb.UpdateServiceRequest(service=service))
    owner = await town.desk.GetOrganization(pb.GetOrganizationRequest(id=listing.organization_id))
    owner.phone = "202-555-0123"
    await town.desk.UpdateOrganization(
        pb.UpdateOrganizationRequest(organization=owner, update_mask=FieldMask(paths=["phone"]))
    )
    events = await town.listing_events(listing.id)
    assert [(event.name, event.phone) for event in events] == [
        ("Old Name", ""),
        ("New Name", ""),
        ("New Name", "202-555-0123"),
    ]


async def test_who_closes_takes_the_listings_along(town: Town) -> None:
    listing = await town.listing("Closing")
    owner = await town.desk.GetOrganization(pb.GetOrganizationRequest(id=listing.organization_id))
    owner.status = resources_pb2.STATUS_INACTIVE
    await town.desk.UpdateOrganization(pb.UpdateOrganizationRequest(organization=owner))
    tombstone = (await town.listing_events(listing.id))[-1]
    assert (tombstone.status, tombstone.version) == (resources_pb2.STATUS_INACTIVE, 2)
    revived = update(tombstone, "status", status=resources_pb2.STATUS_ACTIVE)
    error = await refused(town.desk.UpdateListing(revived))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == "listing.status"


async def test_a_guessed_position_stays_a_guess_when_it_is_given_back(town: Town) -> None:
    listing = await town.listing("Guess")
    location = await town.desk.GetLocation(pb.GetLocationRequest(id=listing.location_id))
    location.name = "Back entrance"
    after = await town.desk.UpdateLocation(pb.UpdateLocationRequest(location=location))
    assert (after.name, after.precision) == ("Back entrance", place_pb2.PRECISION_ZIP)
    after.zip = "27601"
    moved = await town.desk.UpdateLocation(pb.UpdateLocationRequest(location=after))
    assert (moved.county, moved.precision) == ("Wake", place_pb2.PRECISION_ZIP)
    assert (await town.listing_events(listing.id))[-1].place.county == "Wake"


async def test_capacity_has_versions_of_its_own_and_old_news_is_ignored(town: Town) -> None:
    listing = await town.listing("Beds", kinds=[kind_pb2.KIND_SOBER_LIVING])
    agency = town.agency(listing.organization_id)
    first = await agency.ReportCapacity(
        pb.ReportCapacityRequest(listing_id=listing.id, available=0, maximum=8)
    )
    assert (first.version, first.available, first.HasField("waitlist")) == (1, 0, False)
    assert first.source == f"agency:{listing.organization_id}"
    assert first.expire_time.seconds - first.as_of_time.seconds == 72 * 3600
    old = pb.ReportCapacityRequest(listing_id=listing.id, available=5)
    old.as_of_time.FromSeconds(first.as_of_time.seconds - 60)
    assert await agency.ReportCapacity(old) == first
    second = await agency.ReportCapacity(pb.ReportCapacityRequest(listing_id=listing.id, available=2))
    events = [
        events_pb2.CapacityChanged.FromString(body).capacity
        for subject, _, body in await town.published()
        if subject == f"evt.directory.capacity.{listing.id}"
    ]
    assert events == [first, second]
    shown = await town.desk.GetListing(pb.GetListingRequest(id=listing.id))
    assert (shown.capacity, shown.version) == (second, 1)


BAD_REPORTS = {
    "available": {"available": 3, "maximum": 2},
    "as_of_time": {"available": 1, "as_of_time": {"seconds": 4_000_000_000}},
    "expire_time": {"available": 1, "as_of_time": {"seconds": 10}, "expire_time": {"seconds": 10}},
}


@pytest.mark.parametrize("field", BAD_REPORTS)
async def test_a_report_that_cannot_be_is_refused_by_field(town: Town, field: str) -> None:
    listing = await town.listing("Bad report")
    report = pb.ReportCapacityRequest(listing_id=listing.id, **BAD_REPORTS[field])
    error = await refused(town.desk.ReportCapacity(report))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == field


async def test_an_expired_number_is_unknown(town: Town) -> None:
    listing = await town.listing("Expired")
    report = pb.ReportCapacityRequest(listing_id=listing.id, available=4)
    report.as_of_time.FromSeconds(1_700_000_000)
    await town.desk.ReportCapacity(report)
    shown: capacity_pb2.Capacity = (await town.desk.GetListing(pb.GetListingRequest(id=listing.id))).capacity
    assert (shown.HasField("available"), shown.as_of_time.seconds) == (False, 1_700_000_000)


async def test_listings_are_listed_by_page_and_filter(town: Town) -> None:
    names = ["Filter East", "Filter West", "filter north"]
    made = [await town.listing(name, kinds=[kind_pb2.KIND_VOCATIONAL]) for name in names]
    request = pb.ListListingsRequest(name_contains="FILTER", page_size=2)
    page = await town.stub(PLANNER).ListListings(request)
    assert [each.name for each in page.listings] == names[:2]
    request.page_token = page.next_page_token
    rest = await town.stub(PLANNER).ListListings(request)
    assert ([each.name for each in rest.listings], rest.next_page_token) == (names[2:], "")
    of_kind = await town.desk.ListListings(pb.ListListingsRequest(kind=kind_pb2.KIND_VOCATIONAL))
    assert {each.id for each in of_kind.listings} >= {each.id for each in made}
    of_owner = pb.ListListingsRequest(organization_id=made[0].organization_id)
    assert [each.id for each in (await town.desk.ListListings(of_owner)).listings] == [made[0].id]
    of_status = pb.ListListingsRequest(name_contains="filter", status=resources_pb2.STATUS_INACTIVE)
    assert not (await town.desk.ListListings(of_status)).listings
    error = await refused(town.desk.ListListings(pb.ListListingsRequest(page_token="zzz")))
    assert isinstance(error, InvalidArgument)
