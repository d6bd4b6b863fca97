"""The environment that Alembic runs revisions in; the connection and the tables come from `migrate`."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from aftercare_platform.sql.columns import UtcDateTime


def _spell_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # Revisions outlive our classes: what they name must stay understood when those have changed.
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    compare_type=True,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
    render_item=_spell_type,
    transactional_ddl=True,  # SQLite can undo DDL, which Alembic does not assume of it
)
with context.begin_transaction():
    context.run_migrations()
