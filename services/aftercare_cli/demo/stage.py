"""What the audience reads."""

from __future__ import annotations

import textwrap
from typing import Final

from aftercare_cli.shown.screen import results

WIDTH: Final = 110


def act(number: int, title: str) -> None:
    """The title of an act."""
    line = f"Act {number}. {title}"
    results().print(f"\n\n{line}\n{'─' * len(line)}", style="bold", soft_wrap=True)


def say(text: str) -> None:
    """What happens."""
    for line in textwrap.wrap(text, WIDTH):
        results().print(line, markup=False, soft_wrap=True)


def show(text: str) -> None:
    """A line of what came of it, set in."""
    for line in textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      "):
        results().print(line, markup=False, soft_wrap=True, style="cyan")


def gap() -> None:
    """An empty line."""
    results().print()
