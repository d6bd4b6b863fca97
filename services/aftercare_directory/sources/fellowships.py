"""Which fellowship a meeting belongs to, and whom it is for.

Family fellowships serve the relatives of a person who uses, so a meeting of theirs that stands in an
AA or NA feed must never be offered to the person: its name alone is enough to say so.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from aftercare_directory.domain.record import FactValue
from aftercare_directory.sources.code_tables import load, meaning

_FAMILY_WORDS: Final = (
    (re.compile(r"\bala-?teen\b", re.IGNORECASE), "alateen"),
    (re.compile(r"\bnar-? ?anon\b", re.IGNORECASE), "nar_anon"),
    (re.compile(r"\bal-? ?anon\b", re.IGNORECASE), "al_anon"),
)


def fellowship_of(entity: str, names: tuple[str, ...], *, otherwise: str, is_concurrent: bool = False) -> str:
    """A term of `Attribute.FELLOWSHIP`: by the stated entity, by a family name, else `otherwise`.

    `is_concurrent`: the row's codes say that a family group only meets beside it; its name then says nothing.
    """
    if stated := _by_name().get(entity.casefold()):
        return stated
    family = None if is_concurrent else family_fellowship_of(entity, *names)
    return family or otherwise


def family_fellowship_of(*names: str) -> str | None:
    """The family fellowship that any of the names speaks of, if one does."""
    for words, fellowship in _FAMILY_WORDS:
        if any(words.search(name) for name in names):
            return fellowship
    return None


def is_fellowship(entity: str) -> bool:
    """Whether the words are a fellowship's own name, and not that of a district or an office of it."""
    return entity.casefold() in _by_name()


def name_of_fellowship(fellowship: str) -> str:
    """The fellowship's full name."""
    return str(load("fellowships.json")[fellowship]["label"])


@cache
def facts_of_fellowship(fellowship: str) -> tuple[FactValue, ...]:
    """What membership in the fellowship says of a meeting: fellowship, audience, philosophy."""
    return meaning(load("fellowships.json")[fellowship]).facts


@cache
def _by_name() -> dict[str, str]:
    return {
        name.casefold(): term
        for term, entry in load("fellowships.json").items()
        for name in (entry["label"], *entry["names"])
    }
