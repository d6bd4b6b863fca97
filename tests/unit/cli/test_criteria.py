"""What is said on the command line, and the criteria that it becomes."""

from __future__ import annotations

import pytest
from google.protobuf.json_format import MessageToDict

from aftercare_cli.criteria.reading import criteria_of, profile_of
from aftercare_cli.criteria.times import weekly_times
from aftercare_cli.criteria.words import CriteriaWords
from aftercare_platform.kernel.errors import InvalidArgument


def criteria(**words):
    said = {"need": ["sober-living"], "zip": "20011"} | words
    return MessageToDict(criteria_of(CriteriaWords(**said)), preserving_proto_field_name=True)


PLAIN = {"needs": [{"kind": "KIND_SOBER_LIVING"}], "zip": "20011"}


@pytest.mark.parametrize(
    ("words", "becomes"),
    [
        ({}, {}),
        ({"need": ["Sober Living:3"]}, {"needs": [{"kind": "KIND_SOBER_LIVING", "option_count": 3}]}),
        ({"miles": 10}, {"max_distance_meters": 16093.44}),
        ({"language": ["Spanish", "am"]}, {"languages": ["es", "am"]}),
        ({"insurance": ["Self-pay"]}, {"payers": ["self_pay"]}),
        ({"medicine": ["buprenorphine"]}, {"medicines": ["buprenorphine"]}),
        ({"budget": 812.5}, {"budget_cents_per_month": "81250"}),
        ({"access": ["sign language"]}, {"access_needs": ["sign_language"]}),
        ({"children": True}, {"with_children": True}),
        ({"sober_days": 0}, {"sober_days": 0}),
        (
            {"wish": ["philosophy=twelve-step@support-group,sober-living"]},
            {
                "wishes": [
                    {
                        "attribute": "ATTRIBUTE_PHILOSOPHY",
                        "term": "twelve_step",
                        "kinds": ["KIND_SUPPORT_GROUP", "KIND_SOBER_LIVING"],
                    }
                ]
            },
        ),
        (
            {"avoid": ["38.9,-77,0.5"]},
            {"safety_zones": [{"center": {"latitude": 38.9, "longitude": -77.0}, "radius_meters": 804.672}]},
        ),
    ],
)
def test_what_is_said_becomes_criteria(words, becomes):
    assert criteria(**words) == PLAIN | becomes


def test_a_point_stands_in_for_a_zip():
    assert criteria(zip="", point="38.9,-77")["point"] == {"latitude": 38.9, "longitude": -77.0}


@pytest.mark.parametrize(
    ("words", "field", "hint"),
    [
        ({"need": ["suport-group"]}, "--need", "did you mean support-group?"),
        ({"need": ["sober-living:many"]}, "--need", "how many options"),
        ({"zip": ""}, "--zip", "--point"),
        ({"medicine": ["methodone"]}, "--medicine", "did you mean methadone?"),
        ({"insurance": ["xyzzy"]}, "--insurance", "is not one of: free, medicaid"),
        ({"wish": ["philosphy=secular"]}, "--wish", "did you mean philosophy?"),
        ({"wish": ["secular"]}, "--wish", "attribute=term"),
        ({"point": "38.9"}, "--point", "2 numbers"),
        ({"avoid": ["38.9,-77"]}, "--avoid", "3 numbers"),
        ({"budget": float("nan")}, "--budget", "between 0 and 100000"),
    ],
)
def test_what_is_not_understood_is_answered_with_the_right_words(words, field, hint):
    with pytest.raises(InvalidArgument) as refused:
        criteria(**words)
    [violation] = refused.value.violations
    assert violation.field == field
    assert hint in violation.description


def test_a_far_word_gets_no_suggestion():
    with pytest.raises(InvalidArgument) as refused:
        criteria(insurance=["xyzzy"])
    assert "did you mean" not in refused.value.sentence


def test_a_preview_says_nothing_about_anybody():
    profile = profile_of(CriteriaWords(need=["outpatient"], zip="20011"), age=34, gender="Woman")
    assert (profile.age_years, profile.gender, profile.tie_key) == (34, 1, "preview")


TIMES = """
    mon 9-10                   | 1 09:00-10:00
    mon-wed 17:00-21:00        | 1 17:00-21:00, 2 17:00-21:00, 3 17:00-21:00
    fri-mon 8-9                | 5 08:00-09:00, 6 08:00-09:00, 7 08:00-09:00, 1 08:00-09:00
    Saturday                   | 6 00:00-24:00
    tue, thu 18:30-20; sun     | 2 18:30-20:00, 4 18:30-20:00, 7 00:00-24:00
"""


@pytest.mark.parametrize("line", TIMES.strip().splitlines())
def test_free_times_are_read_as_people_write_them(line):
    text, wanted = (part.strip() for part in line.split("|"))
    times = weekly_times(text, field="--free")
    assert ", ".join(f"{time.weekday} {time.opens}-{time.closes}" for time in times) == wanted


@pytest.mark.parametrize(
    "text", ["", "noon", "mon-tue-wed 9-10", "mon 25-26", "mon 9", "mon 9-10-11", "9-10"]
)
def test_other_times_are_refused(text):
    with pytest.raises(InvalidArgument):
        weekly_times(text, field="--free")
