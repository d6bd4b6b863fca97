"""A feed's rows in batches, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from aftercare_directory.domain.record import (
    ListingRecord,
    MergedRow,
    Outcome,
    RowNote,
    RowProblem,
    RowRef,
)
from aftercare_directory.domain.record import Verdict as ReaderVerdict


class RowVerdict(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


@dataclass(slots=True)
class Row:
    """One row's outcome and the notes that the reader made of it."""

    outcome: ListingRecord | RowProblem | MergedRow
    notes: list[RowNote] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowReport:
    """A row that is worth a word; `verdict` is None for a word about the whole file."""

    row: RowRef
    verdict: RowVerdict | None
    field: str = ""
    value: str = ""
    reason: str = ""
    changed_fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Account:
    """How many rows became what. Every row is counted once."""

    counts: dict[RowVerdict, int] = field(default_factory=lambda: dict.fromkeys(RowVerdict, 0))

    def count(self, verdict: RowVerdict) -> None:
        """Count a row."""
        self.counts[verdict] += 1

    @property
    def rows_in(self) -> int:
        """The rows counted."""
        return sum(self.counts.values())


def in_batches(outcomes: Iterator[Outcome], size: int) -> Iterator[list[Row] | RowNote]:
    """The rows in lists of `size`, the last shorter; between them notes that belong to no row."""
    batch: list[Row] = []
    for outcome in outcomes:
        if isinstance(outcome, RowNote):
            if batch and batch[-1].outcome.row == outcome.row:
                batch[-1].notes.append(outcome)
            else:
                yield outcome
            continue
        if len(batch) >= size:
            yield batch
            batch = []
        batch.append(Row(outcome))
    if batch:
        yield batch


def told_by_reader(outcome: RowProblem | MergedRow) -> RowReport:
    """The report of a row that the reader settled."""
    if isinstance(outcome, MergedRow):
        return RowReport(outcome.row, RowVerdict.MERGED, "key", outcome.into, outcome.reason)
    verdict = RowVerdict.QUARANTINED if outcome.verdict is ReaderVerdict.QUARANTINED else RowVerdict.REJECTED
    return RowReport(outcome.row, verdict, outcome.field, outcome.value, outcome.reason)


def told_of(note: RowNote, verdict: RowVerdict | None) -> RowReport:
    """The report of a note."""
    return RowReport(note.row, verdict, note.field, note.value, note.reason)
