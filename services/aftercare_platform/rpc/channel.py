"""The one way to call another service: a channel that passes on who calls, for whom and until when."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import grpc
import grpc.aio

from aftercare_platform.access.keys import ServiceIdentity
from aftercare_platform.access.tokens import SERVICE_TOKEN_LIFE, mint_service_token
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.rpc.call import current_call
from aftercare_platform.rpc.identity import (
    AUTHORIZATION,
    IDEMPOTENCY_KEY,
    SERVICE_TOKEN,
    TRACEPARENT,
    trace_of,
)
from aftercare_platform.rpc.loopback import is_loopback

CALL_SECONDS: Final = 10.0
STREAM_SECONDS: Final = 600.0
LARGEST_REPLY: Final = 16 << 20
"""Bytes of one message that a channel takes."""

_HOMEWARD: Final = 0.05
"""Seconds kept back of our caller's deadline, so that our answer still reaches it."""
_NO_TIME: Final = 0.001
_RENEWED_BEFORE: Final = timedelta(minutes=1)

_RETRIES: Final = {
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.05s",
                "maxBackoff": "1s",
                "backoffMultiplier": 4,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1},
}
"""Two more attempts while most calls succeed; when many fail, the throttle stops repeating them."""

_OPTIONS: Final = (
    ("grpc.enable_retries", 1),
    ("grpc.service_config", json.dumps(_RETRIES)),
    ("grpc.max_receive_message_length", LARGEST_REPLY),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.enable_http_proxy", 0),  # our services are never behind the proxy that a host may name for the web
)


def open_channel(
    address: str,
    *,
    to: str,
    identity: ServiceIdentity | None = None,
    person_token: str | None = None,
    credentials: grpc.ChannelCredentials | None = None,
) -> grpc.aio.Channel:
    """A channel to the service named `to` ("directory") at host:port; open it inside the event loop.

    Each call carries: a deadline (what remains of the call being served less 50 ms, at most the timeout
    given or else 10 s, 10 min for streams), our service token when an `identity` is given, the acting
    person's token (the metadata's own, else that of the call being served, else `person_token`), an
    idempotency key and the trace. UNAVAILABLE is tried up to three times. Beyond loopback `credentials`
    are required (`settings.channel_credentials()`), else ValueError.
    """
    papers = _Papers(to, identity, person_token)
    interceptors = [kind(papers) for kind in (_Unary, _Replies, _Requests, _Both)]
    if credentials is not None:
        return grpc.aio.secure_channel(address, credentials, options=_OPTIONS, interceptors=interceptors)
    if not is_loopback(address):
        raise ValueError(f"{address} is not loopback: calling it needs TLS credentials")
    return grpc.aio.insecure_channel(address, options=_OPTIONS, interceptors=interceptors)


class _Papers:
    """What goes along with each call of one channel."""

    def __init__(self, to: str, identity: ServiceIdentity | None, person_token: str | None) -> None:
        self._to = to
        self._identity = identity
        self._person_token = person_token
        self._service_token: tuple[str, datetime] | None = None

    def stamped(self, details: grpc.aio.ClientCallDetails, seconds: float) -> grpc.aio.ClientCallDetails:
        """The call's details with deadline and metadata added; what the caller set itself stands."""
        return grpc.aio.ClientCallDetails(
            details.method,
            _timeout(details.timeout, seconds),
            self._metadata(details.metadata),
            details.credentials,
            details.wait_for_ready,
        )

    def _metadata(self, given: grpc.aio.Metadata | None) -> grpc.aio.Metadata:
        call = current_call()
        metadata = grpc.aio.Metadata(*(given or ()))
        person_token = (call.person_token if call else None) or self._person_token
        if metadata.get(AUTHORIZATION) is None and person_token:
            metadata.add(AUTHORIZATION, f"Bearer {person_token}")
        if self._identity is not None:
            metadata.set_all(SERVICE_TOKEN, [self._own_token(self._identity)])
        if metadata.get(IDEMPOTENCY_KEY) is None:
            metadata.add(IDEMPOTENCY_KEY, new_id())
        if metadata.get(TRACEPARENT) is None:
            metadata.add(TRACEPARENT, (call.traceparent if call else "") or trace_of(()))
        return metadata

    def _own_token(self, identity: ServiceIdentity) -> str:
        """Our service token for this callee, made anew a minute before it ends."""
        now = identity.clock.now()
        if self._service_token is None or self._service_token[1] <= now:
            token = mint_service_token(identity, audience=self._to)
            self._service_token = (token, now + SERVICE_TOKEN_LIFE - _RENEWED_BEFORE)
        return self._service_token[0]


def _timeout(given: float | None, seconds: float) -> float:
    """The seconds this call may take: never more than what is left to the call being served."""
    wanted = seconds if given is None else given
    call = current_call()
    return wanted if call is None else max(min(wanted, call.remaining - _HOMEWARD), _NO_TIME)


Continuation = Callable[[grpc.aio.ClientCallDetails, Any], Any]
Message = Any
Requests = Any
Reply = Any
"""The messages and calls that pass through here untouched; their types belong to the stubs."""


class _Unary(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, papers: _Papers) -> None:
        self._papers = papers

    async def intercept_unary_unary(
        self, continuation: Continuation, client_call_details: grpc.aio.ClientCallDetails, request: Message
    ) -> Reply:
        return await continuation(self._papers.stamped(client_call_details, CALL_SECONDS), request)


class _Replies(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, papers: _Papers) -> None:
        self._papers = papers

    async def intercept_unary_stream(
        self, continuation: Continuation, client_call_details: grpc.aio.ClientCallDetails, request: Message
    ) -> Reply:
        return await continuation(self._papers.stamped(client_call_details, STREAM_SECONDS), request)


class _Requests(grpc.aio.StreamUnaryClientInterceptor):
    def __init__(self, papers: _Papers) -> None:
        self._papers = papers

    async def intercept_stream_unary(
        self,
        continuation: Continuation,
        client_call_details: grpc.aio.ClientCallDetails,
        request_iterator: Requests,
    ) -> Reply:
        return await continuation(self._papers.stamped(client_call_details, STREAM_SECONDS), request_iterator)


class _Both(grpc.aio.StreamStreamClientInterceptor):
    def __init__(self, papers: _Papers) -> None:
        self._papers = papers

    async def intercept_stream_stream(
        self,
        continuation: Continuation,
        client_call_details: grpc.aio.ClientCallDetails,
        request_iterator: Requests,
    ) -> Reply:
        return await continuation(self._papers.stamped(client_call_details, STREAM_SECONDS), request_iterator)
