"""From the contract and back: nothing lost, nothing made up, wrong words named."""

from datetime import UTC, datetime

import protovalidate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare.type.v1 import criteria_pb2, kind_pb2, session_pb2
from aftercare_matching.conversions.listing import (
    capacity_from_proto,
    capacity_to_proto,
    listing_from_proto,
    listing_to_proto,
)
from aftercare_matching.conversions.match_set import match_set_from_proto, match_set_to_proto
from aftercare_matching.conversions.profile import profile_from_proto, profile_to_proto
from aftercare_matching.domain.listing import Capacity, Fact, Listing, Precision, WeeklyTime
from aftercare_matching.domain.matching import find
from aftercare_matching.domain.profile import Gender, Need, Point, Profile, SafetyZone, Wish
from aftercare_platform.kernel.errors import InvalidArgument
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.vocabulary import QUANTITY_UNITS, TERMS, Kind
from unit.matching.world import NOW, index_of, person

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
maybe_count = st.none() | st.integers(0, 1000)
degrees = st.integers(-89_000, 89_000).map(lambda thousandths: thousandths / 1000)
truths = st.sampled_from([(attribute, term) for attribute, terms in TERMS.items() for term in sorted(terms)])
facts = st.dictionaries(truths, st.builds(Fact, st.booleans(), st.text(max_size=9), st.none() | moments)) | (
    st.dictionaries(
        st.sampled_from([(attribute, "") for attribute in QUANTITY_UNITS]),
        st.builds(Fact, st.integers(0, 10**9), st.just("dc"), moments),
    )
)
sessions = st.builds(
    lambda day, opens, length: WeeklyTime(
        day * 1440 + opens, day * 1440 + opens + length if length else None
    ),
    st.integers(0, 6),
    st.integers(0, 1200),
    st.integers(0, 240),
)


@st.composite
def listings(draw):
    point = draw(st.none() | st.tuples(degrees, degrees))
    return Listing(
        id=new_id(),
        version=draw(st.integers(1, 2**40)),
        name=draw(st.text(min_size=1, max_size=20)),
        organization_id=new_id(),
        organization_name=draw(st.text(max_size=20)),
        kinds=draw(st.frozensets(st.sampled_from(Kind))),
        facts=draw(facts),
        sessions=tuple(sorted(draw(st.lists(sessions, max_size=4, unique_by=lambda each: each.opens)))),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        precision=draw(st.sampled_from(Precision)),
        is_virtual=draw(st.booleans()),
        city=draw(st.text(max_size=9)),
        county="Wake",
        state="NC",
        phone="202-555-0100",
        is_active=draw(st.booleans()),
        updated_at=draw(moments),
    )


@given(listings())
def test_a_listing_survives(listing):
    assert listing_from_proto(listing_to_proto(listing)) == listing


@given(
    st.builds(
        Capacity, st.just("x"), st.integers(1, 9), maybe_count, maybe_count, maybe_count, st.none() | moments
    )
)
def test_a_capacity_survives_and_absent_is_not_zero(capacity):
    assert capacity_from_proto(capacity_to_proto(capacity)) == capacity


wishes = st.builds(lambda key, kinds: Wish(*key, kinds), truths, st.frozensets(st.sampled_from(Kind)))
profiles = st.builds(
    Profile,
    needs=st.lists(st.builds(Need, st.sampled_from(Kind), st.integers(1, 20)), max_size=5).map(tuple),
    origin=st.builds(Point, degrees, degrees),
    tie_key=st.text(min_size=1, max_size=9),
    as_of=moments,
    max_distance_meters=st.floats(1, 500_000),
    languages=st.sampled_from([(), ("es", "en")]),
    payers=st.sampled_from([(), ("medicaid",)]),
    medicines=st.sampled_from([(), ("methadone", "naltrexone")]),
    budget_cents=st.none() | st.integers(0, 10**7),
    free_times=st.lists(sessions, max_size=3).map(tuple),
    access_needs=st.sampled_from([(), ("wheelchair",)]),
    with_children=st.booleans(),
    records=st.sampled_from([(), ("arson",)]),
    populations=st.sampled_from([frozenset(), frozenset({"native"})]),
    sober_days=st.none() | st.integers(0, 999),
    wishes=st.lists(wishes, max_size=3).map(tuple),
    excluded_listing_ids=st.frozensets(st.builds(new_id), max_size=2),
    safety_zones=st.lists(st.builds(SafetyZone, st.builds(Point, degrees, degrees), st.floats(1, 9999))).map(
        tuple
    ),
    age=st.none() | st.integers(13, 120),
    gender=st.sampled_from(Gender),
)


