"""Carrying out a command: run it, show its failure in words, end with the right exit code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from aftercare_platform.kernel.errors import AftercareError

if TYPE_CHECKING:
    from aftercare_cli.connection.desk import Desk

Result = TypeVar("Result")


def carry_out(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run the work to its result; a failure is told on stderr and ends the command with its exit code."""
    try:
        return asyncio.run(work())
    except AftercareError as error:
        raise complaint(error) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def complaint(error: AftercareError) -> typer.Exit:
    """Tell the error on stderr; the exit to raise."""
    from aftercare_cli.shown.complaint import exit_code_of, lines_of

    for line in lines_of(error):
        typer.echo(f"aftercare: {line}", err=True)
    return typer.Exit(exit_code_of(error))


def at_desk(act: Callable[[Desk], Awaitable[Result]]) -> Result:
    """Do one act as the one who is signed in, and return its result."""

    async def work() -> Result:
        async with own_desk() as desk:
            return await act(desk)

    return carry_out(work)


@asynccontextmanager
async def own_desk() -> AsyncIterator[Desk]:
    """The desk of whoever is signed in, by AFTERCARE_AGENCY_KEY, AFTERCARE_SESSION or the kept session."""
    import os

    from aftercare_cli.connection.asked import ASKED
    from aftercare_cli.connection.desk import open_signed_in, sign_in
    from aftercare_cli.connection.place import find_place
    from aftercare_cli.connection.sessions import kept_session

    asked = ASKED.get()
    place = find_place(asked.data_dir)
    key = os.environ.get("AFTERCARE_AGENCY_KEY")
    secret = (
        (await sign_in(place, key)).session_secret if key else kept_session(asked.data_dir, asked.session)
    )
    async with open_signed_in(place, secret) as desk:
        yield desk
