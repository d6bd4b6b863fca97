"""What the terms of Open Eligibility say of a listing: its kinds and facts.

The taxonomy repeats terms under several parents, sometimes with other meanings ("Daily Life Skills" is
a school subject in one place and health education in another), so a term without its number is told
apart by the titles of its parents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cache
from typing import Any, Final

from aftercare_directory.sources.code_tables import Meaning, load, meaning

SERVICES: Final = "services"
SITUATIONS: Final = "situations"


def meanings_of(title: str, parents: Collection[str], branch: str) -> list[Meaning]:
    """What a term says, by its exact title within its branch; empty where nobody registered it.

    `parents` are the titles above it in the source: where the title stands in several places, the
    places under one of these count; all of them, if none is. `branch` "" searches both.
    """
    branches = (branch,) if branch else (SERVICES, SITUATIONS)
    found = [entry for name in branches for entry in _by_title()[name].get(title.casefold(), [])]
    placed = [
        entry for entry in found if _title(entry["parent"]) in {parent.casefold() for parent in parents}
    ]
    if found:
        return [meaning(entry) for entry in placed or found]
    extra = [load("orservices_terms.json")[name].get(title) for name in branches]
    return [meaning(entry) for entry in extra if entry is not None]


@cache
def _by_title() -> dict[str, dict[str, list[dict[str, Any]]]]:
    table: dict[str, dict[str, list[dict[str, Any]]]] = {
        SERVICES: defaultdict(list),
        SITUATIONS: defaultdict(list),
    }
    for entry in load("open_eligibility.json"):
        table[entry["branch"]][entry["title"].casefold()].append(entry)
    return table


@cache
def _title(term_id: str) -> str:
    titles = {entry["id"]: str(entry["title"]) for entry in reversed(load("open_eligibility.json"))}
    return titles.get(term_id, "").casefold()
