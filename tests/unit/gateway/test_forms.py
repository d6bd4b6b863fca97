"""A form is read strictly, and what is wrong stands beside its field."""

import asyncio
from zoneinfo import ZoneInfo

import pytest
from starlette.requests import Request

from aftercare_gateway.http.forms import Form, NotAForm, read_form
from aftercare_platform.kernel.errors import InvalidArgument, Violation

FORM = "application/x-www-form-urlencoded"


def read(body: bytes, content_type: str = FORM) -> Form:
    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", content_type.encode())]
    return asyncio.run(read_form(Request({"type": "http", "method": "POST", "headers": headers}, receive)))


def test_what_was_typed_is_kept() -> None:
    form = read(b"name=+Zo%C3%AB+&needs=1&needs=2&needs=1&empty=")
    assert (form.text("name"), form.all("needs"), form.text("empty"), form.text("absent")) == (
        "Zoë",
        ["1", "2"],
        "",
        "",
    )


def test_bytes_that_are_no_text_are_refused_by_field() -> None:
    with pytest.raises(InvalidArgument) as caught:
        read(b"given_name=%FF%FE")
    assert caught.value.violations == (Violation("given_name", "holds bytes that are no UTF-8 text"),)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"a": 1}', "application/json"),
        (b"\xff", FORM),
        (b"&".join([b"a=1"] * 1001), FORM),
        (b"--x", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(NotAForm):
        read(body, content_type)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("25", 25), ("2.5", 2.5), ("$1,200", 1200), ("", None), ("0", 0)],
)
def test_numbers(typed: str, number: float | None) -> None:
    form = Form({"n": [typed]})
    assert form.number("n") == number
    assert form.errors == {}


@pytest.mark.parametrize("typed", ["NaN", "inf", "-1", "many", "1e999"])
def test_what_is_no_number_is_said_so(typed: str) -> None:
    form = Form({"n": [typed]})
    assert form.number("n") is None
    assert list(form.errors) == ["n"]


def test_a_choice_outside_the_closed_list_is_refused() -> None:
    with pytest.raises(InvalidArgument):
        Form({"needs": ["1", "99999999999"]}).numbers_of("needs", [1, 2])
    with pytest.raises(InvalidArgument):
        Form().number_one_of("gender", [0, 1])


@pytest.mark.parametrize(
    ("day", "hour", "utc"),
    [
        ("2026-11-24", "09:30", "2026-11-24T14:30:00+00:00"),
        ("2026-07-24", "", "2026-07-24T04:00:00+00:00"),
        ("", "09:30", None),
    ],
)
def test_moments_are_those_of_the_place(day: str, hour: str, utc: str | None) -> None:
    moment = Form({"d": [day], "t": [hour]}).moment("d", "t", ZoneInfo("America/New_York"))
    assert (moment and moment.isoformat()) == utc


@pytest.mark.parametrize(
    ("field", "said", "stands_beside", "as_said"),
    [
        ("criteria.zip", "no such ZIP code", "zip", "No such ZIP code."),
        ("criteria.max_distance_meters", "is too far", "miles", "Is too far."),
        ("criteria.needs[1].kind", "must not be 0", "needs", "Must not be 0."),
        ("birth_date", "does not match regex pattern `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`", "birth_date", None),
        ("given_name", "must be at least 1 characters", "given_name", "Fill this in."),
    ],
)
def test_a_refusal_stands_beside_its_field(field, said, stands_beside, as_said) -> None:
    form = Form()
    form.refuse(InvalidArgument([Violation(field, said)]), {"max_distance_meters": "miles", "kind": "needs"})
    assert form.errors == {stands_beside: as_said or "Give a day as YYYY-MM-DD."}
