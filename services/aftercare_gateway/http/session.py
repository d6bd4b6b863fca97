"""Who is signed in: a session secret in a cookie, access tokens in memory.

The secret is identity's and opaque to us. An access token is asked for when one is first needed, kept
under the digest of the secret, and asked for anew a minute before it ends. Nothing is written anywhere.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from aftercare.identity.v1 import identity_pb2
from aftercare_gateway.http.doors import Doors, ask
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.kernel.errors import Unauthenticated
from aftercare_platform.rpc.call import acting_for

RENEWED_BEFORE: Final = timedelta(minutes=1)
REMEMBERED: Final = 4096
"""How many sessions are kept; the one that was used longest ago makes room."""

_SHORTEST_SECRET, _LONGEST_SECRET = 20, 200


@dataclass(frozen=True, slots=True)
class Person:
    """Someone signed in, as long as the token lasts."""

    token: str = field(repr=False)
    until: datetime
    who: identity_pb2.CallerDescription = field(repr=False)

    @property
    def is_agency(self) -> bool:
        """Whether an agency's account is signed in, not a member."""
        return bool(self.who.organization_id)

    def has(self, *roles: identity_pb2.Role.ValueType) -> bool:
        """Whether a member holds one of the roles."""
        return not set(roles).isdisjoint(self.who.roles)


class Sessions:
    """The people whose tokens we hold."""

    def __init__(self, doors: Doors, clock: Clock) -> None:
        self._doors = doors
        self._clock = clock
        self._people: OrderedDict[str, Person] = OrderedDict()

    async def person(self, secret: str) -> Person:
        """Who the secret belongs to, with a token that lasts; Unauthenticated where the session has ended."""
        if not _SHORTEST_SECRET <= len(secret) <= _LONGEST_SECRET:
            raise Unauthenticated
        digest = _digest(secret)
        known = self._people.get(digest)
        if known is not None and known.until - RENEWED_BEFORE > self._clock.now():
            self._people.move_to_end(digest)
            return known
        token = await ask(
            self._doors.identity.IssueToken, identity_pb2.IssueTokenRequest(session_secret=secret)
        )
        return self._remember(digest, token, known.who if known else await self._describe(token.token))

    def welcome(self, signed_in: identity_pb2.SignInResponse) -> Person:
        """Remember someone who just signed in."""
        return self._remember(_digest(signed_in.session_secret), signed_in.token, signed_in.caller)

    def forget(self, secret: str) -> None:
        """Drop the token of a session: it was refused, or its person left."""
        self._people.pop(_digest(secret), None)

    async def _describe(self, token: str) -> identity_pb2.CallerDescription:
        with acting_for(token):
            return await ask(self._doors.identity.GetCaller, identity_pb2.GetCallerRequest())

    def _remember(
        self, digest: str, token: identity_pb2.AccessToken, who: identity_pb2.CallerDescription
    ) -> Person:
        person = Person(token.token, token.expire_time.ToDatetime(tzinfo=UTC), who)
        self._people[digest] = person
        self._people.move_to_end(digest)
        while len(self._people) > REMEMBERED:
            self._people.popitem(last=False)
        return person


@dataclass(frozen=True, slots=True)
class Cookies:
    """The two cookies: the session's, and one that ties a stranger's form to their browser."""

    is_secure: bool

    @property
    def session(self) -> str:
        """Name of the session's cookie; by TLS the prefix binds it to this very host."""
        return self._name("session")

    @property
    def visit(self) -> str:
        """Name of a stranger's cookie."""
        return self._name("visit")

    def secret(self, request: Request) -> str:
        """The session secret that came with the request; empty for a stranger."""
        return request.cookies.get(self.session, "")

    def binding(self, request: Request) -> str:
        """What the forms of this browser are tied to: its session, else its visit; empty without cookies."""
        return self.secret(request) or request.cookies.get(self.visit, "")

    def open_session(self, response: Response, secret: str) -> None:
        """Hand over the session secret, until the browser closes or identity ends it."""
        self._set(response, self.session, secret)
        response.delete_cookie(self.visit, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def close_session(self, response: Response) -> None:
        """Take the session secret out of the browser."""
        response.delete_cookie(self.session, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def open_visit(self, response: Response) -> str:
        """Mark a stranger's browser, and return the mark."""
        mark = secrets.token_urlsafe(32)
        self._set(response, self.visit, mark)
        return mark

    def _set(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def _name(self, name: str) -> str:
        return f"__Host-aftercare-{name}" if self.is_secure else f"aftercare-{name}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
