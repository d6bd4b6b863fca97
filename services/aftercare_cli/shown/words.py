"""Enum values as the words people use, and back: KIND_SOBER_LIVING is "sober-living"."""

from __future__ import annotations

from functools import cache
from typing import Final

from google.protobuf.descriptor import EnumDescriptor

from aftercare_platform.kernel.errors import InvalidArgument, invalid

LIKE_ENOUGH = 60
"""How alike two words must be, of 100, for one to be suggested for the other."""


def word_of(enum: EnumDescriptor, number: int) -> str:
    """The word of a value; empty for the one that means "not stated"."""
    value = enum.values_by_number.get(number)
    return _word(enum, value.name) if value and number else ""


_ALSO: Final = {"female": "woman", "male": "man", "non-binary": "nonbinary"}
"""Other words that are said for ours."""


def number_of(enum: EnumDescriptor, word: str, *, field: str) -> int:
    """The value of a word; an error names the field, the right words, and the nearest."""
    numbers = _numbers(enum)
    found = numbers.get(_ALSO.get(normal(word), normal(word)))
    if found is None:
        raise unknown_word(field, word, list(numbers))
    return found


def unknown_word(field: str, word: str, words: list[str]) -> InvalidArgument:
    """Not one of the words: which ones there are, and which was probably meant."""
    from rapidfuzz import process  # only now: every command imports this module

    nearest = process.extractOne(normal(word), words, score_cutoff=LIKE_ENOUGH)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return invalid(field, f"{word!r} is not one of: {', '.join(sorted(words))}{hint}")


def normal(word: str) -> str:
    """A word as we write it: lower case, hyphens between its parts."""
    return "-".join(word.lower().replace("_", " ").replace("-", " ").split())


@cache
def _numbers(enum: EnumDescriptor) -> dict[str, int]:
    return {_word(enum, value.name): value.number for value in enum.values if value.number}


def _word(enum: EnumDescriptor, name: str) -> str:
    prefix = "".join(f"_{letter}" if letter.isupper() else letter for letter in enum.name).upper().lstrip("_")
    return normal(name.removeprefix(f"{prefix}_"))
