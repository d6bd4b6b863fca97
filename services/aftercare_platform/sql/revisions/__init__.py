"""Where Alembic finds its environment; no revision lives here."""
