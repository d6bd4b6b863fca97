"""The account of an import."""

from __future__ import annotations

from collections.abc import Sequence

from aftercare.directory.v1 import import_pb2
from aftercare_cli.acts.imports import VERDICTS, Imported
from aftercare_cli.shown.result import show_many, show_one
from aftercare_cli.shown.screen import aside, results
from aftercare_cli.shown.shape import Shape


def account_line(report: import_pb2.ImportReport) -> str:
    """Such as "62 rows in = 54 created + 1 merged + 4 quarantined + 3 rejected"."""
    parts = [f"{getattr(report, verdict)} {verdict}" for verdict in VERDICTS if getattr(report, verdict)]
    tense = " (dry run: nothing was written)" if report.dry_run else ""
    return f"{report.rows_in} rows in = {' + '.join(parts) or '0'}{tense}"


def show_account(
    imported: Imported, shape: Shape, *, listed: Sequence[import_pb2.RowReport], lists_rows: bool
) -> None:
    """The account; with rows asked for they are the result, and the account stands beside."""
    if lists_rows:
        show_many(listed, shape)
    elif shape is not Shape.TABLE:
        show_one(imported.report, shape)
        return
    console = aside() if lists_rows and shape is not Shape.TABLE else results()
    console.print(account_line(imported.report))
    hidden = len(imported.problems)
    if hidden and not lists_rows:
        aside().print(f"{hidden} rows did not become a listing: --rows problems lists them", style="dim")
