"""What is wrong in real feeds, and what an importer owes each fault.

The verdicts are those of `aftercare_directory.domain.record`, plus `accepted` for a row that becomes
a listing, with or without a note.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Fields = Mapping[str, Any]
"""One row as its file has it: column or JSON key to value."""


class Verdict(StrEnum):
    """What becomes of a row at a first import."""

    ACCEPTED = "accepted"
    MERGED = "merged"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class Defect(StrEnum):
    """A fault seen in a real feed."""

    AL_ANON_IN_AA_FEED = "a family group inside a feed of AA meetings"
    BEDS_OPEN_ABOVE_TOTAL = "more beds open than there are"
    BLANK_NAME = "no name"
    BLANK_ZIP = "no ZIP"
    CONCURRENT_WITH_AL_ANON = "an AA meeting that a family group meets beside (AL-AN), not a family group"
    DAY_ARRAY = "several days in one row"
    DAY_NAME = "a weekday as a word"
    EXACT_DUPLICATE = "the same row twice"
    FAR_FROM_ZIP = "a position more than 25 miles from its ZIP"
    FEE_AS_TEXT = "a fee with a dollar sign"
    FREE_TEXT_WEEKDAYS = "weekdays in free text"
    HTML_ENTITIES = "HTML entities in text"
    NEGATIVE_BEDS = "a negative number of beds"
    NO_ORGANIZATION = "a service of nobody"
    OLD_LABEL = "a label of 2019 for a code that has another label now"
    OLD_VACANCY = "a vacancy that is months old"
    PLACEHOLDER_PHONE = "the phone (999) 999-9999"
    SERVICES_NULL = "no services at all (null)"
    SWAPPED_POSITION = "latitude and longitude exchanged"
    TEST_ROW = "somebody's test"
    TIME_WITH_SECONDS = "a time of day with seconds"
    UNKNOWN_CODE = "a code or label that no table knows"
    UNPUBLISHED = "a row its owner has not published"
    ZERO_POSITION = "position (0, 0)"


VERDICTS: Mapping[Defect, Verdict] = {
    Defect.BEDS_OPEN_ABOVE_TOTAL: Verdict.QUARANTINED,
    Defect.BLANK_NAME: Verdict.REJECTED,
    Defect.EXACT_DUPLICATE: Verdict.MERGED,
    Defect.FAR_FROM_ZIP: Verdict.QUARANTINED,
    Defect.NEGATIVE_BEDS: Verdict.QUARANTINED,
    Defect.NO_ORGANIZATION: Verdict.QUARANTINED,
    Defect.SWAPPED_POSITION: Verdict.QUARANTINED,
    Defect.TEST_ROW: Verdict.REJECTED,
    Defect.UNPUBLISHED: Verdict.REJECTED,
    Defect.ZERO_POSITION: Verdict.QUARANTINED,
}
"""The faults that cost a row its place; any other costs at most a note."""


def verdict_of(defect: Defect | None) -> Verdict:
    """Return what an importer owes a row with this fault (None: a clean row)."""
    return Verdict.ACCEPTED if defect is None else VERDICTS.get(defect, Verdict.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Row:
    """A row, and the one fault it carries, if any."""

    fields: Fields
    defect: Defect | None = None


def anything(_: Fields) -> bool:
    """Every row will do."""
    return True


class Sheet:
    """The rows of one file: written clean, then spoilt in stated numbers.

    A row carries one fault at most, so that each has one right verdict. Landmarks, the rows that the
    demo relies on, are never spoilt.
    """

    def __init__(self, rng: random.Random, *, common: list[Fields], landmarks: list[Fields]) -> None:
        self._rng = rng
        self._clean = list(common)
        rng.shuffle(self._clean)
        self._settled = [Row(fields) for fields in landmarks]

    def spoil(
        self,
        defect: Defect,
        count: int,
        change: Callable[[Fields], Fields],
        *,
        where: Callable[[Fields], bool] = anything,
    ) -> None:
        """Give `count` of the clean rows that satisfy `where` this fault; `ValueError` if too few do."""
        chosen = [fields for fields in self._clean if where(fields)][:count]
        if len(chosen) < count:
            raise ValueError(f"only {len(chosen)} rows are fit for {count} x {defect.name}")
        for fields in chosen:
            self._clean.remove(fields)
            self._settled.append(Row({**fields, **change(fields)}, defect))

    def repeat(self, count: int) -> None:
        """Write `count` clean rows twice; the second writing is the fault."""
        for fields in self._clean[:count]:
            self._clean.remove(fields)
            self._settled += [Row(fields), Row(dict(fields), Defect.EXACT_DUPLICATE)]

    def add(self, defect: Defect, fields: Fields) -> None:
        """Add a row that is nothing but a fault."""
        self._settled.append(Row(fields, defect))

    def rows(self) -> list[Row]:
        """Return all rows, shuffled like a directory that grew over years; second writings come last."""
        first = [row for row in self._settled if row.defect is not Defect.EXACT_DUPLICATE]
        first += [Row(fields) for fields in self._clean]
        self._rng.shuffle(first)
        return first + [row for row in self._settled if row.defect is Defect.EXACT_DUPLICATE]
