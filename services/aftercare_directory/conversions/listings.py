"""Listings, to and from the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from aftercare.directory.v1 import directory_pb2, resources_pb2
from aftercare.type.v1 import fact_pb2, session_pb2
from aftercare_directory.conversions.capacity import capacity_to_proto
from aftercare_directory.conversions.entries import point_from_proto, point_to_proto
from aftercare_directory.conversions.words import (
    PRECISION_OF,
    PRECISIONS,
    STATUSES,
    VISIBILITIES,
    edit_of,
    sources_to_proto,
    status_from_proto,
    visibility_from_proto,
)
from aftercare_directory.domain.edits import Edit
from aftercare_directory.domain.entries import Listing
from aftercare_directory.domain.published import Place, Published
from aftercare_directory.domain.record import FactValue
from aftercare_directory.domain.statements import Provenance, Statement
from aftercare_directory.domain.weekly import WeeklyTime
from aftercare_directory.ports import Answer, ListingFilter
from aftercare_directory.usecases.reading import Shown
from aftercare_platform.contract.words import (
    ATTRIBUTE_OF,
    ATTRIBUTES,
    KIND_OF,
    KINDS,
    time_from_proto,
    time_to_proto,
)
from aftercare_platform.kernel.errors import InvalidArgument, Violation

_WEEKDAYS: Final = session_pb2.Weekday.values()[1:]
"""From Monday; the first number means no day."""


def event_listing_to_proto(published: Published) -> resources_pb2.Listing:
    """The listing as everybody may see it, without capacity and last answer."""
    listing = published.listing
    return resources_pb2.Listing(
        id=listing.id,
        service_id=listing.service_id,
        location_id=listing.location_id or "",
        name=published.name,
        description=listing.description,
        kinds=[KINDS[kind] for kind in sorted(listing.kinds)],
        facts=facts_to_proto(published.facts),
        sessions=sessions_to_proto(listing.sessions),
        hours=listing.hours,
        status=STATUSES[listing.status],
        etag=listing.etag,
        version=listing.version,
        sources=sources_to_proto(published.sources),
        update_time=time_to_proto(listing.updated_at),
        place=place_to_proto(published.place) if published.place else None,
        organization_id=listing.organization_id,
        organization_name=published.organization.name,
        service_name=published.service.name,
        phone=published.phone,
        url=published.url,
    )


def listing_to_proto(shown: Shown) -> resources_pb2.Listing:
    """The listing as it is answered."""
    message = event_listing_to_proto(shown.listing)
    if shown.capacity is not None:
        message.capacity.CopyFrom(capacity_to_proto(shown.capacity))
    if shown.answer is not None:
        message.last_answer.CopyFrom(answer_to_proto(shown.answer))
    return message


def place_of_listing(message: resources_pb2.Listing) -> tuple[str, str | None]:
    """The service and the location that a new listing joins; None without a place of its own."""
    return message.service_id, message.location_id or None


def listing_values(message: resources_pb2.Listing) -> dict[str, Any]:
    """What a request may set of a listing."""
    return {
        "name": message.name,
        "description": message.description,
        "kinds": frozenset(KIND_OF[number] for number in message.kinds),
        "facts": facts_from_proto(message.facts),
        "sessions": sessions_from_proto(message.sessions),
        "hours": message.hours,
        "status": status_from_proto(message.status),
    }


def listing_edit(request: directory_pb2.UpdateListingRequest) -> Edit:
    """The change a request asks for."""
    return edit_of(Listing, request.listing, request.update_mask, listing_values(request.listing))


def filter_from_proto(request: directory_pb2.ListListingsRequest) -> ListingFilter:
    """Which listings are asked for."""
    return ListingFilter(
        organization_id=request.organization_id,
        kind=KIND_OF.get(request.kind),
        status=status_from_proto(request.status) if request.status else None,
        name_contains=request.name_contains,
    )


def facts_to_proto(statements: Iterable[Statement]) -> list[fact_pb2.Fact]:
    """The facts with their provenance."""
    stated = list(statements)
    provenances = {by: _provenance(by) for by in {statement.by for statement in stated}}
    return [_fact(statement.fact, provenances[statement.by]) for statement in stated]


def facts_from_proto(facts: Iterable[fact_pb2.Fact]) -> tuple[FactValue, ...]:
    """The facts that a request states; `InvalidArgument` names each that its attribute cannot have."""
    values: list[FactValue] = []
    violations: list[Violation] = []
    for number, fact in enumerate(facts):
        try:
            values.append(_fact_value(fact))
        except InvalidArgument as error:
            violations += [
                Violation(f"listing.facts[{number}]", f"{v.field}: {v.description}") for v in error.violations
            ]
    if violations:
        raise InvalidArgument(violations)
    return tuple(values)


def statements_from_proto(facts: Iterable[fact_pb2.Fact]) -> tuple[Statement, ...]:
    """The facts in an answer or event, with their provenance."""
    return tuple(
        Statement(
            _fact_value(fact),
            Provenance(fact.provenance.source, time_from_proto(fact.provenance.as_of_time)),
        )
        for fact in facts
    )


def sessions_to_proto(sessions: Iterable[WeeklyTime]) -> list[session_pb2.WeeklyTime]:
    """The weekly times; the contract counts weekdays from 1."""
    return [
        session_pb2.WeeklyTime(weekday=_WEEKDAYS[each.weekday], opens=each.opens, closes=each.closes)
        for each in sessions
    ]


def sessions_from_proto(sessions: Iterable[session_pb2.WeeklyTime]) -> tuple[WeeklyTime, ...]:
    """The weekly times, each once, in order."""
    return tuple(sorted({WeeklyTime(each.weekday - 1, each.opens, each.closes) for each in sessions}))


def place_to_proto(place: Place) -> resources_pb2.ListingPlace:
    """The public place."""
    return resources_pb2.ListingPlace(
        address=place.address,
        city=place.city,
        state=place.state,
        zip=place.zip,
        county=place.county,
        point=point_to_proto(place.point),
        precision=PRECISIONS[place.precision],
        time_zone=place.time_zone,
        is_virtual=place.is_virtual,
        visibility=VISIBILITIES[place.visibility],
    )


def place_from_proto(message: resources_pb2.ListingPlace) -> Place:
    """The public place in an answer or event."""
    return Place(
        address=message.address,
        city=message.city,
        state=message.state,
        zip=message.zip,
        county=message.county,
        point=point_from_proto(message),
        precision=PRECISION_OF[message.precision],
        time_zone=message.time_zone,
        is_virtual=message.is_virtual,
        visibility=visibility_from_proto(message.visibility),
    )


def answer_to_proto(answer: Answer) -> resources_pb2.LastAnswer:
    """How a listing last answered; the offer's id stays here."""
    return resources_pb2.LastAnswer(
        answer=answer.answer, reason=answer.reason, answer_time=time_to_proto(answer.answered_at)
    )


def _fact_value(fact: fact_pb2.Fact) -> FactValue:
    return FactValue(
        ATTRIBUTE_OF[fact.attribute],
        fact.term,
        holds=fact.holds if fact.HasField("holds") else None,
        quantity=fact.quantity if fact.HasField("quantity") else None,
    )


def _provenance(by: Provenance) -> fact_pb2.Provenance:
    return fact_pb2.Provenance(source=by.source, as_of_time=time_to_proto(by.as_of))


def _fact(fact: FactValue, provenance: fact_pb2.Provenance) -> fact_pb2.Fact:
    message = fact_pb2.Fact(attribute=ATTRIBUTES[fact.attribute], term=fact.term, provenance=provenance)
    if fact.holds is not None:
        message.holds = fact.holds
    elif fact.quantity is not None:
        message.quantity = fact.quantity
    return message
