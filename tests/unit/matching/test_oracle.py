"""The engine against the same rules read again, slowly, one listing at a time."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercare_matching.domain.criteria.applying import criteria_for
from aftercare_matching.domain.index import Index
from aftercare_matching.domain.listing import Capacity, Fact, Listing, Precision
from aftercare_matching.domain.matching import judge
from aftercare_matching.domain.profile import Gender, Point, Profile, SafetyZone
from aftercare_matching.domain.view import View
from aftercare_platform.kernel.distance import METERS_PER_MILE, meters_between
from aftercare_platform.kernel.tri import Tri, all_of, any_of
from aftercare_platform.kernel.vocabulary import Attribute, Kind
from unit.matching.world import HOME, NOW, north, person

TRUTHS = (
    [(Attribute.GENDER, term) for term in ("woman", "man", "nonbinary")]
    + [(Attribute.MEDICINE_ACCEPTED, "methadone"), (Attribute.MEDICINE_PROVIDED, "methadone")]
    + [(Attribute.RECORD_ACCEPTED, term) for term in ("felony", "registry", "arson")]
    + [
        (Attribute.AUDIENCE, "self"),
        (Attribute.AUDIENCE, "family"),
        (Attribute.FELLOWSHIP, "al_anon"),
        (Attribute.ACCEPTING, ""),
    ]
    + [
        (Attribute.CHILDREN, "accepted"),
        (Attribute.POPULATION_ONLY, "veterans"),
        (Attribute.POPULATION_ONLY, "native"),
    ]
    + [
        (Attribute.LANGUAGE, "en"),
        (Attribute.LANGUAGE, "es"),
        (Attribute.PAYER, "medicaid"),
        (Attribute.PAYER, "free"),
    ]
    + [
        (Attribute.ACCESSIBILITY, "wheelchair"),
        (Attribute.ACCESSIBILITY, "hearing_loop"),
        (Attribute.LICENSED_STATE, "DC"),
    ]
)
QUANTITIES = {
    Attribute.MINIMUM_AGE: (18, 50),
    Attribute.MAXIMUM_AGE: (25, 65),
    Attribute.COST_PER_MONTH: (40000, 90000),
    Attribute.MINIMUM_SOBRIETY: (0, 90),
}


def random_listing(chance: random.Random, number: int, kind: Kind) -> Listing:
    facts = {key: Fact(chance.random() < 0.7) for key in TRUTHS if chance.random() < 0.25}
    facts |= {
        (a, ""): Fact(chance.choice(values)) for a, values in QUANTITIES.items() if chance.random() < 0.3
    }
    is_placed = chance.random() < 0.85
    return Listing(
        id=f"l{number}",
        version=1,
        name="",
        organization_id="",
        kinds=frozenset({kind}),
        facts=facts,
        latitude=north(chance.uniform(0, 30)) if is_placed else None,
        longitude=HOME.longitude + chance.uniform(-0.2, 0.2) if is_placed else None,
        precision=chance.choice(list(Precision)[1:]) if is_placed else Precision.UNKNOWN,
        is_virtual=chance.random() < 0.1,
    )


def random_profile(chance: random.Random, kind: Kind) -> Profile:
    def some(*values: str) -> tuple[str, ...]:
        return tuple(value for value in values if chance.random() < 0.4)

    zones = (SafetyZone(Point(north(chance.uniform(0, 20)), HOME.longitude), 9000.0),)
    return replace(
        person(kind=kind),
        max_distance_meters=chance.choice([8000.0, 40234.0]),
        languages=some("es", "en"),
        payers=some("medicaid"),
        medicines=some("methadone"),
        budget_cents=chance.choice([None, 60000]),
        with_children=chance.random() < 0.3,
        access_needs=some("wheelchair", "hearing_loop"),
        records=some("felony", "registry", "arson"),
        populations=frozenset(some("veterans")),
        sober_days=chance.choice([None, 0, 60]),
        excluded_listing_ids=frozenset(some("l1", "l2")),
        safety_zones=zones if chance.random() < 0.5 else (),
        age=chance.choice([None, 16, 30, 60]),
        gender=chance.choice(list(Gender)),
        state=chance.choice(["", "DC"]),
    )


YES, NO, ASK = Tri.TRUE, Tri.FALSE, Tri.UNKNOWN
MARGINS = {Precision.ZIP: 5000.0, Precision.CITY: 15000.0}


def unless_silent(value: Tri, otherwise: Tri) -> Tri:
    return otherwise if value is ASK else value


class Reading:
    """One listing read for one person, rule by rule."""

    def __init__(self, listing: Listing, free: int | None, profile: Profile, kind: Kind) -> None:
        self.listing, self.free, self.profile, self.kind = listing, free, profile, kind
        self.is_house = kind is Kind.SOBER_LIVING

    def known(self, attribute: Attribute, term: str = "") -> Tri:
        fact = self.listing.facts.get((attribute, term))
        return ASK if fact is None else Tri.of(bool(fact.value))

    def number(self, attribute: Attribute) -> int | None:
        fact = self.listing.facts.get((attribute, ""))
        return None if fact is None else int(fact.value)

    def meters_from(self, point: Point) -> float:
        return meters_between(point.latitude, point.longitude, self.listing.latitude, self.listing.longitude)

    def verdicts(self) -> dict[str, Tri]:
        """Each constraint that bears on the person, with its verdict."""
        return {
            "distance": self.distance(),
            "accepting": unless_silent(self.known(Attribute.ACCEPTING), YES),
            "minimum_sobriety": self.sobriety(),
            "gender": self.gender(),
            "age": self.age(),
            "population_only": self.population(),
            "language": self.language(),
            **self.where_asked(),
            **self.by_kind(),
        }

    def where_asked(self) -> dict[str, Tri]:
        """The constraints that only some people have."""
        profile, said = self.profile, {}
        if profile.excluded_listing_ids:
            said["excluded"] = Tri.of(self.listing.id not in profile.excluded_listing_ids)
        if profile.safety_zones:
            said["safety_zones"] = self.zones()
        for term in profile.access_needs:
            needs_no_door = self.listing.is_virtual and term == "wheelchair"
            said[f"accessibility:{term}"] = (
                YES if needs_no_door else self.known(Attribute.ACCESSIBILITY, term)
            )
        for term in profile.records:
            in_house = NO if term in {"registry", "arson"} else ASK
            accepted = self.known(Attribute.RECORD_ACCEPTED, term)
            said[f"record_accepted:{term}"] = unless_silent(accepted, in_house if self.is_house else YES)
        if profile.with_children:
            accepted = self.known(Attribute.CHILDREN, "accepted")
            said["children"] = unless_silent(accepted, ASK if self.is_house else YES)
        return said

    def by_kind(self) -> dict[str, Tri]:
        """The constraints that only some kinds have."""
        said, profile = {}, self.profile
        if self.is_house:
            said["room"] = ASK if self.free is None else Tri.of(self.free > 0)
            if profile.budget_cents is not None:
                cost = self.number(Attribute.COST_PER_MONTH)
                said["cost"] = ASK if cost is None else Tri.of(cost <= profile.budget_cents)
        if self.kind is Kind.OUTPATIENT:
            said |= self.outpatient()
        if self.kind is Kind.SUPPORT_GROUP:
            said["audience"] = self.audience()
        if self.kind in {Kind.SOBER_LIVING, Kind.OUTPATIENT}:
            for term in profile.medicines:
                is_provided = self.known(Attribute.MEDICINE_PROVIDED, term) is YES
                accepted = self.known(Attribute.MEDICINE_ACCEPTED, term)
                said[f"medicine_accepted:{term}"] = unless_silent(accepted, YES if is_provided else ASK)
        return said

    def outpatient(self) -> dict[str, Tri]:
        licensed = ASK
        if self.profile.state:
            licensed = unless_silent(self.known(Attribute.LICENSED_STATE, "DC"), NO)
        name = "licensed_state:DC" if self.profile.state else "licensed_state"
        said = {name: licensed if self.listing.is_virtual else YES}
        if self.profile.payers:
            own = any_of(self.known(Attribute.PAYER, payer) for payer in self.profile.payers)
            said["payer"] = YES if self.known(Attribute.PAYER, "free") is YES else own
        return said

    def distance(self) -> Tri:
        if self.listing.is_virtual:
            return YES
        if self.listing.latitude is None:
            return ASK
        return Tri.of(self.meters_from(self.profile.origin) <= self.profile.max_distance_meters)

    def zones(self) -> Tri:
        if self.listing.is_virtual:
            return YES
        margin = MARGINS.get(self.listing.precision, 0.0)
        return Tri.of(
            self.listing.latitude is not None
            and all(self.meters_from(z.center) > z.radius_meters + margin for z in self.profile.safety_zones)
        )

    def sobriety(self) -> Tri:
        asked, sober = self.number(Attribute.MINIMUM_SOBRIETY), self.profile.sober_days
        if asked is None:
            return ASK if self.is_house else YES
        if sober is None:
            return YES if asked == 0 else ASK
        return Tri.of(asked <= sober)

    def gender(self) -> Tri:
        woman, man, other = (self.known(Attribute.GENDER, term) for term in ("woman", "man", "nonbinary"))
        is_mixed = woman is YES and man is YES
        is_unnamed = woman is man is other is ASK
        own = self.known(Attribute.GENDER, self.profile.gender)
        return unless_silent(own, YES if is_mixed or (is_unnamed and not self.is_house) else ASK)

    def age(self) -> Tri:
        youngest, oldest = self.number(Attribute.MINIMUM_AGE), self.number(Attribute.MAXIMUM_AGE)
        age = self.profile.age
        if age is None:
            return YES if youngest is None and oldest is None else ASK
        if (youngest is not None and age < youngest) or (oldest is not None and age > oldest):
            return NO
        return YES if youngest is not None or age >= 18 else ASK

    def population(self) -> Tri:
        only = {t for t in ("veterans", "native") if self.known(Attribute.POPULATION_ONLY, t) is YES}
        return Tri.of(not only or bool(only & self.profile.populations))

    def audience(self) -> Tri:
        is_family = YES in {
            self.known(Attribute.AUDIENCE, "family"),
            self.known(Attribute.FELLOWSHIP, "al_anon"),
        }
        return unless_silent(self.known(Attribute.AUDIENCE, "self"), NO if is_family else YES)

    def language(self) -> Tri:
        spanish = self.known(Attribute.LANGUAGE, "es")
        is_doubtful = self.kind is Kind.SUPPORT_GROUP and spanish is YES
        english = unless_silent(self.known(Attribute.LANGUAGE, "en"), ASK if is_doubtful else YES)
        spoken = {"en": english, "es": spanish}
        return any_of(spoken[language] for language in self.profile.languages or ("en",))


@pytest.mark.parametrize("kind", Kind)
@given(seed=st.integers(0, 1_000_000))
@settings(max_examples=60, deadline=None)
def test_every_verdict_and_every_count_is_the_same(kind, seed):
    chance = random.Random(seed)
    listings = [random_listing(chance, number, kind) for number in range(40)]
    profile = random_profile(chance, kind)
    index, free = Index(), {}
    for listing in listings:
        index.put(listing)
        free[listing.id] = chance.choice([None, 0, 2])
        if free[listing.id] is not None:
            index.put_capacity(Capacity(listing.id, 1, free[listing.id], as_of=NOW))

    expected = {each.id: Reading(each, free[each.id], profile, kind).verdicts() for each in listings}
    fitting = {
        id_: all_of(said.values()) for id_, said in expected.items() if all_of(said.values()) is not Tri.FALSE
    }
    failed = [[name for name, verdict in said.items() if verdict is Tri.FALSE] for said in expected.values()]
    costs = Counter(names[0] for names in failed if len(names) == 1)

    view = View(index, profile, kind, index.rows(kind))
    criteria = criteria_for(profile, kind)
    for criterion in criteria:
        if criterion.is_constraint:
            said = {id_: by_name[criterion.name] for id_, by_name in expected.items()}
            found = dict(zip(said, map(Tri, criterion.tri(view).tolist()), strict=True))
            assert found == said, criterion.name
    judged = judge(view, criteria)
    rows = judged.fitting.rows.tolist()
    assert {index.listing(row).id for row in rows} == set(fitting)
    assert (judged.doubts != 0).tolist() == [fitting[index.listing(row).id] is Tri.UNKNOWN for row in rows]
    assert {blocker.criterion: blocker.count for blocker in judged.blockers} == costs


def test_the_world_of_the_oracle_reaches_from_near_to_far():
    chance = random.Random(1)
    miles = [
        meters_between(HOME.latitude, HOME.longitude, each.latitude, each.longitude) / METERS_PER_MILE
        for each in (random_listing(chance, n, Kind.COMMUNITY) for n in range(200))
        if each.latitude is not None
    ]
    assert min(miles) < 5
    assert max(miles) > 25
