"""A confidential place: a canary address, planted in every way, comes out nowhere."""

from __future__ import annotations

import json

import pytest

from aftercare.directory.v1 import directory_pb2 as pb
from aftercare.directory.v1 import resources_pb2
from aftercare.type.v1 import place_pb2
from integration.directory.town import PLANNER, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "77 Nightjar Close"
POINT = place_pb2.GeoPoint(latitude=38.912345, longitude=-77.012345)
MAPPING = {
    "key": ["name"],
    "kinds": ["sober_living"],
    "columns": {
        "name": {"field": "service.name"},
        "address": {"field": "location.address_1"},
        "zip": {"field": "location.postal_code"},
        "secret": {"field": "location.visibility"},
    },
}


def gives_away(message: object) -> bool:
    text = str(message)
    return any(sign in text for sign in (CANARY, "Nightjar", "38.912", "77.012", "20001"))


async def hidden_listing(town: Town) -> resources_pb2.Listing:
    listing = await town.listing("Safe Harbor")
    location = await town.desk.GetLocation(pb.GetLocationRequest(id=listing.location_id))
    location.visibility = resources_pb2.VISIBILITY_CONFIDENTIAL
    location = await town.desk.UpdateLocation(pb.UpdateLocationRequest(location=location))
    location.address, location.name = CANARY, "Nightjar"
    location.point.CopyFrom(POINT)
    await town.desk.UpdateLocation(pb.UpdateLocationRequest(location=location))
    return await town.desk.GetListing(pb.GetListingRequest(id=listing.id))


async def test_the_address_of_a_confidential_place_comes_out_nowhere(town: Town) -> None:
    listing = await hidden_listing(town)
    table = f"name,address,zip,secret\nQuiet House,{CANARY},20001,confidential\n".encode()
    header = {"feed_format": "csv", "source": "quiet", "mapping": json.dumps(MAPPING)}
    imported = await town.take_in({"quiet.csv": table}, **header)
    assert imported.report["created"] == 1
    dry = await town.take_in({"quiet.csv": table + b"Calm House,77 Nightjar Close,20001,confidential\n"},
                             **header, dry_run=True)  # fmt: skip

    planner = town.stub(PLANNER)
    seen = [
        *imported.answers,
        *dry.answers,
        listing,
        await planner.GetListing(pb.GetListingRequest(id=listing.id)),
        await planner.ListListings(pb.ListListingsRequest()),
        await planner.GetLocation(pb.GetLocationRequest(id=listing.location_id)),
        await planner.ListLocations(pb.ListLocationsRequest()),
        await planner.ListChanges(pb.ListChangesRequest()),
        await town.agency("0192b000-0000-7000-8000-00000000000a").ListLocations(pb.ListLocationsRequest()),
    ]
    seen += [message async for message in town.as_matching.ExportListings(pb.ExportListingsRequest())]
    assert [message for message in seen if gives_away(message)] == []
    hidden = [body for _, version, body in await town.published() if version > 1 or b"Quiet" in body]
    assert hidden
    assert not [body for body in hidden if CANARY.encode() in body or b"20001" in body]
    assert CANARY not in town.service.log.read_text()
    shown = (await planner.GetListing(pb.GetListingRequest(id=listing.id))).place
    assert shown == resources_pb2.ListingPlace(
        county="District of Columbia",
        state="DC",
        time_zone="America/New_York",
        visibility=resources_pb2.VISIBILITY_CONFIDENTIAL,
    )


async def test_its_own_agency_and_an_administrator_see_it(town: Town) -> None:
    listing = await hidden_listing(town)
    for caller in (town.desk, town.agency(listing.organization_id)):
        location = await caller.GetLocation(pb.GetLocationRequest(id=listing.location_id))
        assert (location.address, location.point) == (CANARY, POINT)


async def test_a_feed_does_not_lift_a_confidence(town: Town) -> None:
    header = {"feed_format": "csv", "source": "lift", "mapping": json.dumps(MAPPING)}
    table = "name,address,zip,secret\nStill House,{},20001,{}\n"
    await town.take_in({"a.csv": table.format(CANARY, "confidential").encode()}, **header)
    await town.take_in({"a.csv": table.format(CANARY, "public").encode()}, **header)
    request = pb.ListListingsRequest(name_contains="Still House")
    [listing] = (await town.desk.ListListings(request)).listings
    assert not gives_away(listing)
