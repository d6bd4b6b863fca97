"""Words, ages, columns and exit codes: what a person or a script reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from aftercare.identity.v1 import identity_pb2
from aftercare.referral.v1 import referral_pb2
from aftercare.type.v1 import match_set_pb2 as pb
from aftercare_cli.shown.columns import row_of
from aftercare_cli.shown.complaint import exit_code_of, lines_of
from aftercare_cli.shown.matches import distance_of, lines_of_kind, places_of
from aftercare_cli.shown.moments import age
from aftercare_cli.shown.result import show_many, show_one
from aftercare_cli.shown.screen import results
from aftercare_cli.shown.shape import Shape
from aftercare_cli.shown.words import number_of, word_of
from aftercare_platform.kernel import errors

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def stamp(moment):
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp


@pytest.mark.parametrize("enum", [referral_pb2.OfferState, referral_pb2.DeclineReason, identity_pb2.Role])
def test_every_word_leads_back_to_its_value(enum):
    for number in enum.values():
        word = word_of(enum.DESCRIPTOR, number)
        assert (number == 0) == (word == "")
        assert not word or number_of(enum.DESCRIPTOR, word, field="x") == number


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(0), "now"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=9), "9 days"),
        (timedelta(days=-1), "now"),
    ],
)
def test_ages_are_told_in_their_largest_unit(before, words):
    assert age(stamp(NOW - before), at=NOW) == words


CAPACITIES = [
    ({}, "places not known"),
    ({"available": 2}, "2 free, 1 day old"),
    ({"available": 0, "maximum": 8}, "0 of 8 free, 1 day old"),
    ({"maximum": 8}, "places not known"),
    ({"available": 2, "expire_time": stamp(NOW)}, "places not known (count is 1 day old)"),
    ({"available": 2, "expire_time": stamp(NOW + timedelta(hours=1))}, "2 free, 1 day old"),
]


@pytest.mark.parametrize(("fields", "words"), CAPACITIES)
def test_places_are_free_only_where_a_count_that_holds_says_so(fields, words):
    option = pb.Option()
    if fields:
        option.capacity.MergeFrom(type(option.capacity)(as_of_time=stamp(NOW - timedelta(days=1)), **fields))
    assert places_of(option, at=NOW) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"distance_meters": 3862.4}, "2.4 mi"),
        ({"distance_meters": 3862.4, "is_distance_approximate": True}, "about 2 mi"),
        ({"distance_meters": 0.0}, "under 1 mi"),
        ({"distance_meters": 600.0, "is_distance_approximate": True}, "under 1 mi"),
        ({"distance_meters": 1400.0, "is_distance_approximate": True}, "about 1 mi"),
    ],
)
def test_a_distance_is_about_where_its_place_is(fields, words):
    assert distance_of(pb.Option(**fields)) == words


def test_an_option_shows_reasons_then_questions_then_what_a_limit_costs():
    met = pb.Finding(criterion="distance", outcome=pb.OUTCOME_MET, sentence="2 miles")
    unknown = pb.Finding(criterion="wait", outcome=pb.OUTCOME_UNKNOWN, sentence="?", question="How long?")
    option = pb.Option(rank=1, name="Harbor House", findings=[unknown, met], score=71.4, score_high=80)
    kind = pb.KindMatches(
        kind=2, options=[option], fitting_count=1, considered_count=9,
        blockers=[pb.Blocker(criterion="budget", count=3)],
    )  # fmt: skip
    lines = [line.plain.strip() for line in lines_of_kind(kind, at=NOW, most=5)]
    assert lines[1] == "Sober living   1 shown of 1 that fit, 9 looked at"
    assert lines[2].startswith("1  Harbor House")
    assert lines[3:] == ["✓ 2 miles", "? How long?", "One limit alone: 3 more without the budget limit"]


def test_ids_stand_below_an_option_where_the_next_command_asks_for_them():
    kind = pb.KindMatches(kind=2, options=[pb.Option(rank=1, listing_id="l-1", organization_id="o-1")])
    lines = [line.plain.strip() for line in lines_of_kind(kind, at=NOW, most=5, with_ids=True)]
    assert lines[-1] == "listing l-1 · organization o-1"


def test_a_row_has_words_for_enums_lists_truths_and_absence():
    member = identity_pb2.Member(id="m", name="Pat", roles=[1, 2], is_active=True)
    assert row_of(member) == {
        "id": "m", "name": "Pat", "email": "", "roles": "planner, case-manager", "is_active": "yes",
    }  # fmt: skip


EXIT_CODES = [
    (errors.invalid("zip", "is unknown"), 2, ["zip: is unknown"]),
    (errors.invalid("profile.criteria.zip", "is unknown"), 2, ["zip: is unknown"]),
    (errors.Unauthenticated(), 3, ["Sign in first: the call carries no valid token."]),
    (errors.Denied(), 3, ["You may not do this."]),
    (errors.NotFound(), 4, ["There is nothing here with that id."]),
    (errors.AlreadyExists(what="member"), 5, ["A member like this exists already."]),
    (errors.Conflict(), 5, ["The move does not fit the state that things are in."]),
    (errors.Stale(what="plan"), 5, None),
    (errors.Unavailable(what="matching"), 6, ["matching cannot be reached right now: try again."]),
    (errors.Exhausted(), 6, None),
    (errors.AftercareError(), 1, None),
]


@pytest.mark.parametrize(("error", "code", "lines"), EXIT_CODES)
def test_every_failure_has_its_words_and_its_exit_code(error, code, lines):
    assert exit_code_of(error) == code
    assert lines is None or lines_of(error) == lines


@pytest.mark.parametrize(
    "name", ["Haven [/nope]", "[link=https://example.org]Haven[/link]", "Haven :warning:"]
)
def test_a_name_is_printed_as_it_is_and_styles_nothing(name, capsys):
    results.cache_clear()
    show_many([identity_pb2.Member(name=name)], Shape.TABLE)
    show_one(identity_pb2.Member(name=name), Shape.TABLE)
    results.cache_clear()
    assert capsys.readouterr().out.count(name) == 2
