"""What rules a place out, what must be asked, what silence means."""

from dataclasses import replace

import pytest

from aftercare_matching.domain.matching import find
from aftercare_matching.domain.profile import Gender, Point, SafetyZone
from unit.matching.world import HOME, index_of, judged, listing_of, match, north, person

HOUSE = "gender:woman, minimum_sobriety=0"


def houses(*rows: str) -> str:
    """Women's houses with a bed free that ask for nothing; a row adds facts: "name: facts"."""
    lines = ["listing | kind | miles | facts | free"]
    for row in rows:
        name, _, facts = row.partition(":")
        lines.append(f"{name} | sober_living | 1 | {', '.join(filter(None, [HOUSE, facts.strip()]))} | 1")
    return "\n".join(lines)


def test_what_is_not_active_or_of_another_kind_is_not_even_considered():
    world = """
        listing | kind          | status   | facts                            | free
        open    | sober_living  | active   | gender:woman, minimum_sobriety=0 | 1
        shut    | sober_living  | inactive | gender:woman, minimum_sobriety=0 | 1
        group   | support_group | active   |                                  | """
    assert judged(world) == "open"
    assert match(world).considered_count == 1


def test_distance():
    world = """
        listing | miles  | facts                            | free
        near    | 24     | gender:woman, minimum_sobriety=0 | 1
        far     | 26     | gender:woman, minimum_sobriety=0 | 1
        about   | ~3     | gender:woman, minimum_sobriety=0 | 1
        hidden  | ?      | gender:woman, minimum_sobriety=0 | 1
        web     | online | gender:woman, minimum_sobriety=0 | 1"""
    assert judged(world) == "about hidden? near web"
    assert judged(world, max_distance_meters=2000.0) == "hidden? web"


@pytest.mark.parametrize("home", [Point(89.5, 10.0), Point(13.4, 179.9), Point(0.0, 0.0)])
def test_a_neighbor_is_found_also_at_the_pole_and_at_the_date_line(home):
    index = index_of("listing | kind")
    east = -179.95 if home.longitude > 179 else home.longitude + 0.1
    neighbor = replace(
        listing_of({"listing": "neighbor", "kind": "community"}), latitude=home.latitude, longitude=east
    )
    index.put(neighbor)
    (found,) = find(index, replace(person(kind="community"), origin=home)).kinds
    assert [option.listing_id for option in found.options] == ["neighbor"]


GENDERS = """
    listing | kind         | facts                                              | free
    women   | sober_living | minimum_sobriety=0, gender:woman, !gender:man      | 1
    men     | sober_living | minimum_sobriety=0, gender:man, !gender:woman      | 1
    both    | sober_living | minimum_sobriety=0, gender:man, gender:woman       | 1
    silent  | sober_living | minimum_sobriety=0                                 | 1
    w       | outpatient   | gender:woman                                       |
    mute    | outpatient   |                                                    | """


@pytest.mark.parametrize(
    ("gender", "in_houses", "in_clinics"),
    [
        (Gender.WOMAN, "both silent? women", "mute w"),
        (Gender.MAN, "both men silent?", "mute w?"),
        (Gender.NONBINARY, "both men? silent? women?", "mute w?"),
        (Gender.UNSPECIFIED, "both men? silent? women?", "mute w?"),
    ],
)
def test_gender(gender, in_houses, in_clinics):
    assert judged(GENDERS, gender=gender) == in_houses
    assert judged(GENDERS, gender=gender, kind="outpatient") == in_clinics


@pytest.mark.parametrize(
    ("age", "fitting"),
    [
        (30, "any fifty_less grown"),
        (17, "any? fifty_less?"),
        (60, "any grown"),
        (None, "any fifty_less? grown?"),
    ],
)
def test_age(age, fitting):
    world = houses("any:", "grown: minimum_age=18", "fifty_less: maximum_age=50")
    assert judged(world, age=age) == fitting


