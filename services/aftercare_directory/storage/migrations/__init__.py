"""The revisions of the directory's database, for `aftercare_platform.sql.migrate`."""

from aftercare_directory.storage.tables import TABLES as TABLES
