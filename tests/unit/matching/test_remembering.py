"""What the index keeps from one match to the next never shows: not to the next person, not after a change."""

import random
from dataclasses import replace

import pytest

from aftercare_matching.domain.index import REMEMBERED, Index
from aftercare_matching.domain.listing import Capacity
from aftercare_matching.domain.matching import find
from aftercare_matching.domain.profile import Gender
from aftercare_platform.kernel.vocabulary import Kind
from unit.matching.test_oracle import random_listing, random_profile
from unit.matching.world import NOW, index_of, judged, match, names

HOUSES = """
    listing | facts
    women   | gender:woman, !gender:man, minimum_sobriety=0
    men     | gender:man, !gender:woman, minimum_sobriety=60"""


def filled(listings, capacities):
    index = Index()
    for listing in listings:
        index.put(listing)
    for capacity in capacities:
        index.put_capacity(capacity)
    return index


@pytest.mark.parametrize("kind", Kind)
def test_an_index_in_use_answers_like_a_new_one(kind):
    chance = random.Random(3)
    listings = [random_listing(chance, number, kind) for number in range(60)]
    capacities = {}
    in_use = filled(listings, ())
    for version in range(2, 42):
        profile = random_profile(chance, kind)
        assert find(in_use, profile) == find(filled(listings, capacities.values()), profile)
        place = chance.randrange(len(listings))
        if chance.random() < 0.4:
            listings[place] = replace(random_listing(chance, place, kind), version=version)
            in_use.put(listings[place])
        elif chance.random() < 0.4:
            told = Capacity(listings[place].id, version, chance.choice([None, 0, 2]), as_of=NOW)
            capacities[told.listing_id] = told
            in_use.put_capacity(told)


@pytest.mark.parametrize(
    ("asks", "fitting"),
    [
        ({"gender": Gender.WOMAN, "sober_days": 90}, "women?"),
        ({"gender": Gender.MAN, "sober_days": 90}, "men?"),
        ({"gender": Gender.MAN, "sober_days": 5}, ""),
        ({"gender": Gender.MAN, "sober_days": None}, "men?"),
    ],
)
def test_one_persons_verdicts_are_not_anothers(asks, fitting):
    index = index_of(HOUSES)
    match(index, gender=Gender.WOMAN, sober_days=0)
    assert " ".join(names(match(index, **asks).options, mark=True)) == fitting == judged(HOUSES, **asks)


def test_what_does_not_fit_into_memory_is_worked_out_again():
    index = index_of(HOUSES)
    for number in range(REMEMBERED + 10):
        assert index.remembered(number, lambda number=number: [number]) == [number]
    assert index.remembered(0, lambda: ["anew"]) == ["anew"]
    assert index.remembered(REMEMBERED + 9, lambda: ["anew"]) == [REMEMBERED + 9]
