"""Clients on the command line: client, episode, consent, disclosures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from aftercare_cli.commands.carry_out import at_desk
from aftercare_cli.shown.shape import AsShape, Shape

client = typer.Typer(no_args_is_help=True, help="People in the program's care.")
episode = typer.Typer(no_args_is_help=True, help="Stays of a client in the program.")
consent = typer.Typer(no_args_is_help=True, help="Written consents to disclose (42 CFR 2.31).")

ClientId = Annotated[str, typer.Argument(metavar="CLIENT", help="Id of the client.")]
EpisodeId = Annotated[str, typer.Argument(metavar="EPISODE", help="Id of the episode.")]
Born = Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Birth date.")]
Etag = Annotated[str, typer.Option(help="The etag as read; left out, the present one is read first.")]


@client.command("add")
def add_client(
    given_name: Annotated[str, typer.Argument(help="Given name.")],
    family_name: Annotated[str, typer.Argument(help="Family name.")],
    born: Born,
    gender: Annotated[str, typer.Option(help="woman, man or nonbinary: which places serve them.")] = "",
    phone: Annotated[str, typer.Option(help="Phone.")] = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """Add a client."""
    from aftercare_cli.acts import clients as acts
    from aftercare_cli.shown.result import show_one

    show_one(
        at_desk(
            lambda desk: acts.add_client(
                desk, given_name=given_name, family_name=family_name, born=born, gender=gender, phone=phone
            )
        ),
        shape,
    )


@client.command("list")
def list_clients(shape: AsShape = Shape.TABLE) -> None:
    """List the clients."""
    from aftercare_cli.acts import clients as acts
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(acts.list_clients), shape)


@client.command("show")
def show_client(id: ClientId, shape: AsShape = Shape.TABLE) -> None:
    """Show one."""
    from aftercare_cli.acts import clients as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.show_client(desk, id)), shape)


@episode.command("open")
def open_episode(
    client: ClientId,
    admitted: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Admitted on.")],
    discharge: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Planned discharge.")] = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """Open a stay."""
    from aftercare_cli.acts import clients as acts
    from aftercare_cli.shown.result import show_one

    show_one(
        at_desk(lambda desk: acts.open_episode(desk, client, admitted=admitted, planned=discharge)), shape
    )


@episode.command("list")
def list_episodes(client: ClientId, shape: AsShape = Shape.TABLE) -> None:
    """List a client's stays."""
    from aftercare_cli.acts import clients as acts
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(lambda desk: acts.list_episodes(desk, client)), shape)


@episode.command("discharge")
def discharge(
    id: EpisodeId,
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Discharged on.")],
    kind: Annotated[
        str, typer.Option(help="planned, against-advice, transferred, administrative, deceased.")
    ],
    etag: Etag = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """Record the actual discharge."""
    from aftercare_cli.acts import clients as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.discharge(desk, id, on=on, kind=kind, etag=etag)), shape)


@consent.command("record")
def record_consent(
    episode: EpisodeId,
    recipient: Annotated[
        list[str] | None, typer.Option(help="Id of an organization that may be told.")
    ] = None,
    tell: Annotated[
        list[str] | None, typer.Option(help="identity, contact, treatment, medication, insurance, needs.")
    ] = None,
    purpose: Annotated[list[str] | None, typer.Option(help="referral, treatment-payment-operations.")] = None,
    signer: Annotated[str, typer.Option(help="Name as signed.")] = "",
    signed: Annotated[datetime | None, typer.Option(help="When it was signed, UTC.")] = None,
    expires: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Last day on which it holds.")] = "",
    until: Annotated[str, typer.Option(help="Or the event that ends it.")] = "",
    discloser: Annotated[str, typer.Option(help="Who may disclose.")] = "",
    template: Annotated[str, typer.Option(help="standard: fill what our printed form states.")] = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """Record a consent as signed. What it lacks is named; until then it permits nothing."""
    from aftercare.referral.v1.consent_pb2 import Consent
    from aftercare_cli.acts import consents as acts
    from aftercare_cli.acts.members import who_am_i
    from aftercare_cli.connection.desk import Desk
    from aftercare_cli.shown.result import show_one
    from aftercare_cli.shown.screen import aside

    async def act(desk: Desk) -> Consent:
        request = acts.recorded(
            episode,
            recipients=recipient or (),
            categories=tell or (),
            purposes=purpose or (),
            signer=signer,
            signed_at=signed.replace(tzinfo=UTC) if signed else desk.place.clock.now() if signer else None,
            expires=expires,
            expiration_event=until,
            discloser=discloser,
        )
        program = (await who_am_i(desk)).program_name
        return await acts.record(desk, request, template=template, program=program)

    recorded = at_desk(act)
    show_one(recorded, shape)
    if recorded.missing_elements:
        aside().print(f"a draft, it permits nothing; missing: {', '.join(recorded.missing_elements)}")


@consent.command("list")
def list_consents(episode: EpisodeId, shape: AsShape = Shape.TABLE) -> None:
    """List the consents of an episode."""
    from aftercare_cli.acts import consents as acts
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(lambda desk: acts.list_consents(desk, episode)), shape)


@consent.command("revoke")
def revoke_consent(
    id: Annotated[str, typer.Argument(metavar="CONSENT", help="Id of the consent.")],
    channel: Annotated[str, typer.Option(help='How the client said so: "in writing", "by phone".')],
    shape: AsShape = Shape.TABLE,
) -> None:
    """Withdraw a consent, at once."""
    from aftercare_cli.acts import consents as acts
    from aftercare_cli.shown.result import show_one

    show_one(at_desk(lambda desk: acts.revoke(desk, id, channel=channel)), shape)


def disclosures(client: ClientId, shape: AsShape = Shape.TABLE) -> None:
    """List what was told of a client, to whom, under which consent."""
    from aftercare_cli.acts.offers import list_disclosures
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(lambda desk: list_disclosures(desk, client)), shape)