def test_a_family_group_is_never_the_clients_own():
    world = """
        listing | kind          | facts
        own     | support_group | audience:self
        plain   | support_group | fellowship:aa
        family  | support_group | audience:family
        alanon  | support_group | fellowship:al_anon
        both    | support_group | audience:family, audience:self
        never   | support_group | !audience:self"""
    assert judged(world, kind="support_group") == "both own plain"


@pytest.mark.parametrize(
    ("languages", "fitting"),
    [
        ((), "english quiet spanish?"),
        (("en",), "english quiet spanish?"),
        (("es",), "english? quiet? spanish"),
        (("es", "en"), "english quiet spanish"),
    ],
)
def test_language(languages, fitting):
    world = """
        listing | kind          | facts
        quiet   | support_group |
        english | support_group | language:en
        spanish | support_group | language:es
        french  | support_group | !language:en, !language:es, language:fr"""
    assert judged(world, kind="support_group", languages=languages) == fitting


def test_a_clinic_that_speaks_spanish_is_taken_to_speak_english():
    world = """
        listing | kind       | facts
        clinic  | outpatient | language:es
        signs   | outpatient | language:ase"""
    assert judged(world, kind="outpatient") == "clinic signs"


def test_payer_matters_for_treatment_only():
    world = """
        listing | kind       | facts
        takes   | outpatient | payer:medicaid
        refuses | outpatient | !payer:medicaid
        other   | outpatient | payer:private
        free    | outpatient | payer:free
        house   | community  | !payer:medicaid"""
    assert judged(world, kind="outpatient", payers=("medicaid",)) == "free other? takes"
    assert judged(world, kind="outpatient", payers=("medicaid", "private")) == "free other refuses? takes"
    assert judged(world, kind="community", payers=("medicaid",)) == "house"


@pytest.mark.parametrize("kind", ["sober_living", "outpatient"])
def test_each_medicine_by_itself(kind):
    world = houses(
        "both: medicine_accepted:buprenorphine, medicine_accepted:methadone",
        "gives: medicine_provided:buprenorphine, medicine_accepted:methadone",
        "refuses: medicine_accepted:buprenorphine, !medicine_accepted:methadone",
        "half: medicine_accepted:buprenorphine",
        "silent:",
    ).replace("sober_living", kind)
    assert judged(world, kind=kind, medicines=("buprenorphine",)) == "both gives half refuses silent?"
    assert judged(world, kind=kind, medicines=("buprenorphine", "methadone")) == "both gives half? silent?"


def test_medicine_is_nothing_to_a_meeting():
    world = """
        listing | kind          | facts
        group   | support_group | """
    assert judged(world, kind="support_group", medicines=("methadone",)) == "group"


def test_budget():
    world = houses(
        "cheap: cost_per_month=60000", "exact: cost_per_month=80000", "dear: cost_per_month=80001", "x:"
    )
    assert judged(world, budget_cents=80000) == "cheap exact x?"
    assert judged(world) == "cheap dear exact x"


def test_children_are_asked_about_in_houses_and_elsewhere_only_refused():
    world = houses("yes: children:accepted", "no: !children:accepted", "silent:")
    assert judged(world, with_children=True) == "silent? yes"
    clinics = world.replace("sober_living", "outpatient")
    assert judged(clinics, kind="outpatient", with_children=True) == "silent yes"


def test_access_needs():
    world = """
        listing | kind       | miles  | facts
        ramp    | outpatient | 1      | accessibility:wheelchair, accessibility:sign_language
        stairs  | outpatient | 1      | !accessibility:wheelchair, accessibility:sign_language
        silent  | outpatient | 1      |
        web     | outpatient | online | licensed_state:DC"""
    assert judged(world, kind="outpatient", access_needs=("wheelchair",)) == "ramp silent? web"
    assert (
        judged(world, kind="outpatient", access_needs=("wheelchair", "sign_language")) == "ramp silent? web?"
    )


