"""Two consoles: results go to one, all else to the other. Piped text has no colour and is never cut.

Neither reads markup: a listing called "[/x]" is printed as it is called, and styles nothing.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Final

from rich.console import Console

PIPED_WIDTH: Final = 100_000
"""Characters of a line that nobody looks at: nothing is wrapped or cut."""


@cache
def results() -> Console:
    """Where results go: stdout."""
    if sys.stdout.isatty():
        return Console(highlight=False, markup=False, emoji=False)
    return Console(highlight=False, markup=False, emoji=False, width=PIPED_WIDTH, no_color=True)


@cache
def aside() -> Console:
    """Where everything else goes: stderr."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
