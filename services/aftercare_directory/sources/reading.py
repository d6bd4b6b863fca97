"""The way every reader goes over its rows: one verdict for each, notes beside it, repeats merged."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from aftercare_directory.domain.record import (
    SHOWN_VALUE_LENGTH,
    ListingRecord,
    MergedRow,
    Outcome,
    RowNote,
    RowProblem,
    RowRef,
    Verdict,
)

T = TypeVar("T")


class Refused(Exception):
    """A row cannot become a listing."""

    def __init__(
        self, field_name: str, value: object, reason: str, verdict: Verdict = Verdict.REJECTED
    ) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason, self.verdict = field_name, value, reason, verdict

    def problem(self, row: RowRef) -> RowProblem:
        """The verdict as it is reported."""
        return RowProblem(row, self.field, shown(self.value), self.reason, self.verdict)


def doubtful(field_name: str, value: object, reason: str) -> Refused:
    """A row that may be right, but not before somebody has looked at it."""
    return Refused(field_name, value, reason, Verdict.QUARANTINED)


def shown(value: object) -> str:
    """A value as a report quotes it: printable, on one line, cut short."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(value))
    return text if len(text) <= SHOWN_VALUE_LENGTH else f"{text[: SHOWN_VALUE_LENGTH - 1]}…"


@dataclass(slots=True)
class Reading:
    """The row under the reader's eye, and what was noted of it so far."""

    row: RowRef
    notes: list[RowNote] = field(default_factory=list)

    def note(self, field_name: str, value: object, reason: str) -> None:
        """Something of the row was not used; it costs the row nothing."""
        self.notes.append(RowNote(self.row, field_name, shown(value), reason))


@dataclass(frozen=True, slots=True)
class Draft:
    """A record and, where the format has one, what makes two rows the same thing under two keys."""

    record: ListingRecord
    sameness: Hashable | None = None


class Repeats:
    """Which listings of this feed were met already."""

    def __init__(self) -> None:
        self._records: dict[str, ListingRecord] = {}
        self._keys: dict[Hashable, str] = {}

    def admit(self, draft: Draft) -> ListingRecord | MergedRow | RowProblem:
        """The record if it is new, merged if it only repeats, quarantined if it contradicts its key."""
        record, key = draft.record, draft.record.source_key
        known = self._records.get(key)
        if known is not None:
            if known == replace(record, row=known.row):
                return MergedRow(record.row, key, "repeats a row word for word")
            return doubtful("key", key, "another row has this key and says something else").problem(
                record.row
            )
        first = self._keys.get(draft.sameness, key) if draft.sameness is not None else key
        if first != key:
            return MergedRow(record.row, first, "is the same as another row under another key")
        self._records[key] = record
        if draft.sameness is not None:
            self._keys[draft.sameness] = key
        return record


def verdicts(
    rows: Iterable[tuple[RowRef, T | Refused]], read_row: Callable[[T, Reading], Draft]
) -> Iterator[Outcome]:
    """Every row's one verdict, followed by its notes."""
    repeats = Repeats()
    for ref, row in rows:
        reading = Reading(ref)
        try:
            if isinstance(row, Refused):
                raise row
            yield repeats.admit(read_row(row, reading))
        except Refused as refused:
            yield refused.problem(ref)
        yield from reading.notes
