"""Who one is, and who may sign in: login, logout, whoami, link, members, agencies."""

from __future__ import annotations

from typing import Annotated

import typer

from aftercare_cli.commands.carry_out import at_desk, carry_out
from aftercare_cli.connection.asked import ASKED
from aftercare_cli.shown.shape import AsShape, Shape

members = typer.Typer(no_args_is_help=True, help="Members of the program and their roles.")
agencies = typer.Typer(no_args_is_help=True, help="Accounts and keys of agencies that answer offers.")

Roles = Annotated[
    list[str],
    typer.Option("--role", help="planner, case-manager, supervisor, privacy-officer or administrator."),
]
MemberName = Annotated[str, typer.Argument(help="Id, e-mail or name.")]


def login(
    link: Annotated[
        str, typer.Argument(help="A sign-in link, its secret, or an agency key; - reads it from stdin.")
    ],
) -> None:
    """Sign in, and stay signed in for the next commands."""
    from aftercare_cli.acts.signing_in import log_in
    from aftercare_cli.shown.screen import aside

    text = typer.get_text_stream("stdin").readline() if link == "-" else link
    caller = carry_out(lambda: log_in(ASKED.get(), text))
    aside().print(f"signed in as {caller.name}")


def logout() -> None:
    """End the session."""
    from aftercare_cli.acts.signing_in import log_out

    carry_out(lambda: log_out(ASKED.get()))


def whoami(shape: AsShape = Shape.TABLE) -> None:
    """Tell who is signed in."""
    from aftercare_cli.acts.members import who_am_i
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(who_am_i), shape)


def link(
    member: Annotated[str, typer.Argument(help="planner, administrator, …, an e-mail, a name or an id.")],
) -> None:
    """Print a sign-in link for a member: for one use, within 24 hours."""
    from aftercare_cli.acts.signing_in import give_link
    from aftercare_cli.shown.screen import results

    results().print(carry_out(lambda: give_link(ASKED.get(), member)), soft_wrap=True)


@members.command("add")
def add_member(
    name: Annotated[str, typer.Argument(help="Their name.")],
    email: Annotated[str, typer.Argument(help="Their work e-mail.")],
    role: Roles,
    shape: AsShape = Shape.TABLE,
) -> None:
    """Add a member to your program."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.add_member(desk, name=name, email=email, roles=role)), shape)


@members.command("list")
def list_members(shape: AsShape = Shape.TABLE) -> None:
    """List the members of your program."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(acts.list_members), shape)


@members.command("roles")
def set_roles(member: MemberName, role: Roles, shape: AsShape = Shape.TABLE) -> None:
    """Give a member these roles and no others; what they could do before ends at once."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.set_roles(desk, member, role)), shape)


@members.command("deactivate")
def deactivate(member: MemberName, shape: AsShape = Shape.TABLE) -> None:
    """Bar a member; their sessions end at once."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.deactivate(desk, member)), shape)


@agencies.command("add")
def add_agency(
    organization: Annotated[str, typer.Argument(help="Id of the organization in the directory.")],
    name: Annotated[str, typer.Option(help="Name to show.")],
    shape: AsShape = Shape.TABLE,
) -> None:
    """Open an account for an organization."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.add_agency(desk, organization, name=name)), shape)


@agencies.command("list")
def list_agencies(shape: AsShape = Shape.TABLE) -> None:
    """List the accounts."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(acts.list_agencies), shape)


@agencies.command("key")
def new_key(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    label: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    days: Annotated[int, typer.Option(help="Days until it ends, 1 to 366; 0 means 90.")] = 0,
    shape: AsShape = Shape.TABLE,
) -> None:
    """Make a key; its secret is shown this once."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.new_key(desk, account, label=label, days=days)), shape)


@agencies.command("revoke-key")
def revoke_key(
    key: Annotated[str, typer.Argument(help="Id of the key.")], shape: AsShape = Shape.TABLE
) -> None:
    """End a key, and the sessions that it opened, at once."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.revoke_key(desk, key)), shape)


@agencies.command("link")
def agency_link(
    account: Annotated[str, typer.Argument(help="Id of the account.")], shape: AsShape = Shape.TABLE
) -> None:
    """Print a sign-in link for an agency: for one use, within 24 hours."""
    from aftercare_cli.acts import members as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.agency_link(desk, account)), shape)
