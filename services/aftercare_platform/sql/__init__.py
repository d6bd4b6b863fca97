"""Records: engines, units of work, tenancy, the outbox and the inbox, migrations.

The only package that knows which database is underneath; everything outside it writes plain
SQLAlchemy expressions that run on SQLite and on PostgreSQL alike.
"""

from aftercare_platform.sql import (
    driver as driver,
)  # first: it chooses the SQLite library for all that follows
