"""All of the directory's records in one unit of work, with the memory of what feeds said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import col

from aftercare_directory.domain.record import RowProblem
from aftercare_directory.ports import KnownPart, Part, PartKey
from aftercare_directory.storage.entries import in_chunks
from aftercare_directory.storage.shelves import SqlShelves
from aftercare_directory.storage.tables import QuarantinedRow, SourceRecordRow
from aftercare_platform.access.caller import Caller
from aftercare_platform.sql.work import SqlWork

_PARTS: Final = SourceRecordRow.__table__  # type: ignore[attr-defined]
_UPDATE_PART: Final = (
    update(_PARTS)
    .where(
        _PARTS.c.source == bindparam("the_source"),
        _PARTS.c.part == bindparam("the_part"),
        _PARTS.c.key == bindparam("the_key"),
    )
    .values(entry_id=bindparam("entry_id"), fingerprint=bindparam("fingerprint"))
)


class SqlRecords(SqlShelves):
    """The records of one unit."""

    async def known_parts(self, source: str, keys: Collection[PartKey]) -> dict[PartKey, KnownPart]:
        """What these keys of a feed became, where they came in before."""
        found: dict[PartKey, KnownPart] = {}
        for part in Part:
            for chunk in in_chunks([key for one, key in keys if one is part]):
                statement = select(_PARTS).where(
                    _PARTS.c.source == source, _PARTS.c.part == str(part), _PARTS.c.key.in_(chunk)
                )
                rows = await self._unit.session.execute(statement)
                found |= {(part, row.key): KnownPart(row.entry_id, row.fingerprint) for row in rows}
        return found

    async def note_parts(
        self, source: str, *, new: Mapping[PartKey, KnownPart], changed: Mapping[PartKey, KnownPart]
    ) -> None:
        """Note what keys became: for the first time, or in the place of what was noted of them before."""
        if new:
            await self._unit.session.execute(insert(_PARTS), _part_rows(source, new))
        if changed:
            await self._unit.session.execute(_UPDATE_PART, _part_rows(source, changed, key_prefix="the_"))

    async def set_aside(self, source: str, problems: Sequence[RowProblem]) -> None:
        """Keep the quarantined rows of a feed's newest import, in the place of the import before."""
        rows = [
            {
                "source": source,
                "file": problem.row.file,
                "line": problem.row.line,
                "number": problem.row.number,
                "field": problem.field,
                "value": problem.value,
                "reason": problem.reason,
            }
            for problem in problems
        ]
        ours = col(QuarantinedRow.source) == source
        before = (await self._unit.session.execute(select(QuarantinedRow).where(ours))).scalars()
        if [row.model_dump(exclude={"seq", "set_aside_at"}) for row in before] == rows:
            return
        await self._unit.session.execute(delete(QuarantinedRow).where(ours))
        if rows:
            dated = [{**row, "set_aside_at": self.now} for row in rows]
            await self._unit.session.execute(insert(QuarantinedRow), dated)


class SqlTransactions:
    """Opens transactions on the records."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    @asynccontextmanager
    async def write(self, caller: Caller, *, action: str) -> AsyncIterator[SqlRecords]:
        """One that commits at its end; `action` names it in the audit."""
        async with self._work.write(caller, action=action) as unit:
            yield SqlRecords(unit)

    @asynccontextmanager
    async def read(self, caller: Caller) -> AsyncIterator[SqlRecords]:
        """One that cannot write, and sees one state throughout."""
        async with self._work.read(caller) as unit:
            yield SqlRecords(unit)


def _part_rows(
    source: str, parts: Mapping[PartKey, KnownPart], *, key_prefix: str = ""
) -> list[dict[str, str]]:
    """The rows of these parts; what tells them apart stands under its column's name behind the prefix."""
    return [
        {
            f"{key_prefix}source": source,
            f"{key_prefix}part": str(part),
            f"{key_prefix}key": key,
            "entry_id": became.id,
            "fingerprint": became.fingerprint,
        }
        for (part, key), became in parts.items()
    ]
