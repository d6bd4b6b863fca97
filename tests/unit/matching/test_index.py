"""The copy of the listings: higher versions win, in any order, to any size."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aftercare_matching.domain.index import FIRST_ROOM, Index
from aftercare_matching.domain.listing import Capacity, Fact
from aftercare_platform.kernel.vocabulary import Attribute, Kind
from unit.matching.world import NOW, fact, listing_of, match, names

HOUSE = listing_of({"listing": "house", "facts": "gender:woman, minimum_sobriety=0"})


def beds(version: int, available: int | None, listing: str = "house") -> Capacity:
    return Capacity(listing, version, available, as_of=NOW, expires_at=NOW + timedelta(days=1))


def test_of_two_states_the_higher_version_wins():
    index = Index()
    assert index.put(replace(HOUSE, version=3, name="Three"))
    assert not index.put(replace(HOUSE, version=2, name="Two"))
    assert not index.put(replace(HOUSE, version=3, name="Again"))
    assert index.put(replace(HOUSE, version=4, name="Four"))
    assert index.listing(0).name == "Four"


def test_a_tombstone_takes_a_listing_out_and_a_late_change_does_not_bring_it_back():
    index = Index()
    index.put(HOUSE)
    index.put(replace(HOUSE, version=5, is_active=False))
    index.put(replace(HOUSE, version=4))
    assert (names(match(index).options), len(index)) == ([], 0)
    index.put(replace(HOUSE, version=6))
    assert (names(match(index).options), len(index)) == (["house"], 1)


def test_a_tombstone_may_come_first():
    index = Index()
    index.put(replace(HOUSE, version=2, is_active=False))
    index.put(replace(HOUSE, version=1))
    assert len(index) == 0


def test_a_fact_that_is_withdrawn_is_unknown_again():
    index = Index()
    index.put(replace(HOUSE, facts=HOUSE.facts | dict([fact("!accepting")])))
    assert names(match(index).options) == []
    index.put(replace(HOUSE, version=2))
    assert names(match(index).options) == ["house"]


def test_capacity_has_a_version_of_its_own_and_outlives_changes_of_the_listing():
    index = Index()
    index.put(HOUSE)
    index.put_capacity(beds(2, 1))
    assert not index.put_capacity(beds(1, 0))
    index.put(replace(HOUSE, version=9))
    assert names(match(index).options, mark=True) == ["house"]
    assert index.put_capacity(beds(3, 0))
    assert names(match(index).options) == []
    index.put_capacity(beds(4, None))
    assert names(match(index).options, mark=True) == ["house?"]


def test_capacity_may_come_before_its_listing():
    index = Index()
    index.put_capacity(beds(1, 0))
    index.put(HOUSE)
    assert names(match(index).options) == []


def test_a_moved_listing_is_found_where_it_is_now():
    index = Index()
    index.put(replace(HOUSE, latitude=0.0, longitude=0.0))
    assert names(match(index).options) == []
    index.put(replace(HOUSE, version=2))
    assert names(match(index).options, mark=True) == ["house?"]


def test_it_grows_beyond_its_first_room_and_forgets_nothing():
    index = Index()
    size = FIRST_ROOM * 2 + 10
    for number in range(size):
        index.put(replace(HOUSE, id=f"h{number}", facts=HOUSE.facts | {(Attribute.WAIT, ""): Fact(number)}))
    rows = index.rows(Kind.SOBER_LIVING)
    assert len(rows) == size
    assert index.quantity(Attribute.WAIT, rows).tolist() == list(range(size))
    assert (index.tri(Attribute.GENDER, "woman", rows) == 1).all()


@given(st.permutations(list(range(1, 7))))
def test_versions_may_come_in_any_order(order):
    index = Index()
    for version in order:
        index.put(replace(HOUSE, version=version, name=f"v{version}", is_active=version % 2 == 0))
        index.put_capacity(beds(version, version))
    assert index.listing(0).name == "v6"
    assert index.capacity(0) == beds(6, 6)
    assert len(index) == 1
