"""Who acts: members by their links, agencies by their keys, the operator by the machine's own key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aftercare_cli.connection.desk import Desk, open_operator_desk, open_signed_in, sign_in
from aftercare_cli.connection.place import Place
from aftercare_cli.supervisor.opening import Invitation, new_link
from aftercare_platform.kernel.errors import Unauthenticated


class Cast:
    """The people of the demo. Each call is made as one of them, with the rights of that one alone."""

    def __init__(self, place: Place, invitations: Iterable[Invitation]) -> None:
        self._place = place
        self._members = {invitation.member.title: invitation.member.id for invitation in invitations}
        self._links = {invitation.member.title: invitation.secret for invitation in invitations}
        self._sessions: dict[str, str] = {}

    @asynccontextmanager
    async def member(self, title: str) -> AsyncIterator[Desk]:
        """The desk of a member, such as "planner"; whose session has ended signs in by a new link."""
        if not await self._is_signed_in(title):
            link = self._links.pop(title, None) or await self._new_link(title)
            self._sessions[title] = (await sign_in(self._place, link)).session_secret
        async with open_signed_in(self._place, self._sessions[title]) as desk:
            yield desk

    @asynccontextmanager
    async def agency(self, key: str) -> AsyncIterator[Desk]:
        """The desk of an agency, by its key."""
        session = (await sign_in(self._place, key)).session_secret
        async with open_signed_in(self._place, session) as desk:
            yield desk

    async def _is_signed_in(self, title: str) -> bool:
        if title not in self._sessions:
            return False
        try:
            async with open_signed_in(self._place, self._sessions[title]):
                return True
        except Unauthenticated:
            return False

    async def _new_link(self, title: str) -> str:
        async with open_operator_desk(self._place) as operator:
            return await new_link(operator, self._members[title])
