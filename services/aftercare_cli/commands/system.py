"""Running the system on this host: up, serve, migrate, status, stop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aftercare_cli.commands.carry_out import carry_out, complaint
from aftercare_cli.connection.asked import ASKED
from aftercare_cli.shown.shape import AsShape, Shape
from aftercare_platform.kernel.errors import AftercareError

DataDir = Annotated[Path | None, typer.Option("--data", help="Folder for databases, keys and streams.")]


def up(
    data: DataDir = None,
    program: Annotated[
        str, typer.Option(help="Name of the program made at the first start.")
    ] = "Riverbend IOP",
    port: Annotated[int, typer.Option(help="Port of the pages; 0 takes a free one.", min=0, max=65535)] = 0,
    links: Annotated[
        bool, typer.Option("--links", help="Print fresh sign-in links at a later start too.")
    ] = False,
    demo_clock: Annotated[
        bool, typer.Option("--demo-clock", help="Let the clock be moved; never with real clients.")
    ] = False,
) -> None:
    """Start the whole system here and keep it running until Ctrl-C."""
    from aftercare_cli.supervisor.layout import lay_out
    from aftercare_cli.supervisor.running import run_house

    layout = lay_out(data or ASKED.get().data_dir, has_demo_clock=demo_clock, page_port=port)
    carry_out(lambda: run_house(layout, program=program, wants_links=links))


def serve(
    service: Annotated[str, typer.Argument(help="identity, directory, referral, matching or gateway.")],
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring its database up to date first.")] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Stop when the process that started it is gone.")
    ] = False,
) -> None:
    """Run one service in this process; its settings come from the environment (docs/SETTINGS.md)."""
    from aftercare_cli.supervisor import serving

    try:
        main = serving.main_of(service)
    except AftercareError as error:
        raise complaint(error) from None
    if with_parent:
        from aftercare_cli.supervisor.orphans import stop_with_parent

        stop_with_parent()
    if migrate:
        carry_out(lambda: serving.migrate([service]))
    main()


def migrate(
    services: Annotated[
        list[str] | None, typer.Argument(help="Which services; all of them by default.")
    ] = None,
) -> None:
    """Bring the databases to the newest revision."""
    from aftercare_cli.supervisor import serving

    carry_out(lambda: serving.migrate(services or []))


def status(shape: AsShape = Shape.TABLE) -> None:
    """Tell how the running system is: services, streams, the copy of the listings, what waits to be published."""
    from aftercare_cli.acts.status import status_of
    from aftercare_cli.connection.place import find_place
    from aftercare_cli.shown.result import show_rows

    rows = carry_out(lambda: status_of(find_place(ASKED.get().data_dir)))
    show_rows(rows, shape)
    if any(row["state"] == "away" for row in rows):
        raise typer.Exit(6)


def stop(data: DataDir = None) -> None:
    """Stop the system that runs on the data folder, in order, and wait until it has."""
    from aftercare_cli.supervisor.running import stop_house

    carry_out(lambda: stop_house(data or ASKED.get().data_dir))