def test_registry_and_arson_must_be_known_to_be_taken_a_felony_is_asked_about():
    world = houses(
        "all: record_accepted:felony, record_accepted:registry, record_accepted:arson",
        "felony: record_accepted:felony",
        "none: !record_accepted:felony",
        "silent:",
    )
    assert judged(world, records=("felony",)) == "all felony silent?"
    assert judged(world, records=("registry",)) == "all"
    assert judged(world, records=("arson",)) == "all"
    groups = """
        listing | kind          | facts
        gentle  | support_group |
        strict  | support_group | !record_accepted:registry"""
    assert judged(groups, kind="support_group", records=("registry",)) == "gentle"


def test_places_that_serve_one_group_alone():
    world = houses(
        "vets: population_only:veterans", "two: population_only:veterans, population_only:native", "all:"
    )
    assert judged(world) == "all"
    assert judged(world, populations=frozenset({"veterans"})) == "all two vets"
    assert judged(world, populations=frozenset({"native"})) == "all two"


@pytest.mark.parametrize(
    ("days", "fitting"),
    [(40, "month none silent?"), (3, "none silent?"), (None, "month? none silent? year?")],
)
def test_minimum_sobriety(days, fitting):
    world = """
        listing | facts                              | free
        none    | gender:woman, minimum_sobriety=0   | 1
        month   | gender:woman, minimum_sobriety=30  | 1
        year    | gender:woman, minimum_sobriety=365 | 1
        silent  | gender:woman                       | 1"""
    assert judged(world, sober_days=days) == fitting


def test_who_takes_nobody_new_is_out():
    assert judged(houses("yes: accepting", "no: !accepting", "silent:")) == "silent yes"


def test_a_full_house_is_out_and_an_old_number_is_no_number():
    world = """
        listing | facts                            | free
        one     | gender:woman, minimum_sobriety=0 | 1
        full    | gender:woman, minimum_sobriety=0 | 0
        old     | gender:woman, minimum_sobriety=0 | 3 old
        was     | gender:woman, minimum_sobriety=0 | 0 old
        silent  | gender:woman, minimum_sobriety=0 | """
    assert judged(world) == "old? one silent? was?"
    clinics = world.replace("| facts", "| kind | facts").replace("| gender", "| outpatient | gender")
    assert judged(clinics, kind="outpatient") == "full old one silent was"


def test_excluded_listings_never_come_up():
    assert judged(houses("a:", "b:"), excluded_listing_ids=frozenset({"b", "unheard-of"})) == "a"


def test_no_place_in_a_safety_zone_nor_one_that_could_be():
    world = """
        listing | miles  | facts                            | free
        inside  | 5      | gender:woman, minimum_sobriety=0 | 1
        outside | 10     | gender:woman, minimum_sobriety=0 | 1
        perhaps | ~7     | gender:woman, minimum_sobriety=0 | 1
        surely  | ~12    | gender:woman, minimum_sobriety=0 | 1
        hidden  | ?      | gender:woman, minimum_sobriety=0 | 1
        web     | online | gender:woman, minimum_sobriety=0 | 1"""
    zone = SafetyZone(Point(north(5), HOME.longitude), 1600.0)
    assert judged(world, safety_zones=(zone,)) == "outside surely web"


def test_care_by_video_needs_a_license_that_is_known():
    world = """
        listing | kind       | miles  | facts
        dc      | outpatient | online | licensed_state:DC
        md      | outpatient | online | licensed_state:MD
        room    | outpatient | 2      | """
    assert judged(world, kind="outpatient", state="DC") == "dc room"
    assert judged(world, kind="outpatient", state="") == "dc? md? room"


def test_each_blocker_counts_what_would_fit_without_it_alone():
    world = houses(
        "a: !medicine_accepted:methadone",
        "b: !medicine_accepted:methadone",
        "c: medicine_accepted:methadone, cost_per_month=99000",
        "d: !medicine_accepted:methadone, cost_per_month=99000",
        "e: medicine_accepted:methadone, cost_per_month=50000",
    )
    found = match(world, medicines=("methadone",), budget_cents=70000)
    assert [(b.criterion, b.count) for b in found.blockers] == [
        ("medicine_accepted:methadone", 2),
        ("cost", 1),
    ]
    assert (found.considered_count, found.fitting_count) == (5, 1)