@given(profiles)
def test_a_profile_survives(profile):
    assert profile_from_proto(profile_to_proto(profile), now=NOW) == profile


def test_a_matched_set_survives_and_obeys_the_contract():
    house, other, group = new_id(), new_id(), new_id()
    world = f"""
        listing | kind          | miles  | facts                | free | meets
        {house} | sober_living  | 2      | cost_per_month=50000 | 1    |
        {other} | sober_living  | ~3     | gender:woman         |      |
        {group} | support_group | online | fellowship:aa        |      | tue 19:00-20:00"""
    found = find(index_of(world), person(medicines=("methadone",), budget_cents=60000))
    message = match_set_to_proto(found)
    assert match_set_from_proto(message) == found
    assert len(message.kinds[0].options) == 2
    for option in message.kinds[0].options:
        option.organization_id = new_id()  # the table's is short
    protovalidate.validate(message)


def asked(**criteria):
    need = criteria_pb2.Need(kind=kind_pb2.KIND_COMMUNITY)
    home = {} if "point" in criteria else {"zip": "20001"}
    return criteria_pb2.MatchProfile(
        criteria=criteria_pb2.Criteria(**({"needs": [need]} | home | criteria)), tie_key="t"
    )


WISH = criteria_pb2.Wish(attribute=kind_pb2.ATTRIBUTE_CARE, term="magic")
PRICE = criteria_pb2.Wish(attribute=kind_pb2.ATTRIBUTE_COST_PER_MONTH)
BACKWARDS = session_pb2.WeeklyTime(weekday=session_pb2.WEEKDAY_MONDAY, opens="10:00", closes="09:00")


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        ({"medicines": ["aspirin"]}, "profile.criteria.medicines[0]"),
        ({"payers": ["medicaid", "gold"]}, "profile.criteria.payers[1]"),
        ({"access_needs": ["wings"]}, "profile.criteria.access_needs[0]"),
        ({"records": ["parking"]}, "profile.criteria.records[0]"),
        ({"populations": ["vikings"]}, "profile.criteria.populations[0]"),
        ({"wishes": [WISH]}, "profile.criteria.wishes[0].term"),
        ({"wishes": [PRICE]}, "profile.criteria.wishes[0].attribute"),
        ({"free_times": [BACKWARDS]}, "profile.criteria.free_times[0].closes"),
        ({"zip": "00000"}, "profile.criteria.zip"),
    ],
)
def test_a_wrong_word_is_named_by_its_field(criteria, field):
    with pytest.raises(InvalidArgument) as error:
        profile_from_proto(asked(**criteria), now=NOW)
    assert [violation.field for violation in error.value.violations] == [field]


def test_every_wrong_word_is_named_at_once():
    with pytest.raises(InvalidArgument) as error:
        profile_from_proto(asked(medicines=["a", "methadone", "b"]), now=NOW)
    assert [v.field.rpartition(".")[2] for v in error.value.violations] == ["medicines[0]", "medicines[2]"]


def test_what_is_not_asked_takes_its_default():
    profile = profile_from_proto(asked(), now=NOW)
    assert (profile.max_distance_meters, profile.needs[0].option_count, profile.as_of) == (40234.0, 5, NOW)
    assert (profile.state, profile.is_origin_approximate) == ("DC", True)


def test_a_clients_point_is_rounded():
    profile = profile_from_proto(asked(point={"latitude": 38.912345, "longitude": -77.034567}), now=NOW)
    assert profile.origin == Point(38.912, -77.035)
