"""Match profiles: checked against the vocabulary and the ZIP codes on the way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from aftercare.type.v1 import criteria_pb2, place_pb2
from aftercare_matching.conversions.weekly import weekly_time_from_proto, weekly_time_to_proto
from aftercare_matching.conversions.words import GENDER_OF, GENDERS, time_in
from aftercare_matching.domain.profile import (
    DEFAULT_MAX_DISTANCE_METERS,
    DEFAULT_OPTION_COUNT,
    Need,
    Point,
    Profile,
    SafetyZone,
    Wish,
)
from aftercare_platform.contract.words import ATTRIBUTE_OF, ATTRIBUTES, KIND_OF, KINDS, time_to_proto
from aftercare_platform.kernel.errors import InvalidArgument, Violation
from aftercare_platform.kernel.vocabulary import QUANTITY_UNITS, Attribute, check_term
from aftercare_platform.places.zip import ZipPlace, require_zip_place

POINT_DECIMALS = 3
"""A client's point is known to about a hundred meters and no closer."""


def profile_from_proto(
    message: criteria_pb2.MatchProfile, *, now: datetime, field: str = "profile"
) -> Profile:
    """The profile; `now` where it names no moment.

    InvalidArgument with every unknown term, an unknown ZIP code and every free time that ends before it
    begins, each by its path below `field`.
    """
    criteria = message.criteria
    path = f"{field}.criteria"
    violations = [*_wrong_terms(criteria, path), *_wrong_times(criteria, path)]
    if violations:
        raise InvalidArgument(violations)
    home = require_zip_place(criteria.zip, field=f"{path}.zip") if criteria.HasField("zip") else None
    max_distance = criteria.max_distance_meters if criteria.HasField("max_distance_meters") else None
    return Profile(
        needs=tuple(
            Need(KIND_OF[need.kind], need.option_count or DEFAULT_OPTION_COUNT) for need in criteria.needs
        ),
        origin=_origin(criteria, home),
        tie_key=message.tie_key,
        as_of=time_in(message, "as_of_time") or now,
        state=home.state if home else "",
        is_origin_approximate=home is not None,
        max_distance_meters=DEFAULT_MAX_DISTANCE_METERS if max_distance is None else max_distance,
        languages=tuple(criteria.languages),
        payers=tuple(criteria.payers),
        medicines=tuple(criteria.medicines),
        budget_cents=criteria.budget_cents_per_month if criteria.HasField("budget_cents_per_month") else None,
        free_times=tuple(map(weekly_time_from_proto, criteria.free_times)),
        access_needs=tuple(criteria.access_needs),
        with_children=criteria.with_children,
        records=tuple(criteria.records),
        populations=frozenset(criteria.populations),
        sober_days=criteria.sober_days if criteria.HasField("sober_days") else None,
        wishes=tuple(map(_wish_from_proto, criteria.wishes)),
        excluded_listing_ids=frozenset(criteria.excluded_listing_ids),
        safety_zones=tuple(map(_zone_from_proto, criteria.safety_zones)),
        age=message.age_years if message.HasField("age_years") else None,
        gender=GENDER_OF[message.gender],
    )


def profile_to_proto(profile: Profile) -> criteria_pb2.MatchProfile:
    """The profile as a message; its origin always as a point."""
    origin = place_pb2.GeoPoint(latitude=profile.origin.latitude, longitude=profile.origin.longitude)
    criteria = criteria_pb2.Criteria(
        needs=[
            criteria_pb2.Need(kind=KINDS[need.kind], option_count=need.option_count) for need in profile.needs
        ],
        point=origin,
        max_distance_meters=profile.max_distance_meters,
        languages=profile.languages,
        payers=profile.payers,
        medicines=profile.medicines,
        budget_cents_per_month=profile.budget_cents,
        free_times=map(weekly_time_to_proto, profile.free_times),
        access_needs=profile.access_needs,
        with_children=profile.with_children,
        records=profile.records,
        populations=sorted(profile.populations),
        sober_days=profile.sober_days,
        wishes=map(_wish_to_proto, profile.wishes),
        excluded_listing_ids=sorted(profile.excluded_listing_ids),
        safety_zones=map(_zone_to_proto, profile.safety_zones),
    )
    return criteria_pb2.MatchProfile(
        criteria=criteria,
        age_years=profile.age,
        gender=GENDERS[profile.gender],
        tie_key=profile.tie_key,
        as_of_time=time_to_proto(profile.as_of),
    )


def _origin(criteria: criteria_pb2.Criteria, home: ZipPlace | None) -> Point:
    if home is not None:
        return Point(home.latitude, home.longitude)
    point = criteria.point
    return Point(round(point.latitude, POINT_DECIMALS), round(point.longitude, POINT_DECIMALS))


def _wrong_terms(criteria: criteria_pb2.Criteria, path: str) -> Iterator[Violation]:
    lists: Iterable[tuple[str, Attribute, Iterable[str]]] = (
        ("languages", Attribute.LANGUAGE, criteria.languages),
        ("payers", Attribute.PAYER, criteria.payers),
        ("medicines", Attribute.MEDICINE_ACCEPTED, criteria.medicines),
        ("access_needs", Attribute.ACCESSIBILITY, criteria.access_needs),
        ("records", Attribute.RECORD_ACCEPTED, criteria.records),
        ("populations", Attribute.POPULATION, criteria.populations),
    )
    for name, attribute, terms in lists:
        for number, term in enumerate(terms):
            yield from _wrong_term(attribute, term, f"{path}.{name}[{number}]")
    for number, wish in enumerate(criteria.wishes):
        attribute = ATTRIBUTE_OF[wish.attribute]
        if attribute in QUANTITY_UNITS:
            yield Violation(
                f"{path}.wishes[{number}].attribute", f"{attribute} is a number: it cannot be wished for"
            )
        else:
            yield from _wrong_term(attribute, wish.term, f"{path}.wishes[{number}].term")


def _wrong_term(attribute: Attribute, term: str, field: str) -> tuple[Violation, ...]:
    try:
        check_term(attribute, term, field=field)
    except InvalidArgument as error:
        return error.violations
    return ()


def _wrong_times(criteria: criteria_pb2.Criteria, path: str) -> Iterator[Violation]:
    for number, time in enumerate(criteria.free_times):
        if time.closes and time.closes <= time.opens:  # "HH:MM" sorts as the hours do
            yield Violation(f"{path}.free_times[{number}].closes", "must be later than `opens`")


def _wish_from_proto(message: criteria_pb2.Wish) -> Wish:
    return Wish(
        ATTRIBUTE_OF[message.attribute], message.term, frozenset(KIND_OF[number] for number in message.kinds)
    )


def _wish_to_proto(wish: Wish) -> criteria_pb2.Wish:
    kinds = [KINDS[kind] for kind in sorted(wish.kinds)]
    return criteria_pb2.Wish(attribute=ATTRIBUTES[wish.attribute], term=wish.term, kinds=kinds)


def _zone_from_proto(message: criteria_pb2.SafetyZone) -> SafetyZone:
    return SafetyZone(Point(message.center.latitude, message.center.longitude), message.radius_meters)


def _zone_to_proto(zone: SafetyZone) -> criteria_pb2.SafetyZone:
    center = place_pb2.GeoPoint(latitude=zone.center.latitude, longitude=zone.center.longitude)
    return criteria_pb2.SafetyZone(center=center, radius_meters=zone.radius_meters)
