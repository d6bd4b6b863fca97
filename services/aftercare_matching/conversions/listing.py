"""Listings and capacities, as the directory exports and publishes them."""

from __future__ import annotations

from aftercare.directory.v1 import resources_pb2
from aftercare.type.v1 import capacity_pb2, fact_pb2, place_pb2
from aftercare_matching.conversions.weekly import weekly_time_from_proto, weekly_time_to_proto
from aftercare_matching.conversions.words import PRECISION_OF, PRECISIONS, kept_time_to_proto, time_in
from aftercare_matching.domain.listing import Capacity, Fact, FactKey, Listing, Precision
from aftercare_platform.contract.words import ATTRIBUTE_OF, ATTRIBUTES, KIND_OF, KINDS, time_to_proto


def listing_from_proto(message: resources_pb2.Listing) -> Listing:
    """What matching needs of a listing; kinds and facts that this release does not know are left out."""
    place = message.place
    has_point = place.HasField("point")
    return Listing(
        id=message.id,
        version=message.version,
        name=message.name or message.service_name,
        organization_id=message.organization_id,
        organization_name=message.organization_name,
        kinds=frozenset(KIND_OF[number] for number in message.kinds if number in KIND_OF),
        facts=dict(_fact_from_proto(fact) for fact in message.facts if fact.attribute in ATTRIBUTE_OF),
        sessions=tuple(sorted(map(weekly_time_from_proto, message.sessions), key=lambda each: each.opens)),
        latitude=place.point.latitude if has_point else None,
        longitude=place.point.longitude if has_point else None,
        precision=PRECISION_OF.get(place.precision, Precision.UNKNOWN),
        is_virtual=place.is_virtual,
        city=place.city,
        county=place.county,
        state=place.state,
        phone=message.phone,
        is_active=message.status != resources_pb2.STATUS_INACTIVE,
        updated_at=time_in(message, "update_time"),
    )


def listing_to_proto(listing: Listing) -> resources_pb2.Listing:
    """The same fields of the contract's listing."""
    message = resources_pb2.Listing(
        id=listing.id,
        version=listing.version,
        name=listing.name,
        organization_id=listing.organization_id,
        organization_name=listing.organization_name,
        kinds=[KINDS[kind] for kind in sorted(listing.kinds)],
        facts=[_fact_to_proto(key, fact) for key, fact in listing.facts.items()],
        sessions=map(weekly_time_to_proto, listing.sessions),
        status=resources_pb2.STATUS_ACTIVE if listing.is_active else resources_pb2.STATUS_INACTIVE,
        phone=listing.phone,
        update_time=time_to_proto(listing.updated_at),
        place=resources_pb2.ListingPlace(
            city=listing.city,
            county=listing.county,
            state=listing.state,
            precision=PRECISIONS[listing.precision],
            is_virtual=listing.is_virtual,
        ),
    )
    if listing.latitude is not None and listing.longitude is not None:
        point = place_pb2.GeoPoint(latitude=listing.latitude, longitude=listing.longitude)
        message.place.point.CopyFrom(point)
    return message


def capacity_from_proto(message: capacity_pb2.Capacity) -> Capacity:
    """A report of free places; absent numbers are unknown."""
    return Capacity(
        listing_id=message.listing_id,
        version=message.version,
        available=message.available if message.HasField("available") else None,
        maximum=message.maximum if message.HasField("maximum") else None,
        waitlist=message.waitlist if message.HasField("waitlist") else None,
        as_of=time_in(message, "as_of_time"),
        expires_at=time_in(message, "expire_time"),
        source=message.source,
    )


def capacity_to_proto(capacity: Capacity) -> capacity_pb2.Capacity:
    """The same as a message."""
    return capacity_pb2.Capacity(
        listing_id=capacity.listing_id,
        version=capacity.version,
        available=capacity.available,
        maximum=capacity.maximum,
        waitlist=capacity.waitlist,
        as_of_time=kept_time_to_proto(capacity.as_of),
        expire_time=kept_time_to_proto(capacity.expires_at),
        source=capacity.source,
    )


def _fact_from_proto(message: fact_pb2.Fact) -> tuple[FactKey, Fact]:
    value = message.holds if message.HasField("holds") else int(message.quantity)
    provenance = message.provenance
    fact = Fact(value, provenance.source, time_in(provenance, "as_of_time"))
    return (ATTRIBUTE_OF[message.attribute], message.term), fact


def _fact_to_proto(key: FactKey, fact: Fact) -> fact_pb2.Fact:
    attribute, term = key
    message = fact_pb2.Fact(attribute=ATTRIBUTES[attribute], term=term)
    if isinstance(fact.value, bool):
        message.holds = fact.value
    else:
        message.quantity = fact.value
    if fact.source or fact.as_of:
        provenance = fact_pb2.Provenance(source=fact.source, as_of_time=time_to_proto(fact.as_of))
        message.provenance.CopyFrom(provenance)
    return message
