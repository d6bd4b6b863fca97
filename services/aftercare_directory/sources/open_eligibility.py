"""What the terms of Open Eligibility say of a listing: its kinds and facts.

The taxonomy repeats terms under several parents, sometimes with other meanings ("Daily Life Skills" is
a school subject in one place and health education in another), so a term without its number is told
apart by the titles of its parents.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from aftercare_directory.sources.code_tables import Meaning, load, meaning

SERVICES: Final = "services"
SITUATIONS: Final = "situations"


@dataclass(frozen=True, slots=True)
class _Term:
    """A registered term, where it stands, and what it says."""

    parent: str
    meaning: Meaning


def meanings_of(title: str, parents: Collection[str], branch: str) -> list[Meaning]:
    """What a term says, by its exact title within its branch; empty where nobody registered it.

    `parents` are the titles above it in the source: where the title stands in several places, the
    places under one of these count; all of them, if none is. `branch` "" searches both.
    """
    branches = (branch,) if branch else (SERVICES, SITUATIONS)
    found = [term for name in branches for term in _terms().get((name, title.casefold()), ())]
    above = {parent.casefold() for parent in parents}
    return [term.meaning for term in [term for term in found if term.parent in above] or found]


@cache
def _terms() -> dict[tuple[str, str], list[_Term]]:
    """All terms by branch and title: Open Eligibility's, then the titles that others added to it."""
    entries: list[dict[str, Any]] = load("open_eligibility.json")
    titles = {entry["id"]: entry["title"].casefold() for entry in reversed(entries)}
    table: dict[tuple[str, str], list[_Term]] = {}
    for entry in entries:
        term = _Term(titles.get(entry["parent"], ""), meaning(entry))
        table.setdefault((entry["branch"], entry["title"].casefold()), []).append(term)
    for branch, added in load("orservices_terms.json").items():
        for title, entry in added.items():
            table.setdefault((branch, title.casefold()), [_Term("", meaning(entry))])
    return table
