"""What a planner reads."""

from datetime import timedelta

import pytest

from aftercare_matching.domain import words
from aftercare_matching.domain.match_set import Outcome
from aftercare_matching.domain.profile import Wish
from aftercare_platform.kernel.vocabulary import TERMS, Attribute
from unit.matching.world import NOW, SAID, match, said, session

HOUSE = """
listing|miles|free |facts
alder  |2.4  |1    |gender:woman, cost_per_month=54000, minimum_sobriety=0, medicine_accepted:buprenorphine
birch  |~3   |2 old|gender:woman, cost_per_month=65050, minimum_sobriety=14
cedar  |?    |     |gender:woman, gender:man"""
ASKS = {"medicines": ("buprenorphine",), "budget_cents": 80000}


@pytest.mark.parametrize(
    ("listing", "criterion", "sentence"),
    [
        ("alder", "distance", "2.4 miles"),
        ("birch", "distance", "about 3 miles (ZIP code)"),
        ("cedar", "distance", "position not known"),
        ("alder", "room", "1 bed free, reported 2 hours ago"),
        ("birch", "room", "2 beds free, reported 2 hours ago: too old to rely on"),
        ("cedar", "room", "free beds not reported"),
        ("alder", "medicine_accepted:buprenorphine", "accepts buprenorphine"),
        ("birch", "medicine_accepted:buprenorphine", "accepts buprenorphine: not known"),
        ("alder", "cost", "$540 a month, of a budget of $800"),
        ("birch", "cost", "$650.50 a month, of a budget of $800"),
        ("alder", "minimum_sobriety", "asks for no days sober"),
        ("birch", "minimum_sobriety", "asks for 14 days sober"),
        ("cedar", "gender", "takes men and women"),
        ("alder", "freshness", "last stated 3 days ago"),
    ],
)
def test_sentences(listing, criterion, sentence):
    assert said(HOUSE, listing, criterion, **ASKS) == sentence


def test_a_home_known_by_zip_code_makes_every_distance_about():
    assert said(HOUSE, "alder", "distance", is_origin_approximate=True) == "about 2 miles (ZIP code)"
    assert match(HOUSE, is_origin_approximate=True).options[0].is_distance_approximate


def test_every_known_fact_names_its_source_and_age_and_every_doubt_its_question():
    for option in match(HOUSE, **ASKS).options:
        for finding in option.findings:
            if finding.outcome is Outcome.UNKNOWN:
                assert finding.question.endswith("?") or finding.criterion == "vacancy_freshness", finding
            elif finding.criterion not in {"distance", "freshness"}:
                assert finding.source, finding
                assert finding.as_of is not None


def test_a_doubtful_medicine_is_asked_about_in_words_to_read_out():
    birch = next(o for o in match(HOUSE, **ASKS).options if o.listing_id == "birch")
    asked = {f.criterion: f.question for f in birch.findings if f.question}
    assert asked["medicine_accepted:buprenorphine"] == "Do you take people on buprenorphine?"


def test_a_meeting_says_when():
    world = "listing | kind | meets\n x | support_group | tue 19:00-20:15"
    free = (session("tue 18:00-22:00"),)
    assert (
        said(world, "x", "schedule", kind="support_group", free_times=free)
        == "Tuesday 7:00 pm to 8:15 pm fits"
    )


def test_an_online_listing_has_no_distance():
    (option,) = match("listing | kind | miles\n x | community | online", kind="community").options
    assert (option.city, option.meters, option.findings[0].sentence) == ("online", None, "online")


def test_a_wish_that_is_known_not_to_come_true_is_unmet():
    world = "listing | kind | facts\n x | outpatient | !care:cbt"
    (option,) = match(world, kind="outpatient", wishes=(Wish(Attribute.CARE, "cbt"),)).options
    (finding,) = [f for f in option.findings if f.criterion == "wish:care:cbt"]
    assert (finding.outcome, finding.points, finding.sentence) == (Outcome.UNMET, 0.0, "does not offer CBT")
    assert (finding.source, finding.as_of) == ("survey", SAID)


def test_what_is_silent_and_harmless_is_not_told():
    (option,) = match("listing | kind\n x | support_group", kind="support_group").options
    assert [finding.criterion for finding in option.findings] == ["distance", "freshness"]


@pytest.mark.parametrize("attribute", TERMS)
def test_every_term_can_be_said_and_asked(attribute):
    for term in TERMS[attribute]:
        sentences = (
            words.holds(attribute, term),
            words.holds_not(attribute, term),
            words.question(attribute, term),
        )
        assert all(sentence and "_" not in sentence and "{" not in sentence for sentence in sentences)
        assert sentences[2].endswith("?")
        assert len(set(sentences)) == 3


@pytest.mark.parametrize(
    ("age", "sentence"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=64), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_ages(age, sentence):
    assert words.ago(NOW - age, NOW) == sentence
