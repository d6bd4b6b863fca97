"""The directory on the command line: importing, listings, capacity, organizations, services, locations."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aftercare_cli.commands.carry_out import at_desk, complaint
from aftercare_cli.shown.shape import AsShape, Shape
from aftercare_platform.kernel.errors import AftercareError

Command = Callable[..., None]


class Rows(StrEnum):
    """Which rows of an import to list."""

    PROBLEMS = "problems"
    ALL = "all"


def import_listings(
    format: Annotated[str, typer.Argument(help="One of `aftercare formats`.")],
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files, or a folder of them.")],
    source: Annotated[str, typer.Option(help="Name of the source, such as dc-crie; facts bear it.")],
    mapping: Annotated[
        str, typer.Option(help="For csv, which needs one: a saved mapping's name, or a file.json.")
    ] = "",
    dated: Annotated[str, typer.Option(help="Date of the files, YYYY-MM-DD, for rows that bear none.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen; write nothing.")
    ] = False,
    rows: Annotated[
        Rows | None, typer.Option(help="List rows that did not become a listing, or all told of.")
    ] = None,
    shape: AsShape = Shape.TABLE,
) -> None:
    """Read a directory in; the same files a second time change nothing."""
    from aftercare.directory.v1 import import_pb2
    from aftercare_cli.acts import imports as acts
    from aftercare_cli.shown.account import show_account
    from aftercare_cli.shown.progress import counted

    try:
        header = import_pb2.ImportHeader(
            format=format,
            source=source,
            mapping=acts.mapping_of(mapping),
            dry_run=dry_run,
            files_date=dated,
        )
    except AftercareError as error:
        raise complaint(error) from None
    with counted(f"reading {source}", unit="rows") as progress:
        imported = at_desk(lambda desk: acts.import_files(desk, header, paths, on_progress=progress))
    listed = {None: [], Rows.PROBLEMS: imported.problems, Rows.ALL: imported.rows}[rows]
    show_account(imported, shape, listed=listed, lists_rows=rows is not None)


def formats(shape: AsShape = Shape.TABLE) -> None:
    """List the formats that can be read in."""
    from aftercare_cli.acts.imports import list_formats
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(list_formats), shape)


def capacity(
    listing: Annotated[str, typer.Argument(help="Id of the listing.")],
    available: Annotated[int | None, typer.Option(help="Places free now; left out: not known.")] = None,
    maximum: Annotated[int | None, typer.Option(help="Places in all.")] = None,
    waitlist: Annotated[int | None, typer.Option(help="People waiting.")] = None,
    shape: AsShape = Shape.TABLE,
) -> None:
    """Report how many places a listing has free."""
    from aftercare_cli.acts.entries import report_capacity
    from aftercare_cli.shown.result import show_one

    show_one(
        at_desk(
            lambda desk: report_capacity(
                desk, listing, available=available, maximum=maximum, waitlist=waitlist
            )
        ),
        shape,
    )


def entries(name: str, help: str) -> typer.Typer:
    """The commands that every kind of entry has: show, create, update; and list, but for listings."""
    group = typer.Typer(no_args_is_help=True, help=help)
    group.command("show", help="Show one.")(_show_command(name))
    group.command("create", help="Create one from JSON; the fields are those of the contract.")(
        _create_command(name)
    )
    group.command("update", help="Change some fields of one.")(_update_command(name))
    if name == "LISTINGS":
        group.command("list")(list_listings)
        group.command("changes")(list_changes)
    else:
        group.command("list", help="List all.")(_list_command(name))
    return group


def list_listings(
    organization: Annotated[str, typer.Option(help="Only of this organization, by id.")] = "",
    kind: Annotated[str, typer.Option(help="Only of this kind, such as sober-living.")] = "",
    status: Annotated[str, typer.Option(help="active or inactive.")] = "",
    name: Annotated[str, typer.Option(help="Only whose name contains this.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many; 0 for all.", min=0)] = 0,
    shape: AsShape = Shape.TABLE,
) -> None:
    """List listings, oldest first."""
    from google.protobuf.message import Message

    from aftercare.directory.v1 import resources_pb2
    from aftercare.type.v1 import kind_pb2
    from aftercare_cli.acts import entries as acts
    from aftercare_cli.connection.desk import Desk
    from aftercare_cli.shown.result import show_many
    from aftercare_cli.shown.words import number_of

    async def act(desk: Desk) -> list[Message]:
        kind_number = number_of(kind_pb2.Kind.DESCRIPTOR, kind, field="--kind") if kind else 0
        status_number = number_of(resources_pb2.Status.DESCRIPTOR, status, field="--status") if status else 0
        return await acts.list_all(
            desk,
            acts.Entries.LISTINGS.value,
            limit=limit,
            organization_id=organization,
            kind=kind_number,
            status=status_number,
            name_contains=name,
        )

    show_many(at_desk(act), shape)


def list_changes(
    cursor: Annotated[int, typer.Option(help="After this cursor; 0 for the beginning.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="At most so many, up to 500.", min=1, max=500)] = 50,
    shape: AsShape = Shape.TABLE,
) -> None:
    """List what changed, in order."""
    from aftercare_cli.acts.entries import changes
    from aftercare_cli.shown.result import show_many

    page = at_desk(lambda desk: changes(desk, cursor=cursor, limit=limit))
    show_many(list(page.changes), shape)


def _show_command(name: str) -> Command:
    def show(id: Annotated[str, typer.Argument(help="Its id.")], shape: AsShape = Shape.TABLE) -> None:
        from aftercare_cli.acts import entries as acts
        from aftercare_cli.shown.result import show_one

        show_one(at_desk(lambda desk: acts.show(desk, acts.Entries[name].value, id)), shape)

    return show


def _list_command(name: str) -> Command:
    def list_entries(
        organization: Annotated[str, typer.Option(help="Only of this organization, by id.")] = "",
        limit: Annotated[int, typer.Option(help="At most so many; 0 for all.", min=0)] = 0,
        shape: AsShape = Shape.TABLE,
    ) -> None:
        from aftercare_cli.acts import entries as acts
        from aftercare_cli.shown.result import show_many

        filters = {} if name == "ORGANIZATIONS" else {"organization_id": organization}
        show_many(
            at_desk(lambda desk: acts.list_all(desk, acts.Entries[name].value, limit=limit, **filters)), shape
        )

    return list_entries


def _create_command(name: str) -> Command:
    def create(
        file: Annotated[str, typer.Option(help="A file with one JSON object; - reads stdin.")] = "-",
        shape: AsShape = Shape.TABLE,
    ) -> None:
        from aftercare_cli.acts import entries as acts
        from aftercare_cli.shown.result import show_one

        text = _text_of(file)
        show_one(
            at_desk(lambda desk: acts.create(desk, acts.Entries[name].value, acts.fields_in(text))),
            shape,
        )

    return create


def _update_command(name: str) -> Command:
    def update(
        id: Annotated[str, typer.Argument(help="Its id.")],
        changes: Annotated[
            list[str],
            typer.Option("--set", help="A field and its value: name=Harbor House. Values may be JSON."),
        ],
        etag: Annotated[
            str, typer.Option(help="The etag as read: another's change in between is then refused.")
        ] = "",
        shape: AsShape = Shape.TABLE,
    ) -> None:
        from aftercare_cli.acts import entries as acts
        from aftercare_cli.shown.result import show_one

        show_one(
            at_desk(
                lambda desk: acts.update(
                    desk, acts.Entries[name].value, id, acts.fields_set(changes), etag=etag
                )
            ),
            shape,
        )

    return update


def _text_of(file: str) -> str:
    """The text of a file, or of stdin for "-"."""
    from aftercare_platform.kernel.errors import invalid

    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise complaint(invalid("--file", f"{file} cannot be read: {type(error).__name__}")) from None
