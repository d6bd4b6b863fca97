"""Which dates and names of a client make sense."""

from datetime import date

import pytest

from aftercare_platform.kernel.errors import InvalidArgument, Stale
from aftercare_referral.client.model import (
    DischargedAlready,
    DischargeKind,
    Episode,
    Gender,
    Identity,
    age_on,
    calendar_date,
    check_admission,
    check_discharge,
    check_identity,
    optional_date,
)

TODAY = date(2026, 11, 24)


@pytest.mark.fault("PAT-02")
@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2008-11-24", "2026-11-24", 18),
        ("2008-11-25", "2026-11-24", 17),
        ("2004-02-29", "2026-02-28", 21),
        ("2004-02-29", "2026-03-01", 22),
        ("2004-02-29", "2028-02-28", 23),
        ("2004-02-29", "2028-02-29", 24),
        ("2026-11-24", "2026-11-24", 0),
    ],
)
def test_age_in_whole_years(born, day, years):
    assert age_on(date.fromisoformat(day), date.fromisoformat(born)) == years


@pytest.mark.parametrize(
    ("born", "is_taken"),
    [
        ("2013-11-24", True),  # thirteen today
        ("2013-11-25", False),  # thirteen tomorrow
        ("1905-11-25", True),  # 120, for one more day
        ("1905-11-24", False),  # 121 today
        ("2026-11-25", False),  # not born yet
    ],
)
def test_the_age_is_13_to_120(born, is_taken):
    assert (wrong_fields(birth_date=date.fromisoformat(born)) == []) is is_taken


@pytest.mark.parametrize(
    ("field", "value"),
    [("given_name", ""), ("family_name", ""), ("given_name", "Ro\nsa"), ("phone", "202\x00555")],
)
def test_blank_names_and_control_characters_are_refused_by_field(field, value):
    assert wrong_fields(**{field: value}) == [field]


def test_every_wrong_field_is_named_at_once():
    assert wrong_fields(given_name="", family_name="", birth_date=date(2030, 1, 1)) == [
        "given_name",
        "family_name",
        "birth_date",
    ]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01", "0000-01-01", "20261124", "2026-W48-2", "x", ""]
)
def test_what_is_no_date_is_refused_without_repeating_it(text):
    with pytest.raises(InvalidArgument) as refusal:
        calendar_date(text, field="birth_date")
    assert [violation.field for violation in refusal.value.violations] == ["birth_date"]
    assert not text or text not in str(refusal.value)


def test_an_empty_date_is_no_date():
    assert optional_date("", field="planned_discharge_date") is None
    assert calendar_date("2024-02-29", field="any") == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("admitted", "planned", "wrong"),
    [
        ("2026-11-24", None, None),
        ("2026-11-25", None, "admitted_date"),
        ("2026-11-01", "2026-11-01", None),
        ("2026-11-01", "2026-10-31", "planned_discharge_date"),
        ("2026-11-01", "2027-02-01", None),
    ],
)
def test_dates_of_an_admission(admitted, planned, wrong):
    planned_on = date.fromisoformat(planned) if planned else None
    assert wrong_field_of(check_admission, date.fromisoformat(admitted), planned_on, today=TODAY) == wrong


@pytest.mark.parametrize(
    ("discharged", "wrong"),
    [("2026-10-31", "discharged_date"), ("2026-11-01", None), ("2026-11-25", "discharged_date")],
)
def test_dates_of_a_discharge(discharged, wrong):
    day = date.fromisoformat(discharged)
    assert wrong_field_of(check_discharge, open_episode(), day, etag="3", today=TODAY) == wrong


def test_a_discharge_with_a_stale_etag_or_a_second_one_is_refused():
    with pytest.raises(Stale):
        check_discharge(open_episode(), TODAY, etag="2", today=TODAY)
    ended = Episode("e1", "c1", date(2026, 11, 1), None, TODAY, DischargeKind.PLANNED, 4)
    with pytest.raises(DischargedAlready):
        check_discharge(ended, TODAY, etag="4", today=TODAY)


def open_episode() -> Episode:
    return Episode("e1", "c1", date(2026, 11, 1), None, None, None, 3)


def wrong_fields(**changed) -> list[str]:
    who = {
        "given_name": "Rosa",
        "family_name": "Quill",
        "birth_date": date(1990, 5, 17),
        "gender": Gender.WOMAN,
        "phone": "202 555 0100",
    }
    try:
        check_identity(Identity(**(who | changed)), today=TODAY)
    except InvalidArgument as refusal:
        return [violation.field for violation in refusal.violations]
    return []


def wrong_field_of(check, *args, **named) -> str | None:
    try:
        check(*args, **named)
    except InvalidArgument as refusal:
        return refusal.violations[0].field
    return None
