"""FindTreatment.gov JSON (SAMHSA): facilities with their service codes.

Row in: each facility of `rows`, or of an array of such rows. A facility is listed once for substance
use (SA) and once for mental health (MH): two services of one place. `f3` is split on "; " only, because
labels hold commas, and case is kept: "Young adults" (a group) is not "Young Adults" (an age). A label
is looked up within its category `f2`; labels of earlier years are aliases. Unknown labels are noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from aftercare_directory.domain.record import (
    FactValue,
    ListingRecord,
    LocationPart,
    OrganizationPart,
    Outcome,
    ServicePart,
)
from aftercare_directory.sources.code_tables import Meaning, load, meaning, settled
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.json_rows import JsonFeed, Row, rows_of
from aftercare_directory.sources.meetings import refuse_test
from aftercare_directory.sources.place import RawPlace, place_key, read_place, word_key
from aftercare_directory.sources.reading import Draft, Reading, verdicts
from aftercare_directory.sources.text import name_of, phone_numbers, plain, web_address
from aftercare_platform.kernel.vocabulary import Attribute, Kind

EXPECTED: Final = "a FindTreatment.gov answer: an object with rows, or an array of facilities with name1"
_CARE: Final = {"SA": "Substance use treatment", "MH": "Mental health treatment"}
_LEAST_AGE: Final = (("children", None), ("young_adults", 18), ("adults", 18), ("seniors", 65))
_MOST_AGE: Final = (("seniors", None), ("adults", None), ("young_adults", 25), ("children", 17))


@dataclass(frozen=True, slots=True)
class _Services:
    """What all labels of a facility say together."""

    facts: tuple[FactValue, ...]
    kinds: frozenset[Kind]


def read(files: Sequence[SourceFile], options: ReadOptions) -> Iterator[Outcome]:
    """Each facility as a record or why not. Raises `InvalidArgument` for a file that is no such answer."""
    feeds = [JsonFeed(file, expected=EXPECTED) for file in files]
    rows = rows_of(feeds, member="rows", expected=EXPECTED, required=("name1",))
    return verdicts(rows, lambda row, reading: _draft(row, options, reading))


def _draft(row: Row, options: ReadOptions, reading: Reading) -> Draft:
    name = name_of(row.get("name1"), "name1")
    refuse_test("name1", name)
    program, care = plain(row.get("name2")), plain(row.get("typeFacility") or row.get("type_facility"))
    place = place_key(
        row.get("street1"), row.get("street2"), row.get("city"), row.get("state"), row.get("zip")
    )
    identity = word_key("facility", name, program, care, place)
    key = plain(row.get("frid")) or identity
    services = _services(row.get("services"), reading)
    care_name = _CARE.get(care, "Treatment")
    record = ListingRecord(
        source_key=key,
        organization=OrganizationPart(
            source_key=f"name:{name.casefold()}",
            name=name,
            url=web_address(row.get("website"), "website", reading),
        ),
        service=ServicePart(
            source_key=key,
            name=f"{name}, {program} ({care_name.lower()})" if program else f"{name} ({care_name.lower()})",
            url=web_address(row.get("website"), "website", Reading(reading.row)),
            phones=phone_numbers([row.get(n) for n in ("phone", "intake1", "hotline1")], "phone", reading),
        ),
        location=_location(row, place, options, reading),
        row=reading.row,
        kinds=services.kinds,
        facts=services.facts,
    )
    return Draft(record, sameness=identity)


def _location(row: Row, place: str, options: ReadOptions, reading: Reading) -> LocationPart:
    raw = RawPlace(
        address_1=row.get("street1"),
        address_2=row.get("street2"),
        city=row.get("city"),
        state=row.get("state"),
        postal_code=row.get("zip"),
        latitude=row.get("latitude"),
        longitude=row.get("longitude"),
        timezone=options.timezone,
    )
    return read_place(raw, LocationPart(source_key=place), reading)


def _services(groups: object, reading: Reading) -> _Services:
    """The facts and kinds of all labels; `services` may be null, and then nothing is known."""
    found: list[Meaning] = []
    for group in groups if isinstance(groups, list) else ():
        if isinstance(group, dict):
            found += _meanings(plain(group.get("f2")), str(group.get("f3") or ""), reading)
    marks = frozenset(mark for one in found for mark in one.marks)
    kinds = frozenset(kind for one in found for kind in one.kinds)
    facts = [fact for one in found for fact in one.facts]
    return _Services(settled((*facts, *_gender_facts(marks), *_age_facts(marks))), kinds)


def _meanings(category: str, labels: str, reading: Reading) -> Iterator[Meaning]:
    in_category, anywhere = _labels()
    for label in map(plain, labels.split("; ")):
        found = in_category.get((category, label)) or anywhere.get(label)
        if found is not None:
            yield found
        elif label:
            reading.note(f"services.{category}", label, "is not a known service label; not used")


def _gender_facts(marks: frozenset[str]) -> Iterator[FactValue]:
    """The genders accepted: a closed list of two, so where it is given, the one left out is stated as not."""
    genders = marks & {"woman", "man"}
    for gender in ("woman", "man") if genders else ():
        yield FactValue(Attribute.GENDER, gender, holds=gender in genders)


def _age_facts(marks: frozenset[str]) -> Iterator[FactValue]:
    """The bounds of the age groups accepted. "Adults" has no upper bound: facilities mean it so."""
    for attribute, bounds in ((Attribute.MINIMUM_AGE, _LEAST_AGE), (Attribute.MAXIMUM_AGE, _MOST_AGE)):
        bound = next((bound for group, bound in bounds if group in marks), None)
        if bound is not None:
            yield FactValue(attribute, quantity=bound)


@cache
def _labels() -> tuple[dict[tuple[str, str], Meaning], dict[str, Meaning]]:
    """Meanings by category and label, and by label alone where only one code has it."""
    in_category: dict[tuple[str, str], Meaning] = {}
    codes: dict[str, set[str]] = {}
    for entry in load("samhsa_services.json"):
        for label in (entry["label"], *entry.get("aliases", ())):
            in_category[entry["category"], label] = meaning(entry)
            codes.setdefault(label, set()).add(entry["code"])
    anywhere = {label: found for (_, label), found in in_category.items() if len(codes[label]) == 1}
    return in_category, anywhere
