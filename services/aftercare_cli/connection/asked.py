"""What the command line says before the command: which folder, and whose session."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that every command has."""

    data_dir: Path = Path(".data")
    """Folder of the running system."""
    session: str = "default"
    """Under which name a session is kept, so that one person can be several."""


_UNASKED: Final = Asked()
ASKED: ContextVar[Asked] = ContextVar("aftercare_asked", default=_UNASKED)
