"""Imports: every row has one verdict, a second import changes nothing, a dry run writes nothing."""

from __future__ import annotations

import json

import pytest

from aftercare.directory.v1 import directory_pb2 as pb
from aftercare.directory.v1 import import_pb2, resources_pb2
from aftercare.directory.v1.import_pb2_grpc import ImportServiceStub
from aftercare.type.v1 import fact_pb2, kind_pb2
from aftercare_platform.kernel.errors import Denied, InvalidArgument
from integration.directory.town import PLANNER, Town, feed, meeting, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTENT = (
    "SELECT * FROM organization",
    "SELECT * FROM service",
    "SELECT * FROM location",
    "SELECT * FROM listing",
    "SELECT * FROM listing_version",
    "SELECT * FROM capacity",
    "SELECT * FROM source_record",
    "SELECT * FROM quarantine",
    "SELECT event_id FROM outbox",
)
"""What an import may change; the audit notes each import."""


def written(town: Town) -> list[list[tuple[object, ...]]]:
    return [town.rows(statement) for statement in CONTENT]


async def listings_of(town: Town, name: str) -> list[resources_pb2.Listing]:
    return list((await town.desk.ListListings(pb.ListListingsRequest(name_contains=name))).listings)


async def test_every_row_has_one_verdict(town: Town) -> None:
    rows = [
        meeting("fine"),
        meeting("nameless", name=""),
        meeting("fine"),
        meeting("nowhere", latitude=0, longitude=0),
        meeting("swapped", latitude=-77.0182, longitude=38.9101),
        meeting("other", time="12:00"),
        meeting("again", name="Group other", time="12:00"),
    ]
    imported = await town.take_in(feed(rows), source="verdicts")
    assert imported.report == {"rows_in": 7, "created": 2, "merged": 2, "quarantined": 2, "rejected": 1}
    assert [(verdict, line) for verdict, line, *_ in imported.rows] == [
        ("rejected", 3),
        ("merged", 4),
        ("quarantined", 5),
        ("quarantined", 6),
        ("merged", 8),
    ]
    aside = town.rows("SELECT line, field FROM quarantine WHERE source = 'verdicts' ORDER BY seq")
    assert aside == [(5, "position"), (6, "position")]


async def test_the_same_feed_a_second_time_changes_nothing(town: Town) -> None:
    # Two rows disagree about their organization's phone, and one is out of place.
    rows = [meeting(f"twice-{n}", entity_phone=f"202-555-01{n:02}") for n in range(8)]
    rows += [meeting("twice-bad", latitude=0, longitude=0)]
    assert (await town.take_in(feed(rows), source="twice")).report["created"] == 8
    before = written(town)
    again = await town.take_in(feed(rows), source="twice")
    assert again.report == {"rows_in": 9, "unchanged": 8, "quarantined": 1}
    assert written(town) == before


async def test_a_row_in_another_order_is_the_same_row(town: Town) -> None:
    rows = [meeting(f"order-{n}", location=f"Hall {n}", time=f"{n + 8}:00") for n in range(5)]
    await town.take_in(feed(rows), source="order")
    before = written(town)
    assert (await town.take_in(feed(rows[::-1]), source="order")).report["unchanged"] == 5
    assert written(town) == before


async def test_a_dry_run_tells_the_same_and_writes_nothing(town: Town) -> None:
    rows = [meeting(f"dry-{n}", location=f"Hall {n}") for n in range(7)]
    before = written(town)
    dry = await town.take_in(feed(rows), source="dry", dry_run=True)
    assert written(town) == before
    wet = await town.take_in(feed(rows), source="dry")
    assert dry.report == {**wet.report, "dry_run": 1}
    changed = [
        meeting(
            f"dry-{n}", location=f"Hall {n}", time="20:00" if n == 5 else "19:00", entity_phone="202-555-0199"
        )
        for n in range(8)
    ]
    before = written(town)
    dry = await town.take_in(feed(changed), source="dry", dry_run=True)
    assert written(town) == before
    updates = [answer.row for answer in dry.answers if answer.row.verdict == import_pb2.VERDICT_UPDATED]
    assert [(row.line, list(row.changed_fields)) for row in updates] == [
        (line, ["phone", "sessions"] if line == 7 else ["phone"]) for line in range(2, 9)
    ]
    wet = await town.take_in(feed(changed), source="dry")
    assert wet.report == {"rows_in": 8, "created": 1, "updated": 7}
    assert dry.report == {**wet.report, "dry_run": 1}
    assert dry.rows == wet.rows


async def test_a_change_in_the_feed_is_a_version_with_its_fields(town: Town) -> None:
    await town.take_in(feed([meeting("moves", name="Movers")]), source="moves")
    [listing] = await listings_of(town, "Movers")
    moved = meeting("moves", name="Movers", address="2 Side St", location="Library", types=["C", "X"])
    await town.take_in(feed([moved]), source="moves")
    events = await town.listing_events(listing.id)
    assert [(each.version, each.place.address) for each in events] == [(1, "1 Main St"), (2, "2 Side St")]
    accessible = {
        (fact.attribute, fact.term, fact.holds, fact.provenance.source) for fact in events[-1].facts
    }
    assert (kind_pb2.ATTRIBUTE_ACCESSIBILITY, "wheelchair", True, "moves") in accessible
    log = await town.desk.ListChanges(pb.ListChangesRequest(page_size=500))
    assert [(c.actor, list(c.fields)) for c in log.changes if c.listing_id == listing.id][-1] == (
        "import:moves",
        ["facts", "location_id"],
    )


