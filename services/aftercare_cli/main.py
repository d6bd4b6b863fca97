"""The command line as a whole: which commands there are, in which groups."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aftercare_cli.commands import access, clients, demo, directory, offers, plans, system
from aftercare_cli.connection.asked import ASKED, Asked

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def asked(
    data: Annotated[
        Path, typer.Option(help="Folder of the running system.", envvar="AFTERCARE_DATA_DIR")
    ] = Path(".data"),
    session: Annotated[
        str, typer.Option("--as", help="Name of the kept session to use.", envvar="AFTERCARE_AS")
    ] = "default",
) -> None:
    """Carry people from discharge to support near home, and see each referral through.

    Exit codes: 0 done, 1 failed, 2 wrong input, 3 not signed in or not allowed, 4 not found, 5 conflict,
    6 away (try again).
    """
    ASKED.set(Asked(data, session))


def _add(panel: str, **commands: object) -> None:
    """Put commands and groups into a panel of the help."""
    for name, command in commands.items():
        title = name.rstrip("_").replace("_", "-")
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=title, rich_help_panel=panel)
        elif callable(command):
            app.command(title, rich_help_panel=panel)(command)


_add(
    "The main job",
    client=clients.client,
    episode=clients.episode,
    consent=clients.consent,
    match=plans.match,
    plan=plans.plan,
    offers=offers.offers,
    referral=offers.referral,
    work=offers.work,
    disclosures=clients.disclosures,
)
_add(
    "The directory",
    import_=directory.import_listings,
    formats=directory.formats,
    listings=directory.entries("LISTINGS", "Listings: services at locations, what is searched and offered."),
    capacity=directory.capacity,
    organizations=directory.entries("ORGANIZATIONS", "Organizations that run services."),
    services=directory.entries("SERVICES", "Services of organizations."),
    locations=directory.entries("LOCATIONS", "Locations of organizations."),
)
_add(
    "Who",
    login=access.login,
    logout=access.logout,
    whoami=access.whoami,
    link=access.link,
    members=access.members,
    agencies=access.agencies,
)
_add(
    "The system",
    demo=demo.demo,
    up=system.up,
    status=system.status,
    stop=system.stop,
    serve=system.serve,
    migrate=system.migrate,
)


def main() -> None:
    """The console script. A fault of our own is told by its place: its text may hold a person's story."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 (the last resort: a traceback on a terminal shows values)
        from aftercare_platform.logging import failure

        fault = failure(error)
        typer.echo(f"aftercare: a fault of its own: {fault['error_type']} at {fault['where']}", err=True)
        sys.exit(1)
