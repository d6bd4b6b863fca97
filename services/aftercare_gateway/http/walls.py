"""What stands around every answer: headers, the size of a body, the last resort, the twins in JSON."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aftercare_gateway.http.problems import tell_unknown
from aftercare_platform.rpc.errors import MessageTooLarge

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""On every answer."""

TRANSPORT: Final = "max-age=31536000"
"""How long a browser that reached us by TLS insists on it, in seconds."""

STATIC: Final = "/static/"
_TWIN: Final = ".json"


class BodyTooLarge(MessageTooLarge):
    """The request is larger than {maximum} bytes."""


class SafeHeaders:
    """Adds the headers to each answer, and keeps all but the style sheet out of every cache."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"strict-transport-security": TRANSPORT} if is_secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        caching = "no-cache" if scope["path"].startswith(STATIC) else "no-store"

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({**self._headers, "cache-control": caching})
            await send(message)

        return await self._app(scope, receive, sending)


class LastResort:
    """Answers a request whose handling failed in a way that nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, unless that fails before an answer has begun."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if has_begun:
                raise
            await tell_unknown(Request(scope), error)(scope, receive, send)
        return None


class BodyLimit:
    """Stops reading a body that is too large; `BodyTooLarge` where it is read."""

    def __init__(self, app: ASGIApp, *, maximum: int) -> None:
        self._app = app
        self._maximum = maximum

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        await self._app(scope, self._counting(receive) if scope["type"] == "http" else receive, send)

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._maximum:
                raise BodyTooLarge(maximum=self._maximum)
            return message

        return receiving


class JsonTwins:
    """Lets /clients.json mean /clients for someone who accepts JSON alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, under the page's own address."""
        if scope["type"] == "http" and scope["path"].endswith(_TWIN):
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept"]
            path = scope["path"].removesuffix(_TWIN) or "/"
            scope = {**scope, "path": path, "headers": [*headers, (b"accept", b"application/json")]}
        await self._app(scope, receive, send)
