"""The plan form: what it offers, and how it becomes criteria and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from aftercare.type.v1 import criteria_pb2, kind_pb2, session_pb2
from aftercare_gateway import words
from aftercare_gateway.http.forms import Form
from aftercare_platform.kernel.distance import METERS_PER_MILE
from aftercare_platform.kernel.vocabulary import TERMS, Attribute

KINDS: Final = [number for number in kind_pb2.Kind.values() if number]
WEEKDAYS: Final = {number: name.capitalize() for number, name in enumerate(
    "monday tuesday wednesday thursday friday saturday sunday".split(), start=1
)}  # fmt: skip


class Part(NamedTuple):
    """A part of the day, as the grid of free times offers it."""

    name: str
    opens: str
    closes: str


PARTS: Final = (
    Part("Morning", "06:00", "12:00"),
    Part("Afternoon", "12:00", "17:00"),
    Part("Evening", "17:00", "23:00"),
)
WISHES: Final = (
    Attribute.PHILOSOPHY, Attribute.FELLOWSHIP, Attribute.FORMAT, Attribute.MODALITY, Attribute.CARE,
    Attribute.VOCATIONAL_SERVICE, Attribute.POPULATION, Attribute.COST_HELP, Attribute.CREDENTIAL,
)  # fmt: skip
"""The attributes among whose terms the form offers wishes."""

CHOICES: Final = {
    "languages": list(words.LANGUAGES),
    "payers": sorted(TERMS[Attribute.PAYER]),
    "medicines": sorted(TERMS[Attribute.MEDICINE_ACCEPTED]),
    "access_needs": sorted(TERMS[Attribute.ACCESSIBILITY]),
    "records": sorted(TERMS[Attribute.RECORD_ACCEPTED]),
    "populations": sorted(TERMS[Attribute.POPULATION]),
}
"""The fields in which terms are ticked, as the contract calls them."""

WISH_WORDS: Final = {
    "philosophy": "Philosophy", "fellowship": "Fellowship", "format": "Form of the meeting or house",
    "modality": "In person or online", "care": "Kind of care",
    "vocational_service": "Help with work and education",
    "population": "People it is for", "cost_help": "Help with the cost", "credential": "Credentials",
}  # fmt: skip
WISH_TERMS: Final = {attribute.value: sorted(TERMS[attribute]) for attribute in WISHES}

FORM_FIELDS: Final = {
    "max_distance_meters": "miles",
    "budget_cents_per_month": "budget",
    "origin": "zip",
    "kind": "needs",
    "option_count": "needs",
    "opens": "free_times",
    "closes": "free_times",
    "attribute": "wishes",
    "term": "wishes",
}
"""Fields of the contract by the field of the form that they come from, where the two differ."""


def terms(name: str) -> dict[str, str]:
    """The terms that a field offers, each in words."""
    return {term: words.term_in_words(term) for term in CHOICES[name]}


def wished(form: Form, attribute: str) -> str:
    """Which wishes of an attribute are ticked, in words; empty for none."""
    ticked = [wish.partition(":")[2] for wish in form.all("wishes") if wish.startswith(f"{attribute}:")]
    return ", ".join(words.term_in_words(term) for term in ticked)


def read_criteria(form: Form, *, before: criteria_pb2.Criteria | None = None) -> criteria_pb2.Criteria:
    """The criteria that a form asks for; InvalidArgument where a field is no number or no choice.

    `before` gives what the form cannot show (a point instead of a ZIP code, excluded places, safety
    zones), so that a revision does not lose it.
    """
    criteria = criteria_pb2.Criteria(with_children=form.is_ticked("with_children"))
    for number in form.numbers_of("needs", KINDS):
        criteria.needs.add(kind=kind_pb2.Kind.ValueType(number))
    if form.text("zip") or before is None or not before.HasField("point"):
        criteria.zip = form.text("zip")
    if before is not None:
        criteria.excluded_listing_ids.extend(before.excluded_listing_ids)
        criteria.safety_zones.extend(before.safety_zones)
        if not criteria.HasField("zip"):
            criteria.point.CopyFrom(before.point)
    for name in CHOICES:
        getattr(criteria, name).extend(form.all(name))
    _read_numbers(form, criteria)
    criteria.free_times.extend(_free_times(form))
    criteria.wishes.extend(_wishes(form))
    form.stop_if_wrong()
    return criteria


def fill_form(criteria: criteria_pb2.Criteria) -> Form:
    """The form as it would have been filled in for these criteria."""
    values: dict[str, list[str]] = {name: list(getattr(criteria, name)) for name in CHOICES}
    values["needs"] = [str(need.kind) for need in criteria.needs]
    values["zip"] = [criteria.zip]
    values["with_children"] = ["yes"] if criteria.with_children else []
    if criteria.HasField("max_distance_meters"):
        values["miles"] = [f"{criteria.max_distance_meters / METERS_PER_MILE:.4g}"]
    if criteria.HasField("budget_cents_per_month"):
        values["budget"] = [f"{criteria.budget_cents_per_month / 100:g}"]
    if criteria.HasField("sober_days"):
        values["sober_days"] = [str(criteria.sober_days)]
    values["free_times"] = list(_ticked_parts(criteria))
    names = {number: Attribute(name.removeprefix("ATTRIBUTE_").lower()) for name, number in _ATTRIBUTES[1:]}
    values["wishes"] = [f"{names[wish.attribute]}:{wish.term}" for wish in criteria.wishes]
    return Form(values)


_ATTRIBUTES: Final = kind_pb2.Attribute.items()


def _read_numbers(form: Form, criteria: criteria_pb2.Criteria) -> None:
    miles, budget, sober_days = form.number("miles"), form.number("budget"), form.whole("sober_days")
    if miles is not None:
        criteria.max_distance_meters = miles * METERS_PER_MILE
    if budget is not None:
        criteria.budget_cents_per_month = min(round(budget * 100), 1 << 62)
    if sober_days is not None:
        criteria.sober_days = sober_days


def _free_times(form: Form) -> Iterator[session_pb2.WeeklyTime]:
    """The ticked parts of days; neighbours become one stretch, so that noon is no border."""
    ticked = set(form.all("free_times"))
    for weekday in WEEKDAYS:
        stretch: session_pb2.WeeklyTime | None = None
        for number, part in enumerate(PARTS):
            if f"{weekday}-{number}" not in ticked:
                continue
            if stretch is not None and stretch.closes == part.opens:
                stretch.closes = part.closes
                continue
            if stretch is not None:
                yield stretch
            stretch = session_pb2.WeeklyTime(
                weekday=session_pb2.Weekday.ValueType(weekday), opens=part.opens, closes=part.closes
            )
        if stretch is not None:
            yield stretch


def _ticked_parts(criteria: criteria_pb2.Criteria) -> Iterator[str]:
    for free in criteria.free_times:
        for number, part in enumerate(PARTS):
            if free.opens <= part.opens and part.closes <= (free.closes or part.closes):
                yield f"{free.weekday}-{number}"


def _wishes(form: Form) -> Iterator[criteria_pb2.Wish]:
    numbers = dict(_ATTRIBUTES)
    for wish in form.all("wishes"):
        attribute, _, term = wish.partition(":")
        number = numbers.get(f"ATTRIBUTE_{attribute.upper()}", 0)
        yield criteria_pb2.Wish(attribute=kind_pb2.Attribute.ValueType(number), term=term)
