"""An import from its first byte to its account."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aftercare_directory.domain.record import ListingRecord, RowNote, RowProblem
from aftercare_directory.ports import FeedRecords, PartKey, Transactions
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.formats import format_named
from aftercare_directory.sources.mapping import saved_mapping
from aftercare_directory.usecases.importing.applying import Progress, Stating, apply_batch, take_apart
from aftercare_directory.usecases.importing.holding import held
from aftercare_directory.usecases.importing.rehearsal import Draft, Rehearsal
from aftercare_directory.usecases.importing.rows import (
    Account,
    Row,
    RowReport,
    RowVerdict,
    in_batches,
    told_by_reader,
    told_of,
)
from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.errors import invalid

ACTION = "import"
"""What an import's transactions are called in the audit."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What is imported and how; `mapping` is a saved mapping's name or a mapping in JSON, for "csv" alone."""

    format: str
    source: str
    mapping: str = ""
    dry_run: bool = False
    files_at: datetime | None = None
    """The date of the files, for rows that bear none of their own."""


@dataclass(frozen=True, slots=True)
class RowsDone:
    """How many rows are done so far."""

    count: int


@dataclass(frozen=True, slots=True)
class ImportEnd:
    """The account of the whole import."""

    account: Account
    dry_run: bool


ImportNews = RowsDone | RowReport | ImportEnd


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A batch of rows with the records in it taken apart."""

    rows: list[Row]
    statings: list[Stating]


async def import_listings(
    order: ImportOrder, files: Sequence[SourceFile], *, caller: Caller, work: Transactions, batch_rows: int
) -> AsyncIterator[ImportNews]:
    """Read the files in: news as they come, the account last. One transaction per `batch_rows` rows.

    All files are read before anything is written, so that a broken one fails with nothing done
    (`InvalidArgument` that names file and line); what was read of them waits in memory. An import that
    is cut off between two batches has done the rows it told of; the same import again does the rest.
    A dry run tells the same and writes nothing.
    """
    reader, options = format_named(order.format), options_of(order)
    progress, draft, account = Progress(order.source, order.files_at), Draft(), Account()
    quarantined: list[RowProblem] = []
    async with held(partial(reader.read, files, options)) as outcomes:
        batches = in_batches(outcomes, batch_rows)
        while (batch := await asyncio.to_thread(_next, batches, progress.named)) is not None:
            if isinstance(batch, RowNote):
                yield told_of(batch, None)
                continue
            async with _records(work, caller, draft if order.dry_run else None) as records:
                applied = await apply_batch(records, batch.statings, progress)
            for report in _reports(batch.rows, applied, account, quarantined):
                yield report
            yield RowsDone(account.rows_in)
    async with _records(work, caller, draft if order.dry_run else None) as records:
        await records.set_aside(order.source, quarantined)
    yield ImportEnd(account, order.dry_run)


def options_of(order: ImportOrder) -> ReadOptions:
    """The reader's options; raises `InvalidArgument` for a mapping that is none or is not wanted."""
    if order.format != "csv":
        if order.mapping:
            raise invalid("header.mapping", f"is for the format csv; {order.format} needs none")
        return ReadOptions()
    if not order.mapping.lstrip().startswith("{"):
        return ReadOptions(mapping=saved_mapping(order.mapping))
    try:
        mapping = json.loads(order.mapping)
    except (json.JSONDecodeError, RecursionError):
        raise invalid("header.mapping", "is neither the name of a saved mapping nor JSON") from None
    return ReadOptions(mapping=mapping)


@asynccontextmanager
async def _records(work: Transactions, caller: Caller, draft: Draft | None) -> AsyncIterator[FeedRecords]:
    """The records to write a batch to: the real ones, or with a draft a rehearsal of them."""
    if draft is None:
        async with work.write(caller, action=ACTION) as records:
            yield records
    else:
        async with work.read(caller) as stored:
            yield Rehearsal(stored, draft)


def _next(batches: Iterator[list[Row] | RowNote], named: set[PartKey]) -> _Prepared | RowNote | None:
    batch = next(batches, None)
    if batch is None or isinstance(batch, RowNote):
        return batch
    records = [row.outcome for row in batch if isinstance(row.outcome, ListingRecord)]
    return _Prepared(batch, [take_apart(record, named) for record in records])


def _reports(
    rows: Sequence[Row], applied: Sequence[RowReport], account: Account, quarantined: list[RowProblem]
) -> Iterator[RowReport]:
    """Count every row; give out those that are worth a word."""
    settled = iter(applied)
    for row in rows:
        outcome = row.outcome
        report = next(settled) if isinstance(outcome, ListingRecord) else told_by_reader(outcome)
        verdict = report.verdict
        if verdict is None:
            raise AssertionError  # only notes on a whole file have none
        account.count(verdict)
        if isinstance(outcome, RowProblem) and verdict is RowVerdict.QUARANTINED:
            quarantined.append(outcome)
        if verdict not in (RowVerdict.CREATED, RowVerdict.UNCHANGED):
            yield report
        if verdict is not RowVerdict.UNCHANGED:
            yield from (told_of(note, verdict) for note in row.notes)
