"""The revisions of identity's database."""

from aftercare_identity.storage.tables import TABLES

__all__ = ["TABLES"]
