"""Agency accounts have a program."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "7d21c4e0b9f3"
down_revision: str | None = "41754ae7ac36"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the change; accounts of before belong to the oldest program, which opened them."""
    with op.batch_alter_table("agency_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("program_id", sa.String(), nullable=True))
    account = sa.table("agency_account", sa.column("program_id"))
    program = sa.table("program", sa.column("id"))
    op.execute(account.update().values(program_id=sa.select(sa.func.min(program.c.id)).scalar_subquery()))
    with op.batch_alter_table("agency_account", schema=None) as batch_op:
        batch_op.alter_column("program_id", existing_type=sa.String(), nullable=False)
        batch_op.create_foreign_key("agency_account_program", "program", ["program_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_agency_account_program_id"), ["program_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("agency_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agency_account_program_id"))
        batch_op.drop_column("program_id")
