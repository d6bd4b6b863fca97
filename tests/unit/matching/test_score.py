"""Points of 100, the band that unknowns leave, and utilities."""

import pytest

from aftercare_matching.domain.criterion import Area
from aftercare_matching.domain.listing import WeeklyTime
from aftercare_matching.domain.profile import Wish
from aftercare_matching.domain.weights import PRIORS, WEIGHTS
from aftercare_platform.kernel.vocabulary import Attribute, Kind
from unit.matching.world import match, session

CBT = Wish(Attribute.CARE, "cbt")
TUESDAY_EVENING = (session("tue 18:00-22:00"),)


def points(found, listing, criterion):
    option = next(option for option in found.options if option.listing_id == listing)
    return next((f.points, f.points_possible) for f in option.findings if f.criterion == criterion)


def share(found, listing, criterion):
    given, possible = points(found, listing, criterion)
    return round(given / possible, 2)


@pytest.mark.parametrize("kind", Kind)
def test_the_weights_of_a_kind_add_up_to_100(kind):
    assert sum(WEIGHTS[kind].values()) == 100
    assert set(WEIGHTS[kind]) == set(PRIORS) == set(Area)


CLINICS = """
    listing | kind       | miles | facts
    sure    | outpatient | 1     | care:cbt, payer:medicaid, credential:carf, wait=0
    silent  | outpatient | 1     |
    without | outpatient | 1     | !care:cbt, payer:medicaid, !credential:carf, wait=30"""


def test_the_points_of_the_findings_are_the_score():
    for option in match(CLINICS, kind="outpatient", wishes=(CBT,), payers=("medicaid",)).options:
        assert sum(finding.points for finding in option.findings) == pytest.approx(option.score)
        assert sum(finding.points_possible for finding in option.findings) == pytest.approx(100)


def test_what_the_client_does_not_need_drops_out_and_the_rest_is_still_100():
    few, many = (match(CLINICS, kind="outpatient", wishes=wishes) for wishes in ((), (CBT,)))
    assert points(few, "sure", "distance")[1] > points(many, "sure", "distance")[1]


def test_unknowns_open_a_band_and_lower_the_coverage():
    found = {o.listing_id: o for o in match(CLINICS, kind="outpatient", wishes=(CBT,)).options}
    assert (
        found["sure"].score_low
        == pytest.approx(found["sure"].score)
        == pytest.approx(found["sure"].score_high)
    )
    assert found["sure"].coverage == pytest.approx(1)
    assert found["silent"].score_low < found["silent"].score < found["silent"].score_high
    assert found["silent"].coverage < 0.6


def test_silence_is_worth_less_than_yes_and_more_than_no():
    scores = {o.listing_id: o.score for o in match(CLINICS, kind="outpatient", wishes=(CBT,)).options}
    assert scores["sure"] > scores["silent"] > scores["without"]


def test_the_way_costs_nothing_at_first_then_halves():
    world = """
        listing | kind      | miles
        three   | community | 3
        eight   | community | 8
        twelve  | community | 12.82
        web     | community | online
        hidden  | community | ?"""
    found = match(world, kind="community")
    shares = {name: share(found, name, "distance") for name in ("three", "eight", "twelve", "web", "hidden")}
    assert shares == {"three": 1.0, "eight": 0.5, "twelve": 0.25, "web": 0.75, "hidden": 0.4}


def test_a_way_to_daily_methadone_weighs_more():
    world = """
        listing | kind       | miles
        clinic  | outpatient | 8"""
    daily = share(match(world, kind="outpatient", medicines=("methadone",)), "clinic", "distance")
    monthly = share(match(world, kind="outpatient", medicines=("naltrexone",)), "clinic", "distance")
    assert daily < monthly


def test_price_beside_the_budget():
    world = """
        listing | facts                 | free
        cheap   | cost_per_month=69999  | 1
        middle  | cost_per_month=85000  | 1
        all     | cost_per_month=100000 | 1"""
    found = match(world, budget_cents=100000)
    assert [share(found, name, "cost") for name in ("cheap", "middle", "all")] == [1.0, 0.5, 0.0]


def test_room_and_wait():
    world = """
        listing | kind       | facts   | free
        free    | outpatient |         | 2
        now     | outpatient | wait=0  |
        week    | outpatient | wait=7  |
        queue   | outpatient | wait=14 | 0
        full    | outpatient |         | 0
        silent  | outpatient |         | """
    found = match(world, kind="outpatient")
    shares = [share(found, name, "room") for name in ("free", "now", "week", "queue", "full", "silent")]
    assert shares == [1.0, 1.0, 0.5, 0.25, 0.0, 0.3]


@pytest.mark.parametrize(
    ("kind", "meets", "fits"),
    [
        ("support_group", "tue 19:00-20:00", 1.0),
        ("support_group", "tue 21:00", 1.0),
        ("support_group", "tue 21:30", 0.0),
        ("support_group", "tue 21:30-22:30", 0.0),
        ("support_group", "wed 19:00-20:00", 0.0),
        ("support_group", "mon 19:00-20:00, tue 19:00-20:00", 1.0),
        ("support_group", "", 0.4),
        ("outpatient", "tue 09:00-19:00", 1.0),
        ("outpatient", "tue 09:00-18:30", 0.0),
    ],
)
def test_meetings_must_lie_inside_free_time_opening_hours_share_an_hour(kind, meets, fits):
    world = f"listing | kind | meets\n x | {kind} | {meets}"
    assert share(match(world, kind=kind, free_times=TUESDAY_EVENING), "x", "schedule") == fits


def test_free_stretches_that_touch_are_one():
    world = "listing | kind | meets\n x | support_group | tue 19:00-20:30"
    halves = (session("tue 18:00-19:30"), session("tue 19:30-22:00"), WeeklyTime(0, 60))
    assert share(match(world, kind="support_group", free_times=halves), "x", "schedule") == 1.0


def test_the_first_language_is_the_best():
    world = """
        listing | kind       | facts
        spanish | outpatient | language:es
        english | outpatient | !language:es
        silent  | outpatient | """
    found = match(world, kind="outpatient", languages=("es", "en"))
    assert [share(found, name, "language") for name in ("spanish", "english", "silent")] == [1.0, 0.5, 0.5]


def test_a_wish_for_a_kind_bears_on_it_alone_and_a_fellowship_on_groups_alone():
    world = "listing | kind | facts\n x | outpatient | fellowship:aa"
    wishes = (
        Wish(Attribute.FELLOWSHIP, "aa"),
        Wish(Attribute.CARE, "cbt", frozenset({Kind.COMMUNITY})),
        Wish(Attribute.CARE, "dbt", frozenset({Kind.OUTPATIENT})),
    )
    (option,) = match(world, kind="outpatient", wishes=wishes).options
    assert [f.criterion for f in option.findings if f.criterion.startswith("wish")] == ["wish:care:dbt"]


def test_thirty_wishes_still_fit_into_a_set():
    terms = (
        "cbt dbt emdr motivational contingency psychiatry peer_support medication telehealth tobacco".split()
    )
    wishes = tuple(Wish(Attribute.CARE, term) for term in terms)
    world = "listing | kind | facts\n x | outpatient | "
    (option,) = match(world, kind="outpatient", wishes=wishes * 3).options
    assert len(option.findings) <= 60
