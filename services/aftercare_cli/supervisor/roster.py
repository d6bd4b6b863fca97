"""Who is supervised, what each stands on, and in which order they go."""

from __future__ import annotations

from typing import Final

SERVICES: Final = ("identity", "directory", "referral", "matching", "gateway")
"""Every service that runs as a process of its own; the first ones are needed by the last."""

WITH_DATABASE: Final = ("identity", "directory", "referral")
"""Those that keep a record, and so have migrations."""

CALLED: Final = ("identity", "directory", "referral", "matching")
"""Those that answer gRPC; the gateway answers HTTP."""

STOPPED_IN_ORDER: Final = (("gateway",), ("matching",), ("referral", "directory", "identity"))
"""Doors first, then who asks others, then who keeps records; those of one step stop together.

The broker goes last: until then the records' last events can still be published.
"""


def package_of(service: str) -> str:
    """The import package of a service, such as "aftercare_directory"."""
    return f"aftercare_{service}"
