"""The order: exact, the same everywhere, and moved by nothing that should not move it."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare_matching.domain.index import Index
from aftercare_matching.domain.matching import find
from aftercare_matching.domain.order import merit
from aftercare_matching.domain.profile import Wish
from aftercare_platform.kernel.vocabulary import Attribute
from unit.matching.world import fact, index_of, match, names, person

TWELVE_STEP = Wish(Attribute.PHILOSOPHY, "twelve_step")
CHOICES = """
    gender:woman minimum_sobriety=0 philosophy:twelve_step !philosophy:twelve_step cost_per_month=60000
    cost_per_month=90000 credential:carf medicine_accepted:methadone !medicine_accepted:methadone
""".split()


def random_world(seed: int, size: int) -> str:
    chance = random.Random(seed)
    lines = ["listing | kind | miles | facts | free | meets"]
    for number in range(size):
        facts = {text.removeprefix("!").split("=")[0]: text for text in chance.sample(CHOICES, 4)}
        miles = chance.choice(["?", "online", *"123456789"])
        meets = f"{chance.choice('mon tue wed thu'.split())} 19:00-20:00"
        kind = chance.choice(["sober_living", "support_group"])
        free = chance.choice(["", "1"])
        lines.append(f"l{number} | {kind} | {miles} | {', '.join(facts.values())} | {free} | {meets}")
    return "\n".join(lines)


ASKS = {"medicines": ("methadone",), "wishes": (TWELVE_STEP,), "budget_cents": 80000}
both_kinds = pytest.mark.parametrize("kind", ["sober_living", "support_group"])


@both_kinds
@given(seed=st.integers(0, 10_000), shuffle=st.integers(0, 10_000))
def test_rows_may_stand_in_any_order(kind, seed, shuffle):
    world = random_world(seed, 30)
    plain, shuffled = (
        match(world, kind=kind, **ASKS),
        match(index_of(world, shuffled=shuffle), kind=kind, **ASKS),
    )
    assert plain == shuffled


@both_kinds
@given(seed=st.integers(0, 10_000))
def test_listings_that_do_not_fit_change_nothing(kind, seed):
    world = random_world(seed, 20)
    strangers = "".join(f"\n z{n} | {kind} | 200 | gender:woman | 1 | mon 19:00-20:00" for n in range(10))
    assert match(world, kind=kind, **ASKS).options == match(world + strangers, kind=kind, **ASKS).options


@both_kinds
@given(seed=st.integers(0, 10_000), count=st.integers(0, 20))
def test_the_first_of_many_are_the_first_of_few(kind, seed, count):
    world = random_world(seed, 40)
    assert (
        match(world, kind=kind, count=count, **ASKS).options
        == match(world, kind=kind, **ASKS).options[:count]
    )


BETTER = ("credential:carf", "philosophy:twelve_step", "medicine_accepted:methadone", "cost_per_month=50000")


@given(seed=st.integers(0, 10_000), better=st.sampled_from(BETTER))
def test_making_a_listing_better_never_puts_it_back(seed, better):
    index = index_of(random_world(seed, 20))
    before = match(index, **ASKS)
    old = index.listing(0)
    (key, value) = fact(better)
    index.put(replace(old, version=2, facts=old.facts | {key: value}))
    after = match(index, **ASKS)
    ranks = [{o.listing_id: o.rank for o in found.options} for found in (before, after)]
    assert ranks[1].get(old.id, 99) <= ranks[0].get(old.id, 99)


def test_ties_go_by_the_clients_key_not_by_name_or_age():
    index = index_of("listing | free\n" + "\n".join(f"h{number} | 1" for number in range(10)))
    orders = {
        tuple(names(find(index, replace(person(), tie_key=key)).kinds[0].options))
        for key in ("a", "b", "c", "a")
    }
    assert len(orders) == 3


def test_the_certain_comes_before_the_doubtful_of_like_score():
    assert merit(np.array([80.0, 80.0]), np.array([False, True])).tolist() == [80, 75]
    world = """
        listing | facts                            | free
        sure    | gender:woman, minimum_sobriety=0 | 1
        doubt   | minimum_sobriety=0               | 1"""
    assert names(match(world).options, mark=True) == ["sure", "doubt?"]


def test_a_much_better_doubtful_one_still_comes_first():
    world = """
        listing | miles | facts                            | free
        far     | 24    | gender:woman, minimum_sobriety=0 | 1
        doubt   | 1     | minimum_sobriety=0               | 1"""
    assert names(match(world).options, mark=True) == ["doubt?", "far"]


def test_scores_are_told_apart_by_whole_points():
    assert merit(np.array([79.5, 80.4, 80.5]), np.zeros(3, bool)).tolist() == [80, 80, 81]


def test_five_groups_cover_five_evenings():
    days = "mon tue wed thu fri".split()
    rows = [f"{day}{hour} | support_group | {miles} | {day} {hour}:00-{hour}:45"
            for miles, day in enumerate(days, start=1) for hour in (18, 19, 20)]  # fmt: skip
    found = match("listing | kind | miles | meets\n" + "\n".join(rows), kind="support_group", count=5)
    assert sorted({name[:3] for name in names(found.options)}) == sorted(days)


def test_one_building_does_not_fill_the_list():
    world = """
        listing | kind          | miles | meets
        church1 | support_group | 2     | mon 19:00-20:00
        church2 | support_group | 2     | tue 19:00-20:00
        library | support_group | 4     | wed 19:00-20:00"""
    assert "library" in names(match(world, kind="support_group", count=2).options)


def test_an_empty_index_finds_nothing():
    assert match(Index()).options == ()
