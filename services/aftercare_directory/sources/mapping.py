"""A column mapping: what each column of somebody's CSV means, as a checked JSON document.

Its members, and the rules a column may have, are described in `mappings/README.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from aftercare_directory.domain.record import FactValue
from aftercare_directory.sources.code_tables import load, meaning
from aftercare_platform.kernel.errors import InvalidArgument, invalid
from aftercare_platform.kernel.vocabulary import FLAGS, QUANTITY_UNITS, Attribute, Kind, check_term

FIELDS: Final = frozenset(
    {
        f"{part}.{name}"
        for part in ("organization", "service", "location")
        for name in ("name", "description", "url", "email", "phone")
    }
    | {f"location.{name}" for name in ("address_1", "address_2", "city", "state", "postal_code", "country")}
    | {f"location.{name}" for name in ("latitude", "longitude", "timezone", "location_type", "visibility")}
    | {f"capacity.{name}" for name in ("available", "maximum", "waitlist", "as_of")}
    | {"hours", "days", "opens", "closes", "status", "as_of"}
)
"""What a column's `field` may name."""

UNITS: Final = {
    "number": 1.0,
    "days": 1.0,
    "weeks": 7.0,
    "months": 30.0,
    "years": 1.0,
    "dollars": 100.0,
    "dollars_per_month": 100.0,
    "dollars_per_week": 100.0 * 52 / 12,
    "dollars_per_day": 100.0 * 365 / 12,
}
"""A quantity column's unit, as the factor to its attribute's own unit."""

SAVED: Final = ("sober_homes", "vocational_programs")
"""The mappings that come with the product."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one column means: a field, terms, a yes or no, a quantity, or nothing."""

    field: str = ""
    values: Mapping[str, str] | None = None
    terms: Mapping[str, tuple[FactValue, ...]] | None = None
    separator: str = ""
    are_others_silent: bool = False
    yes_no: tuple[Attribute, str] | None = None
    quantity: Attribute | None = None
    factor: float = 1.0
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A whole mapping: which columns make the key, what the listings are, what each column means."""

    key: tuple[str, ...]
    kinds: frozenset[Kind]
    always: tuple[FactValue, ...]
    columns: Mapping[str, Column]

    @property
    def required(self) -> frozenset[str]:
        """Columns a file must have."""
        return frozenset({*self.key, *(name for name, column in self.columns.items() if column.is_required)})

    def by_field(self, field: str) -> list[str]:
        """The columns that give a field, in the mapping's order; the first that holds something counts."""
        return [name for name, column in self.columns.items() if column.field == field]


def saved_mapping(name: str) -> Mapping[str, object]:
    """A mapping that comes with the product; raises `InvalidArgument` that lists the names."""
    if not name:
        raise invalid("mapping", f"a table needs one: {', '.join(SAVED)}, or your own")
    if name not in SAVED:
        raise invalid("mapping", f"{name!r} is not a saved mapping; one of: {', '.join(SAVED)}")
    text = (files("aftercare_directory.sources") / "mappings" / f"{name}.json").read_text(encoding="utf-8")
    document: dict[str, object] = json.loads(text)
    return document


def read_mapping(document: Mapping[str, object]) -> ColumnMapping:
    """Check a mapping and take it in. Raises `InvalidArgument` naming the member that is wrong."""
    columns = _object(document.get("columns"), "mapping.columns")
    key = document.get("key")
    if not isinstance(key, list) or not key or not all(isinstance(name, str) for name in key):
        raise invalid("mapping.key", "needs a list of the columns that together name a row")
    mapping = ColumnMapping(
        key=tuple(key),
        kinds=_kinds(document.get("kinds")),
        always=_facts({"facts": document.get("always", [])}, "mapping.always"),
        columns={name: _column(rule, f"mapping.columns.{name}") for name, rule in columns.items()},
    )
    for field in ("organization.name", "service.name"):
        if mapping.by_field(field):
            return mapping
    raise invalid("mapping.columns", "no column gives service.name or organization.name")


def _kinds(written: object) -> frozenset[Kind]:
    try:
        return frozenset(Kind(kind) for kind in written) if isinstance(written, list) else frozenset()
    except ValueError:
        raise invalid("mapping.kinds", f"takes kinds out of: {', '.join(Kind)}") from None


def _column(written: object, at: str) -> Column:
    rule = _object(written, at)
    is_required = rule.get("required") is True
    if "field" in rule:
        if rule["field"] not in FIELDS:
            raise invalid(
                f"{at}.field", f"{rule['field']!r} is no field; one of: {', '.join(sorted(FIELDS))}"
            )
        values = _object(rule["values"], f"{at}.values") if "values" in rule else None
        texts = (
            {name.casefold(): str(value) for name, value in values.items()} if values is not None else None
        )
        return Column(field=str(rule["field"]), values=texts, is_required=is_required)
    if "terms" in rule:
        terms = _terms(rule["terms"], f"{at}.terms")
        return Column(
            terms=terms,
            separator=str(rule.get("separator", "")),
            are_others_silent=rule.get("others") == "ignore",
            is_required=is_required,
        )
    if "yes_no" in rule:
        return Column(yes_no=_yes_no(rule["yes_no"], f"{at}.yes_no"), is_required=is_required)
    if "quantity" in rule:
        return _quantity(rule, at, is_required=is_required)
    if rule.get("ignore") is True:
        return Column(is_required=is_required)
    raise invalid(at, "needs one of: field, terms, yes_no, quantity, ignore")


def _terms(written: object, at: str) -> dict[str, tuple[FactValue, ...]]:
    """Words to facts; the name of a committed table stands for its words."""
    if written == "languages":
        return {word: meaning(entry).facts for word, entry in load("languages.json").items()}
    return {
        word.casefold(): _facts({"facts": facts}, f"{at}.{word}")
        for word, facts in _object(written, at).items()
    }


def _yes_no(written: object, at: str) -> tuple[Attribute, str]:
    if not isinstance(written, list) or len(written) != 2:
        raise invalid(at, "needs an attribute and a term, such as ['medicine_accepted', 'methadone']")
    attribute = _attribute(written[0], at)
    if attribute in QUANTITY_UNITS:
        raise invalid(at, f"{attribute} is a quantity, not a yes or no")
    check_term(attribute, "" if attribute in FLAGS else str(written[1]), field=at)
    return attribute, str(written[1])


def _quantity(rule: Mapping[str, object], at: str, *, is_required: bool) -> Column:
    attribute, unit = _attribute(rule["quantity"], f"{at}.quantity"), str(rule.get("unit", "number"))
    if attribute not in QUANTITY_UNITS:
        raise invalid(f"{at}.quantity", f"{attribute} is not a quantity")
    if unit not in UNITS:
        raise invalid(f"{at}.unit", f"{unit!r} is no unit; one of: {', '.join(UNITS)}")
    return Column(quantity=attribute, factor=UNITS[unit], is_required=is_required)


def _attribute(written: object, at: str) -> Attribute:
    try:
        return Attribute(str(written))
    except ValueError:
        raise invalid(at, f"{written!r} is no attribute; one of: {', '.join(Attribute)}") from None


def _facts(entry: dict[str, Any], at: str) -> tuple[FactValue, ...]:
    try:
        return meaning(entry).facts
    except InvalidArgument as error:
        raise invalid(at, error.violations[0].description) from None
    except (ValueError, TypeError, IndexError):
        raise invalid(at, "needs facts such as ['gender', 'woman', true] or ['minimum_age', 18]") from None


def _object(written: object, at: str) -> dict[str, object]:
    if not isinstance(written, dict):
        raise invalid(at, "needs an object with named members")
    return written
