"""FindTreatment, ORServices and CSV by mapping."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from aftercare_directory.domain.record import CapacityPart, Precision, Status, Visibility
from aftercare_directory.sources.mapping import SAVED, read_mapping, saved_mapping


@pytest.fixture
def facilities(read):
    return read("findtreatment", "findtreatment.json")


@pytest.fixture
def commons(read):
    return read("orservices", "orservices")


@pytest.fixture
def homes(read):
    return read("csv", "sober_homes.csv", mapping=saved_mapping("sober_homes"))


@pytest.fixture
def programs(read):
    return read("csv", "vocational_programs.csv", mapping=saved_mapping("vocational_programs"))


def by_name(reading, name):
    return next(key for key, record in reading.records.items() if record.service.name == name)


def test_findtreatment_rows_are_accounted_for(facilities):
    assert facilities.counts() == {"records": 3, "merged": 1, "quarantined": 1, "rejected": 1}
    assert facilities.merged[0].into == "a2"
    assert facilities.notes == {("phone", "(999) 999-9999"), ("services.PAY", "Payment in shells")}


def test_findtreatment_labels_keep_commas_and_case(facilities):
    assert facilities.records["a1"].kinds == {"outpatient", "sober_living"}
    assert facilities.facts("a1") == {
        "care substance_use",
        "care outpatient",
        "care intensive_outpatient",
        "medicine_accepted buprenorphine",
        "medicine_accepted methadone",
        "medicine_accepted naltrexone",
        "medicine_provided buprenorphine",
        "payer medicaid",
        "payer self_pay",
        "population young_adults",
        "population veterans",
        "minimum_age 18",
        "gender woman",
        "not gender man",
    }


def test_findtreatment_says_nothing_where_the_source_says_nothing(facilities):
    assert facilities.facts("a2") == set()
    assert facilities.records["a4"].kinds == frozenset()
    assert facilities.records["a4"].location.precision is Precision.ZIP
    assert facilities.records["a1"].service.phones == ("202-555-0101",)


def test_orservices_rows_are_accounted_for(commons):
    assert commons.counts() == {"records": 5, "merged": 1, "quarantined": 3, "rejected": 3}
    assert {(p.row.file, p.field, str(p.verdict)) for p in commons.problems} == {
        ("services_at_location.csv", "position", "quarantined"),
        ("services_at_location.csv", "service_organization", "quarantined"),
        ("services_at_location.csv", "service_status", "quarantined"),
        ("services_at_location.csv", "location_id", "rejected"),
        ("services_at_location.csv", "service_id", "rejected"),
        ("services.csv", "service_name", "rejected"),
    }


@pytest.mark.parametrize(
    ("key", "kinds", "facts"),
    [
        ("s1@l1", {"sober_living"}, {"gender woman", "not gender man", "minimum_age 18", "credential carf"}),
        ("s2", {"community"}, set()),
        (
            "s3@l1",
            {"support_group"},
            {"philosophy twelve_step", "fellowship al_anon", "audience family", "not audience self"},
        ),
        ("s7@l1", set(), set()),
    ],
)
def test_orservices_terms_become_kinds_and_facts(commons, key, kinds, facts):
    assert commons.records[key].kinds == kinds
    assert commons.facts(key) == facts


def test_orservices_joins_its_tables(commons):
    record = commons.records["s1@l2"]
    assert (record.location.postal_code, record.location.precision) == ("20902", Precision.ZIP)
    assert record.service.phones == ("(202) 555-0101 x333",)
    assert [(s.weekday, s.opens, s.closes) for s in record.sessions] == [
        (0, time(0), time(0)),
        (1, time(0), time(0)),
    ]
    assert commons.records["s7@l1"].status is Status.INACTIVE
    assert commons.records["s2"].location is None
    assert "Second Saturday" in commons.records["s2"].hours_text


def test_sober_homes_rows_are_accounted_for(homes):
    assert homes.counts() == {"records": 2, "merged": 1, "quarantined": 4, "rejected": 3}
    assert [(p.row.line, p.field) for p in homes.problems] == [
        (7, "key"),
        (8, "capacity.available"),
        (9, "capacity.available"),
        (10, "location.visibility"),
        (11, "name"),
        (12, "name"),
        (13, "row"),
    ]
    assert homes.notes == {("header", "colour"), ("methadone", "maybe"), ("languages", "Klingon")}


def test_sober_homes_state_what_they_state(homes):
    alder, birch = by_name(homes, "Alder House"), by_name(homes, "Birch House")
    assert homes.facts(alder) == {
        "gender woman",
        "not gender man",
        "cost_per_month 520000",
        "deposit 10000",
        "medicine_accepted buprenorphine",
        "minimum_sobriety",
        "narr_level 2",
        "language en",
        "language es",
    }
    assert homes.facts(birch) == {
        "gender woman",
        "gender man",
        "cost_per_month 65000",
        "not medicine_accepted buprenorphine",
        "minimum_sobriety 30",
        "record_accepted felony",
    }
    assert homes.records[alder].capacity == CapacityPart(1, 8, None, datetime(2026, 3, 30, tzinfo=UTC))
    assert homes.records[birch].capacity == CapacityPart(None, 6, None, None)
    assert homes.records[birch].location.visibility is Visibility.CONFIDENTIAL
    assert homes.records[birch].organization.name == "Birch House"


def test_vocational_programs(programs):
    assert programs.counts() == {"records": 3, "merged": 0}
    office, search = by_name(programs, "Office Evenings"), by_name(programs, "Job Search")
    assert programs.facts(office) == {
        "vocational_service skills_training",
        "vocational_service computer",
        "payer free",
        "cost_per_month",
        "modality in_person",
        "credential wioa_eligible",
        "wait 10",
        "language en",
    }
    assert [s.weekday for s in programs.records[office].sessions] == [0, 2, 3]
    assert [s.weekday for s in programs.records[search].sessions] == [0, 1, 2, 3, 4, 5]
    assert programs.notes == {
        ("services", "juggling"),
        ("hours", "second Saturday 9-10"),
        ("wait_days", "soon"),
    }


@pytest.mark.parametrize("name", SAVED)
def test_saved_mappings_are_right(name):
    assert read_mapping(saved_mapping(name)).required
