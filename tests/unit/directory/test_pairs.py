"""What goes out comes back the same: through the contract, and through the database's rows."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aftercare.directory.v1 import resources_pb2
from aftercare_directory.conversions.capacity import capacity_from_proto, capacity_to_proto
from aftercare_directory.conversions.entries import (
    location_from_proto,
    location_to_proto,
    organization_from_proto,
    organization_to_proto,
    service_from_proto,
    service_to_proto,
)
from aftercare_directory.conversions.listings import (
    event_listing_to_proto,
    listing_values,
    place_from_proto,
    place_to_proto,
    sessions_from_proto,
    sessions_to_proto,
    statements_from_proto,
)
from aftercare_directory.domain.capacity import Capacity
from aftercare_directory.domain.entries import (
    Entry,
    Listing,
    Location,
    Organization,
    Point,
    Service,
    SourceKey,
)
from aftercare_directory.domain.published import place_of, published
from aftercare_directory.domain.record import FactValue, Precision, Status, Visibility
from aftercare_directory.domain.statements import Provenance, Statement, standing
from aftercare_directory.domain.weekly import WeeklyTime
from aftercare_directory.storage.rows import entry_of, row_of
from aftercare_platform.kernel.vocabulary import FLAGS, QUANTITY_UNITS, TERMS, Attribute, Kind

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
ids = st.uuids().map(str)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
keys = st.builds(SourceKey, words, words)
clocks = st.times().map(lambda each: f"{each:%H:%M}")
weekly = st.builds(WeeklyTime, st.integers(0, 6), clocks, st.one_of(st.just(""), st.just("24:00")))
sorted_keys = st.lists(keys, max_size=3, unique=True).map(lambda each: tuple(sorted(each)))


@st.composite
def facts(draw: st.DrawFn) -> FactValue:
    attribute = draw(st.sampled_from(Attribute))
    if attribute in QUANTITY_UNITS:
        return FactValue(attribute, quantity=draw(st.integers(0, 10**9)))
    if attribute in FLAGS:
        return FactValue(attribute, holds=draw(st.booleans()))
    terms = sorted(TERMS.get(attribute, {"es", "fr"}))
    return FactValue(attribute, draw(st.sampled_from(terms)), holds=draw(st.booleans()))


provenance = st.builds(Provenance, st.sampled_from(["dc-crie", "agency:x"]), moments)
statements = st.lists(st.builds(Statement, facts(), provenance), max_size=6).map(standing)
kept = {
    "id": ids,
    "updated_at": moments,
    "version": st.integers(1, 2**40),
    "sources": sorted_keys,
    "spoken": st.frozensets(words, max_size=3),
    "fed_as_of": st.none() | moments,
}
statuses, precisions, visibilities = map(st.sampled_from, (Status, Precision, Visibility))
contact = dict.fromkeys(("name", "description", "url", "email", "phone"), words)
organizations = st.builds(Organization, **kept, **contact, status=statuses)
services = st.builds(
    Service, **kept, **contact, organization_id=ids, application_process=words, fees=words, status=statuses
)
locations = st.builds(
    Location,
    **kept,
    **dict.fromkeys(("name", "address", "city", "state", "zip", "county", "time_zone"), words),
    organization_id=ids,
    point=st.none() | points,
    precision=precisions,
    is_virtual=st.booleans(),
    visibility=visibilities,
)
listings = st.builds(
    Listing,
    **kept,
    **dict.fromkeys(("name", "description", "hours"), words),
    organization_id=ids,
    service_id=ids,
    location_id=st.none() | ids,
    kinds=st.frozensets(st.sampled_from(Kind)),
    statements=statements,
    sessions=st.frozensets(weekly, max_size=4).map(lambda each: tuple(sorted(each))),
    status=statuses,
)
counts = st.none() | st.integers(0, 100_000)
capacities = st.builds(
    Capacity,
    listing_id=ids,
    available=counts,
    maximum=counts,
    waitlist=counts,
    by=provenance,
    expires_at=moments,
    version=st.integers(1, 2**40),
)


def public(entry: Entry) -> dict[str, object]:
    """What of an entry the contract carries."""
    names = {each.name for each in fields(entry)} - {"spoken", "fed_as_of"}
    return {name: getattr(entry, name) for name in names}


@given(organizations)
def test_organizations(organization: Organization) -> None:
    assert public(organization_from_proto(organization_to_proto(organization))) == public(organization)


@given(services)
def test_services(service: Service) -> None:
    assert public(service_from_proto(service_to_proto(service))) == public(service)


@given(locations)
def test_locations(location: Location) -> None:
    assert public(location_from_proto(location_to_proto(location))) == public(location)
    assert place_from_proto(place_to_proto(place_of(location))) == place_of(location)


@given(listings, services, organizations, locations)
def test_listings(listing: Listing, service: Service, organization: Organization, location: Location) -> None:
    view = published(listing, service, organization, location)
    message = resources_pb2.Listing.FromString(event_listing_to_proto(view).SerializeToString())
    values = listing_values(message)
    assert statements_from_proto(message.facts) == view.facts
    assert values["facts"] == tuple(each.fact for each in view.facts)
    assert sessions_from_proto(sessions_to_proto(listing.sessions)) == values["sessions"] == listing.sessions
    assert (values["kinds"], values["status"], values["hours"]) == (
        listing.kinds,
        listing.status,
        listing.hours,
    )
    assert (message.version, message.etag) == (listing.version, str(listing.version))
    assert not message.HasField("capacity")


@given(capacities)
def test_capacities(capacity: Capacity) -> None:
    assert capacity_from_proto(capacity_to_proto(capacity)) == capacity


@given(st.one_of(organizations, services, locations, listings))
def test_rows(entry: Entry) -> None:
    row = row_of(entry)
    documents = {
        name: json.loads(json.dumps(value)) for name, value in row.items() if isinstance(value, list)
    }
    assert entry_of(type(entry), row | documents) == entry
