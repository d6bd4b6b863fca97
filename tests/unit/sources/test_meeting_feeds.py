"""Meeting Guide and BMLT: the same evening told in two ways."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from aftercare_directory.domain.record import LocationType, Precision, Status


@pytest.fixture
def meetings(read):
    return read("meeting_guide", "meeting_guide.json")


@pytest.fixture
def na(read):
    return read("bmlt", "bmlt.json")


def sessions(record):
    return [(s.weekday, s.opens, s.closes, s.timezone) for s in record.sessions]


def test_meeting_guide_rows_are_accounted_for(meetings):
    assert meetings.counts() == {"records": 10, "merged": 1, "quarantined": 9, "rejected": 3}
    assert meetings.refusals() == [
        (17, "name", "rejected"),
        (18, "name", "rejected"),
        (19, "position", "quarantined"),
        (20, "position", "quarantined"),
        (21, "position", "quarantined"),
        (22, "position", "quarantined"),
        (23, "position", "quarantined"),
        (24, "position", "quarantined"),
        (25, "day", "quarantined"),
        (26, "time", "quarantined"),
        (27, "key", "quarantined"),
        (28, "row", "rejected"),
    ]
    [merged] = meetings.merged
    assert (merged.row.line, merged.into) == (15, "morning-light")


EASTERN = "America/New_York"
AA = "fellowship aa|audience self|philosophy twelve_step"
FAMILY = "fellowship al_anon|audience family|not audience self|philosophy twelve_step"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("morning-light", [(6, time(18), time(19, 30), EASTERN)]),
        ("three-evenings", [(day, time(19), None, EASTERN) for day in (0, 2, 4)]),
        ("by-word", [(6, time(7, 15), None, EASTERN)]),
        ("screen-only", [(1, time(20), None, EASTERN)]),
        ("whenever", []),
    ],
)
def test_meeting_guide_days_count_from_sunday_or_are_words_or_lists(meetings, key, expected):
    assert sessions(meetings.records[key]) == expected


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        (
            "morning-light",
            f"{AA}|modality in_person|format open|gender woman|not gender man|accessibility wheelchair",
        ),
        (
            "three-evenings",
            f"{AA}|modality in_person|format closed|language es",
        ),
        ("screen-only", f"{AA}|modality online"),
        (
            "family",
            f"{FAMILY}|modality in_person|format closed",
        ),
        ("beside", f"{AA}|modality in_person|format open"),
        ("smart", "fellowship smart|audience self|philosophy secular|modality in_person"),
        ("shut", f"{AA}|not modality in_person"),
    ],
)
def test_meeting_guide_codes_become_facts_and_silence_becomes_none(meetings, key, facts):
    assert meetings.facts(key) == set(facts.split("|"))


def test_unregistered_meeting_types_are_noted_by_row(meetings):
    assert meetings.notes == {("types", "ZZ")}


def test_texts_are_inert_and_dates_are_utc(meetings):
    record = meetings.records["morning-light"]
    assert record.location.name == "St. Ann's Hall"
    assert record.service.description == "Ring twice & wait"
    assert record.as_of == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "location_type", "precision", "status"),
    [
        ("morning-light", LocationType.PHYSICAL, Precision.EXACT, Status.ACTIVE),
        ("three-evenings", LocationType.PHYSICAL, Precision.ZIP, Status.ACTIVE),
        ("screen-only", LocationType.VIRTUAL, Precision.UNKNOWN, Status.ACTIVE),
        ("shut", LocationType.PHYSICAL, Precision.ZIP, Status.INACTIVE),
    ],
)
def test_where_a_meeting_is(meetings, key, location_type, precision, status):
    record = meetings.records[key]
    assert (record.location.location_type, record.location.precision, record.status) == (
        location_type,
        precision,
        status,
    )
    assert (record.location.latitude is None) == (precision is Precision.UNKNOWN)


def test_an_address_on_one_line_is_taken_apart(meetings):
    location = meetings.records["one-line"].location
    assert (location.address_1, location.city, location.state, location.postal_code, location.precision) == (
        "40 Birch Rd",
        "Takoma Park",
        "MD",
        "20912",
        Precision.ZIP,
    )


def test_another_fellowship_can_be_stated_for_a_whole_feed(read):
    reading = read("meeting_guide", "meeting_guide.json", fellowship="ca")
    assert "fellowship ca" in reading.facts("morning-light")
    assert "fellowship al_anon" in reading.facts("family")


def test_bmlt_rows_are_accounted_for(na):
    assert na.counts() == {"records": 5, "merged": 1, "quarantined": 2, "rejected": 2}
    assert [(p.field, p.reason) for p in na.problems if p.field == "published"] == [
        ("published", "unpublished")
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("1", [(6, time(23, 30), time(1), EASTERN)]),  # past midnight
        ("2", [(0, time(19), None, EASTERN)]),
        ("3", [(5, time(10), time(11), EASTERN)]),
    ],
)
def test_bmlt_days_count_from_sunday_as_one(na, key, expected):
    assert sessions(na.records[key]) == expected


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("1", "modality in_person|format open|format newcomer|accessibility wheelchair"),
        ("2", "modality online|language es"),
        ("3", "modality in_person|gender man|not gender woman|not children accepted"),
        ("4", "modality in_person"),  # this server's SL is Slovenian, not sign language
        ("5", "not modality in_person"),
    ],
)
def test_bmlt_formats_count_by_world_id_then_by_default_name(na, key, facts):
    common = {"fellowship na", "audience self", "philosophy twelve_step"}
    assert na.facts(key) == common | set(facts.split("|"))


def test_bmlt_unknown_formats_are_noted(na):
    assert na.notes == {("formats", "PPE"), ("formats", "SL Slovenian")}
