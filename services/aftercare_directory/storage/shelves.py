"""What is read in pages, followed, or kept from other services' events."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from aftercare_directory.domain.entries import AnyEntry, Listing
from aftercare_directory.domain.record import Status
from aftercare_directory.ports import Answer, ListingChange, ListingFilter
from aftercare_directory.storage.entries import SqlEntries, in_chunks
from aftercare_directory.storage.rows import TABLE_OF, entry_of
from aftercare_directory.storage.tables import ListingAnswerRow, ListingRow, ListingVersionRow, ServiceRow
from aftercare_platform.sql.tables import OutboxRow


class SqlShelves(SqlEntries):
    """The entries in pages, the change log, and the answers."""

    async def page(
        self, kind: type[AnyEntry], *, after: str, limit: int, organization_id: str = ""
    ) -> list[AnyEntry]:
        """Entries in the order of their ids, behind the id `after`."""
        table = TABLE_OF[kind]
        statement = select(table).where(table.c.id > after).order_by(table.c.id).limit(limit)
        if organization_id:
            statement = statement.where(table.c.organization_id == organization_id)
        rows = await self._unit.session.execute(statement)
        return [entry_of(kind, row) for row in rows.mappings()]

    async def page_of_listings(self, only: ListingFilter, *, after: str, limit: int) -> list[Listing]:
        """Listings in the order of their ids, behind the id `after`."""
        table = TABLE_OF[Listing]
        statement = select(table).where(table.c.id > after).order_by(table.c.id).limit(limit)
        if only.organization_id:
            statement = statement.where(table.c.organization_id == only.organization_id)
        if only.status:
            statement = statement.where(table.c.status == str(only.status))
        if only.kind:
            statement = statement.where(table.c.kinds.contains(f"|{only.kind}|", autoescape=True))
        if only.name_contains:
            services = TABLE_OF_SERVICE
            shown = func.coalesce(func.nullif(table.c.name, ""), services.c.name)
            statement = statement.join(services, services.c.id == table.c.service_id)
            statement = statement.where(shown.icontains(only.name_contains, autoescape=True))
        rows = await self._unit.session.execute(statement)
        return [entry_of(Listing, row) for row in rows.mappings()]

    async def count_listings(self, status: Status) -> int:
        """How many listings have this status."""
        statement = select(func.count()).select_from(ListingRow).where(col(ListingRow.status) == str(status))
        return int((await self._unit.session.execute(statement)).scalar_one())

    async def changes(self, *, after: int, limit: int) -> list[ListingChange]:
        """The change log behind a cursor."""
        # Cursors follow the commits only while one transaction writes at a time, as SQLite has it.
        statement = (
            select(ListingVersionRow)
            .where(col(ListingVersionRow.cursor) > after)
            .order_by(col(ListingVersionRow.cursor))
            .limit(limit)
        )
        return [_change(row) for row in (await self._unit.session.execute(statement)).scalars()]

    async def published_sequence(self) -> int:
        """The highest sequence in the event stream that an event of ours is known to have; 0 for none."""
        statement = select(func.max(col(OutboxRow.stream_sequence)))
        return int((await self._unit.session.execute(statement)).scalar_one() or 0)

    async def answers(self, listing_ids: Collection[str]) -> dict[str, Answer]:
        """How these listings last answered."""
        found: dict[str, Answer] = {}
        for chunk in in_chunks(listing_ids):
            statement = select(ListingAnswerRow).where(col(ListingAnswerRow.listing_id).in_(chunk))
            rows = (await self._unit.session.execute(statement)).scalars()
            found |= {row.listing_id: Answer(**row.model_dump()) for row in rows}
        return found

    async def keep_answer(self, answer: Answer) -> None:
        """Store an answer in the place of the listing's last one."""
        await self._unit.session.merge(
            ListingAnswerRow(
                listing_id=answer.listing_id,
                offer_id=answer.offer_id,
                answer=answer.answer,
                reason=answer.reason,
                answered_at=answer.answered_at,
            )
        )


TABLE_OF_SERVICE: Any = ServiceRow.__table__  # type: ignore[attr-defined]


def _change(row: ListingVersionRow) -> ListingChange:
    return ListingChange(
        cursor=row.cursor or 0,
        listing_id=row.listing_id,
        version=row.version,
        status=Status(row.status),
        fields=tuple(row.fields),
        actor=row.actor,
        changed_at=row.changed_at,
    )
