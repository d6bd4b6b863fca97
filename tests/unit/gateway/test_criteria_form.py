"""The plan form and the criteria are the same thing in two shapes."""

import pytest

from aftercare.type.v1 import criteria_pb2, kind_pb2
from aftercare_gateway.http.forms import Form
from aftercare_gateway.staff.criteria_form import CHOICES, fill_form, read_criteria
from aftercare_platform.kernel.errors import InvalidArgument

TYPED = {
    "needs": ["2", "1"],
    "zip": ["20904"],
    "miles": ["20"],
    "languages": ["en", "es"],
    "payers": ["medicaid"],
    "medicines": ["buprenorphine"],
    "budget": ["900.50"],
    "access_needs": ["wheelchair"],
    "with_children": ["yes"],
    "records": ["felony"],
    "populations": ["veterans"],
    "sober_days": ["45"],
    "free_times": ["1-2", "2-0", "2-1", "2-2", "7-0", "7-2"],
    "wishes": ["philosophy:twelve_step", "care:cbt"],
}


def test_every_field_of_the_form_reaches_the_criteria_and_comes_back() -> None:
    criteria = read_criteria(Form(TYPED))
    back = fill_form(criteria)
    assert {name: list(values) for name, values in back.values.items()} == {**TYPED, "budget": ["900.5"]}
    assert [need.kind for need in criteria.needs] == [
        kind_pb2.KIND_SOBER_LIVING,
        kind_pb2.KIND_SUPPORT_GROUP,
    ]
    assert criteria.budget_cents_per_month == 90050
    assert round(criteria.max_distance_meters) == 32187


def test_parts_of_a_day_that_follow_each_other_are_one_stretch() -> None:
    free = read_criteria(Form({"free_times": TYPED["free_times"]})).free_times
    assert [(one.weekday, one.opens, one.closes) for one in free] == [
        (1, "17:00", "23:00"),
        (2, "06:00", "23:00"),
        (7, "06:00", "12:00"),
        (7, "17:00", "23:00"),
    ]


def test_empty_fields_ask_nothing() -> None:
    criteria = read_criteria(Form({"needs": ["1"], "zip": ["20904"]}))
    asked = {field.name for field, _ in criteria.ListFields()}
    assert asked == {"needs", "zip"}


def test_a_revision_keeps_what_the_form_cannot_show() -> None:
    before = criteria_pb2.Criteria(excluded_listing_ids=["x"])
    before.point.latitude = 38.9
    before.safety_zones.add(radius_meters=500)
    revised = read_criteria(Form({"needs": ["1"]}), before=before)
    assert (revised.WhichOneof("origin"), revised.point.latitude) == ("point", 38.9)
    assert list(revised.excluded_listing_ids) == ["x"]
    assert revised.safety_zones[0].radius_meters == 500
    assert read_criteria(Form({"zip": ["20904"]}), before=before).zip == "20904"


@pytest.mark.parametrize(
    ("name", "typed"), [("miles", "NaN"), ("budget", "-1"), ("sober_days", "1.5"), ("needs", "77")]
)
def test_what_cannot_be_asked_is_refused_by_field(name: str, typed: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        read_criteria(Form({name: [typed]}))
    assert [violation.field for violation in caught.value.violations] == [name]


def test_every_choice_is_a_field_of_the_contract() -> None:
    assert CHOICES.keys() <= set(criteria_pb2.Criteria.DESCRIPTOR.fields_by_name)
