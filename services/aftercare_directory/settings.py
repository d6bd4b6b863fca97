"""What an operator can set of the directory, beside what every service has."""

from __future__ import annotations

from pydantic import Field

from aftercare_platform.settings import PlatformSettings


class DirectorySettings(PlatformSettings):
    """The settings of the directory service."""

    import_maximum_bytes: int = Field(default=256 * 1024 * 1024, ge=1)
    """How large the files of one import may be together, in bytes; they wait on disk until they are read."""
    import_batch_rows: int = Field(default=250, ge=1, le=5000)
    """How many rows of an import are written in one transaction; other writers wait as long as one takes."""
