"""Progress on stderr, where a person looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from aftercare_cli.shown.screen import aside


@contextmanager
def counted(what: str, *, unit: str) -> Iterator[Callable[[int], None]]:
    """A line that counts up; the function given takes the count so far."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(pulse_style="cyan"))
    told = (TextColumn("{task.completed} " + unit), TimeElapsedColumn())
    unseen = not aside().is_terminal
    with Progress(*columns, *told, console=aside(), transient=True, disable=unseen) as progress:
        task = progress.add_task(what, total=None)
        yield lambda count: progress.update(task, completed=count)