async def test_what_an_agency_said_outlasts_the_feed(town: Town) -> None:
    await town.take_in(feed([meeting("kept", name="Kept", types=["X"])]), source="kept")
    [listing] = await listings_of(town, "Kept")
    agency = town.agency(listing.organization_id)
    no_ramp = fact_pb2.Fact(attribute=kind_pb2.ATTRIBUTE_ACCESSIBILITY, term="wheelchair", holds=False)
    own = resources_pb2.Listing(
        id=listing.id,
        service_id=listing.service_id,
        location_id=listing.location_id,
        etag=listing.etag,
        hours="Ring twice",
        facts=[no_ramp],
        status=resources_pb2.STATUS_ACTIVE,
    )
    request = pb.UpdateListingRequest(listing=own)
    request.update_mask.paths.extend(["hours", "facts"])
    await agency.UpdateListing(request)
    fresher = meeting("kept", name="Kept", types=["X", "S"], time=None, updated="2026-11-20 00:00:00")
    await town.take_in(feed([fresher]), source="kept")
    [after] = await listings_of(town, "Kept")
    facts = {(fact.attribute, fact.term): (fact.holds, fact.provenance.source) for fact in after.facts}
    assert after.hours == "Ring twice"
    assert facts[kind_pb2.ATTRIBUTE_ACCESSIBILITY, "wheelchair"] == (
        False,
        f"agency:{listing.organization_id}",
    )
    assert facts[kind_pb2.ATTRIBUTE_LANGUAGE, "es"] == (True, "kept")


BROKEN = {
    "a web page": b"<html><body>moved</body></html>",
    "cut short": feed([meeting("a"), meeting("b")])["meetings.json"][:-30],
    "not UTF-8": b'[{"name": "\xff"}]',
    "another format": b'{"meetings": 3}',
    "nothing": b"",
}


@pytest.mark.parametrize("what", BROKEN)
async def test_a_broken_file_is_refused_before_anything_is_written(town: Town, what: str) -> None:
    before = written(town)
    files = feed([meeting(f"good-{n}") for n in range(9)]) | {"bad.json": BROKEN[what]}
    error = await refused(town.take_in(files, source="broken"))
    assert isinstance(error, InvalidArgument)
    assert (error.reason, error.facts["file"]) == ("BROKEN_FILE", "bad.json")
    assert written(town) == before


async def test_a_table_by_a_mapping_brings_capacity(town: Town) -> None:
    mapping = {
        "key": ["house"],
        "kinds": ["sober_living"],
        "columns": {
            "house": {"field": "service.name", "required": True},
            "zip": {"field": "location.postal_code"},
            "free": {"field": "capacity.available"},
            "beds": {"field": "capacity.maximum"},
            "seen": {"field": "capacity.as_of"},
        },
    }
    # The second house says nothing of free beds.
    table = b"house,zip,free,beds,seen\nCedar House,20001,0,8,2026-11-22\nElm House,20001,,6,2026-11-22\n"
    header = {"feed_format": "csv", "source": "homes", "mapping": json.dumps(mapping)}
    assert (await town.take_in({"homes.csv": table}, **header)).report["created"] == 2
    [cedar] = await listings_of(town, "Cedar House")
    [elm] = await listings_of(town, "Elm House")
    assert (cedar.capacity.maximum, cedar.capacity.source) == (8, "homes")
    assert (elm.capacity.HasField("available"), elm.capacity.maximum) == (False, 6)
    agency = town.agency(cedar.organization_id)
    await agency.ReportCapacity(pb.ReportCapacityRequest(listing_id=cedar.id, available=3))
    older = table.replace(b"Cedar House,20001,0,8", b"Cedar House,20001,1,8")
    assert (await town.take_in({"homes.csv": older}, **header)).report == {"rows_in": 2, "unchanged": 2}
    [cedar] = await listings_of(town, "Cedar House")
    assert (cedar.capacity.available, cedar.capacity.version) == (3, 2)


BAD_ORDERS = {
    "format": ({"a.json": b"[]"}, {"feed_format": "fax"}),
    "mapping": ({"a.csv": b"a\n1"}, {"feed_format": "csv", "mapping": "nobody's"}),
    "header.mapping": ({"a.json": b"[]"}, {"mapping": "{}"}),
    "header.source": ({"a.json": b"[]"}, {"source": "Not A Name"}),
    "piece": ({}, {}),
}


@pytest.mark.parametrize("field", BAD_ORDERS)
async def test_an_order_that_cannot_be_is_refused_by_field(town: Town, field: str) -> None:
    files, header = BAD_ORDERS[field]
    error = await refused(town.take_in(files, **{"source": "orders", **header}))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == field


async def test_only_administrators_import(town: Town) -> None:
    stub = ImportServiceStub(town.service.channel(person=PLANNER))
    assert isinstance(await refused(stub.ListFormats(import_pb2.ListFormatsRequest())), Denied)
    formats = await town.imports.ListFormats(import_pb2.ListFormatsRequest())
    assert {each.name for each in formats.formats} >= {"meeting_guide", "bmlt", "csv"}


async def test_the_header_comes_first(town: Town) -> None:
    piece = import_pb2.ImportListingsRequest(piece=import_pb2.FilePiece(name="a", content=b"[]"))
    error = await refused(anext(aiter(town.imports.ImportListings(iter([piece])))))
    assert isinstance(error, InvalidArgument)
    assert error.violations[0].field == "header"
