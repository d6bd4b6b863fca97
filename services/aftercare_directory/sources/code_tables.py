"""The committed code tables: each source's own codes and what they mean in our words.

A table is read once, at its first use. Codes are looked up within their own table only: the same
letter means different things in different formats. Sources and licences: `tables/NOTICE.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from aftercare_directory.domain.record import FactValue
from aftercare_platform.kernel.vocabulary import Attribute, Kind

_TABLES: Final = "aftercare_directory.sources"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code says: facts, kinds, and marks that only its own format's reader understands."""

    label: str = ""
    facts: tuple[FactValue, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class States:
    """The states and territories: two letters, name, and the time zone most of each keeps."""

    zones: Mapping[str, str]
    codes: Mapping[str, str] = field(repr=False)

    def code(self, text: str) -> str:
        """Two capitals for two letters or a full name in any case; "" if it is neither."""
        return self.codes.get(text.casefold(), "")

    def zone(self, code: str) -> str:
        """An IANA zone, "" for no state."""
        return self.zones.get(code, "")


@cache
def load(name: str) -> Any:  # noqa: ANN401 - each table has its own shape, known where it is used
    """A committed table by its file name, as JSON gives it."""
    return json.loads((files(_TABLES) / "tables" / name).read_text(encoding="utf-8"))


@cache
def states() -> States:
    """The table of states."""
    rows: dict[str, dict[str, Any]] = load("states.json")
    codes = {code.casefold(): code for code in rows}
    codes |= {
        name.casefold(): code for code, row in rows.items() for name in (row["name"], *row.get("names", ()))
    }
    return States({code: row["timezone"] for code, row in rows.items()}, codes)


def meaning(entry: Mapping[str, Any]) -> Meaning:
    """A table entry as a meaning; a fact is written [attribute, term, true|false] or [attribute, number]."""
    return Meaning(
        label=entry.get("label", ""),
        facts=tuple(_fact(fact) for fact in entry.get("facts", ())),
        kinds=frozenset(Kind(kind) for kind in entry.get("kinds", ())),
        marks=frozenset(entry.get("marks", ())),
    )


def one_gender_only(facts: Iterable[FactValue]) -> Iterator[FactValue]:
    """The facts; where women alone, or men alone, are said to be served, the other is stated as not.

    For sources whose genders say who a service is for: naming one of the two is a statement on both.
    """
    kept = list(facts)
    yield from kept
    served = {fact.term for fact in kept if fact.attribute is Attribute.GENDER and fact.holds}
    for term, other in (("woman", "man"), ("man", "woman")):
        if term in served and other not in served:
            yield FactValue(Attribute.GENDER, other, holds=False)


def settled(facts: Iterable[FactValue]) -> tuple[FactValue, ...]:
    """The facts, each once, in a fixed order.

    Where a row says two things of one matter, the wider stands: yes before no, the lower least age.
    """
    held: dict[tuple[Attribute, str], FactValue] = {}
    for fact in facts:
        known = held.setdefault((fact.attribute, fact.term), fact)
        if _is_wider(fact, known):
            held[fact.attribute, fact.term] = fact
    return tuple(held[key] for key in sorted(held))


def _is_wider(fact: FactValue, known: FactValue) -> bool:
    if fact.quantity is None or known.quantity is None:
        return bool(fact.holds) and not known.holds
    if fact.attribute is Attribute.MAXIMUM_AGE:
        return fact.quantity > known.quantity
    return fact.quantity < known.quantity


def _fact(written: list[Any]) -> FactValue:
    attribute = Attribute(written[0])
    if len(written) == 2:
        return FactValue(attribute, quantity=written[1])
    return FactValue(attribute, written[1], holds=written[2])
