"""Signing in and out on the command line, and links given out by the operator."""

from __future__ import annotations

import re

from aftercare.identity.v1 import identity_pb2
from aftercare_cli.acts.members import link_for
from aftercare_cli.commands.carry_out import own_desk
from aftercare_cli.connection.asked import Asked
from aftercare_cli.connection.desk import open_operator_desk, sign_in
from aftercare_cli.connection.place import Place, find_place
from aftercare_cli.connection.sessions import SignedOut, forget_session, keep_session
from aftercare_cli.supervisor.opening import first_members, new_link
from aftercare_platform.kernel.errors import AftercareError, invalid
from aftercare_platform.kernel.ids import is_id

_SECRET = re.compile(r"(?:link|akey)_[A-Za-z0-9_-]{20,}")


async def log_in(asked: Asked, text: str) -> identity_pb2.CallerDescription:
    """Use up a link (its address or its secret), or show an agency's key, and keep the session."""
    found = _SECRET.search(text)
    if found is None:
        raise invalid("link", "give a sign-in link, its secret (link_…), or an agency key (akey_…)")
    signed_in = await sign_in(find_place(asked.data_dir), found.group())
    keep_session(asked.data_dir, asked.session, signed_in.session_secret)
    return signed_in.caller


async def log_out(asked: Asked) -> None:
    """End the kept session, and forget it whatever the service says."""
    try:
        async with own_desk() as desk:
            await desk.identity.SignOut(identity_pb2.SignOutRequest())
    finally:
        forget_session(asked.data_dir, asked.session)


async def give_link(asked: Asked, member: str) -> str:
    """A link for a member: by the operator for the first members and for ids, else by who is signed in."""
    place = find_place(asked.data_dir)
    known = {first.title: first.id for first in first_members(asked.data_dir)}
    known |= {first.email: first.id for first in first_members(asked.data_dir)}
    id_ = member if is_id(member) else known.get(member.lower())
    if id_ is not None and (asked.data_dir / "keys").is_dir():
        async with open_operator_desk(place) as operator:
            return _address(place, await new_link(operator, id_))
    try:
        async with own_desk() as desk:
            return _address(place, (await link_for(desk, member)).secret)
    except SignedOut as error:
        raise _nobody(member, list(known)) from error


def _address(place: Place, secret: str) -> str:
    return f"{place.page}/sign-in?link={secret}" if place.page else secret


def _nobody(member: str, known: list[str]) -> AftercareError:
    return invalid(
        "member", f"{member!r} is not one of: {', '.join(sorted(known))}; for others sign in as administrator"
    )
