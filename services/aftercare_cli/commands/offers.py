"""Offers on the command line: offers, referral, work."""

from __future__ import annotations

from typing import Annotated

import typer

from aftercare_cli.commands.carry_out import at_desk
from aftercare_cli.shown.shape import AsShape, Shape

offers = typer.Typer(no_args_is_help=True, help="Asking agencies; and, for agencies, answering.")
referral = typer.Typer(no_args_is_help=True, help="One need of one client, and where it stands.")

OfferId = Annotated[str, typer.Argument(metavar="OFFER", help="Id of the offer.")]
ReferralId = Annotated[str, typer.Argument(metavar="REFERRAL", help="Id of the referral.")]
Etag = Annotated[
    str, typer.Option(help="The etag as read; agencies may leave it out, staff answering for them not.")
]


@offers.command("send")
def send_offer(
    referral: ReferralId,
    listing: Annotated[str, typer.Argument(metavar="LISTING", help="Id of the listing to ask.")],
    withhold: Annotated[list[str] | None, typer.Option(help="A field that is not to be told.")] = None,
    mode: Annotated[
        str, typer.Option(help="direct or informational; by default informational for support groups.")
    ] = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """Ask a listing's agency. The offer goes out 30 seconds later; until then it can be undone."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_one

    show_one(
        at_desk(lambda desk: acts.send_offer(desk, referral, listing, withheld=withhold or (), mode=mode)),
        shape,
    )


@offers.command("undo")
def undo_offer(id: OfferId, shape: AsShape = Shape.TABLE) -> None:
    """Take an offer back before it went out."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.undo_offer(desk, id)), shape)


@offers.command("recall")
def recall_offer(
    id: OfferId,
    etag: Annotated[str, typer.Option(help="The etag as read.")],
    shape: AsShape = Shape.TABLE,
) -> None:
    """Take an offer back after it went out."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.recall_offer(desk, id, etag=etag)), shape)


@offers.command("list")
def list_offers(
    open: Annotated[bool, typer.Option("--open", help="Leave out what has ended.")] = False,
    shape: AsShape = Shape.TABLE,
) -> None:
    """List the offers that were sent to your agency; they tell nothing about a person."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(lambda desk: acts.list_offers(desk, open_only=open)), shape)


@offers.command("open")
def open_offer(id: OfferId, shape: AsShape = Shape.TABLE) -> None:
    """Read an offer: what the consent lets your agency know. Each reading is entered as a disclosure."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.opened import show_opened

    show_opened(at_desk(lambda desk: acts.open_offer(desk, id)), shape)


@offers.command("accept")
def accept_offer(id: OfferId, etag: Etag = "", shape: AsShape = Shape.TABLE) -> None:
    """Take the client on."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.accept_offer(desk, id, etag=etag)), shape)


@offers.command("decline")
def decline_offer(
    id: OfferId,
    reason: Annotated[str, typer.Option(help="no-capacity, medicine, gender, age, insurance, language, …")],
    etag: Etag = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """Decline, with a reason."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.decline_offer(desk, id, reason=reason, etag=etag)), shape)


@referral.command("show")
def show_referral(id: ReferralId, shape: AsShape = Shape.TABLE) -> None:
    """Show a need: who holds the ball, and each offer."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_many, show_one
    from aftercare_cli.shown.screen import results

    found = at_desk(lambda desk: acts.show_referral(desk, id))
    show_one(found, shape)
    if shape is Shape.TABLE:
        results().print()
        show_many(found.offers, shape)


@referral.command("close")
def close_referral(
    id: ReferralId,
    reason: Annotated[str, typer.Option(help="client-declined, no-longer-needed, moved, …")],
    etag: Annotated[
        str, typer.Option(help="The etag as read; left out, the present one is read first.")
    ] = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """Close a need without a place."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.close_referral(desk, id, reason=reason, etag=etag)), shape)


def work(
    holder: Annotated[
        str, typer.Option(help="Only where this one acts next: planner, case-manager, agency, client.")
    ] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    shape: AsShape = Shape.TABLE,
) -> None:
    """List what waits, for whom, until when; overdue first."""
    from aftercare_cli.acts import offers as acts
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(lambda desk: acts.list_work(desk, holder=holder, overdue=overdue)), shape)
