"""The steps before and after every handler, in one place and one order.

Parse, deadline, identity, right, limits, validation, unit with idempotency, handler; and around all
of it the translation of errors, after which nothing but codes, reasons and our own sentences is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import Any, Final, NoReturn

import grpc
import grpc.aio
import structlog
from google.protobuf.message import Message
from grpc_status import rpc_status

from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.errors import AftercareError, Denied, Unauthenticated, Unavailable
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.logging import failure
from aftercare_platform.rpc.call import Call, current_call, enter
from aftercare_platform.rpc.errors import BrokenMessage, DeadlinePassed, InternalFault, code_of, status_of
from aftercare_platform.rpc.guard import parse
from aftercare_platform.rpc.identity import Gatekeeper, idempotency_key, trace_of
from aftercare_platform.rpc.limits import Limits
from aftercare_platform.rpc.methods import Method
from aftercare_platform.rpc.units import Units
from aftercare_platform.rpc.validation import check

log = structlog.get_logger(__name__)

_HEALTH: Final = "/grpc.health.v1.Health/"
_PASSED_ON: Final = frozenset(
    {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED}
)
"""What a service we asked may answer that our own caller should hear as "try again"."""

Handler = Any
"""What grpc calls an RpcMethodHandler; its generics do not survive the interceptor."""
Context = Any

_STRANGER: Final = Caller()
_HEARING_SECONDS: Final = 1.0


class Chain(grpc.aio.ServerInterceptor):
    """Puts each served method behind the steps; a method without a rule is not served at all."""

    def __init__(
        self,
        methods: Mapping[str, Method],
        *,
        gatekeeper: Gatekeeper,
        limits: Limits,
        units: Units,
        call_deadline: timedelta,
        stream_deadline: timedelta,
    ) -> None:
        self._methods = methods
        self._gatekeeper = gatekeeper
        self._limits = limits
        self._units = units
        self._call_seconds = call_deadline.total_seconds()
        self._stream_seconds = stream_deadline.total_seconds()
        self._behind: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """The handler of the method, behind the steps."""
        path = handler_call_details.method
        if path not in self._behind:
            handler = await continuation(handler_call_details)
            if handler is None:
                return None
            if path.startswith(_HEALTH):
                return _health_behind_the_parser(handler)
            method = self._methods.get(path)
            if method is None:
                return None
            self._behind[path] = self._put_behind(method, handler)
        return self._behind[path]

    def _put_behind(self, method: Method, handler: Handler) -> Handler:
        """A handler of raw bytes that does the steps, then the work."""
        if handler.request_streaming and handler.response_streaming:
            return grpc.stream_stream_rpc_method_handler(
                self._replies(method, handler, handler.stream_stream)
            )
        if handler.request_streaming:
            return grpc.stream_unary_rpc_method_handler(self._reply(method, handler, handler.stream_unary))
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(self._replies(method, handler, handler.unary_stream))
        return grpc.unary_unary_rpc_method_handler(self._reply(method, handler, handler.unary_unary))

    def _reply(self, method: Method, handler: Handler, work: Callable[..., Any]) -> Callable[..., Any]:
        """The steps around a handler that gives one reply."""

        async def one_request(raw: bytes, context: Context) -> bytes:
            async with self._translated(method, context):
                request = parse(raw, handler.request_deserializer, method=method.name)
                async with self._admitted(method, context) as call:
                    check(request)

                    async def run() -> bytes:
                        return _bytes(handler, await work(request, context))

                    key = idempotency_key(context.invocation_metadata())
                    return await self._units.around(method, call, request, key, run)

        async def many_requests(raw: AsyncIterator[bytes], context: Context) -> bytes:
            async with self._translated(method, context, raw), self._admitted(method, context):
                return _bytes(handler, await work(_checked(method, handler, raw), context))

        return many_requests if handler.request_streaming else one_request

    def _replies(self, method: Method, handler: Handler, work: Callable[..., Any]) -> Callable[..., Any]:
        """The steps around a handler that yields its replies."""

        async def one_request(raw: bytes, context: Context) -> None:
            async with self._translated(method, context):
                request = parse(raw, handler.request_deserializer, method=method.name)
                async with self._admitted(method, context):
                    check(request)
                    await _send(handler, work(request, context), context)

        async def many_requests(raw: AsyncIterator[bytes], context: Context) -> None:
            async with self._translated(method, context, raw), self._admitted(method, context):
                await _send(handler, work(_checked(method, handler, raw), context), context)

        return many_requests if handler.request_streaming else one_request

    @asynccontextmanager
    async def _admitted(self, method: Method, context: Context) -> AsyncIterator[Call]:
        """Deadline, identity, right, limits: inside, the call is this task's current one."""
        ends_at = monotonic() + self._seconds_for(method, context)
        metadata = tuple(context.invocation_metadata() or ())
        introduction = self._gatekeeper.introduce(metadata)
        call = Call(
            method=method.path,
            caller=introduction.caller,
            ends_at=ends_at,
            ref=new_id(),
            person_token=introduction.person_token,
            traceparent=trace_of(metadata),
        )
        enter(call)
        if not method.rule.permits(call.caller):
            raise Unauthenticated if call.caller == _STRANGER else Denied(method=method.name)
        with self._limits.slot(method.path):
            limit = asyncio.timeout(call.remaining)
            try:
                async with limit:
                    yield call
            except TimeoutError:
                if limit.expired():
                    raise DeadlinePassed from None
                raise

    def _seconds_for(self, method: Method, context: Context) -> float:
        """How long the call may take: what its caller says, else our own measure."""
        seconds: float | None = context.time_remaining()
        if seconds is None:
            return self._stream_seconds if method.streams else self._call_seconds
        if seconds <= 0:
            raise DeadlinePassed
        return seconds

    @asynccontextmanager
    async def _translated(
        self, method: Method, context: Context, requests: AsyncIterator[bytes] | None = None
    ) -> AsyncIterator[None]:
        """Turn whatever goes wrong inside into a status; the last place where an exception has a text."""
        try:
            yield
        except grpc.aio.AbortError:
            raise
        except Exception as error:  # noqa: BLE001 (the last resort: what is unknown is redacted here)
            if requests is not None:
                await _let_finish(requests)
            await self._refuse(method, context, error)

    async def _refuse(self, method: Method, context: Context, error: Exception) -> NoReturn:
        named = _named(method, error)
        log.info("call_refused", method=method.path, code=code_of(named).name, reason=named.reason)
        call = current_call()
        if named.is_denial and call is not None:
            await self._units.note_denial(call)
        await context.abort_with_status(rpc_status.to_status(status_of(named)))
        raise AssertionError  # abort_with_status always raises; its type says so only to a reader


def _named(method: Method, error: Exception) -> AftercareError:
    """The error as the caller may hear it; of an unknown one, which is logged, only a reference."""
    if isinstance(error, AftercareError) and code_of(error) is not grpc.StatusCode.INTERNAL:
        return error
    if isinstance(error, grpc.aio.AioRpcError) and error.code() in _PASSED_ON:
        return Unavailable(what="A service that this needs")
    ref = new_id()
    log.error("call_failed", method=method.path, ref=ref, **failure(error))
    return InternalFault(ref=ref)


async def _checked(method: Method, handler: Handler, raw: AsyncIterator[bytes]) -> AsyncIterator[Message]:
    """The messages of a stream, each parsed and validated before the handler sees it."""
    async for piece in raw:
        request = parse(piece, handler.request_deserializer, method=method.name)
        check(request)
        yield request


async def _let_finish(requests: AsyncIterator[bytes]) -> None:
    """Read on a little after a stream is refused: a client that is still writing would not hear why."""
    with suppress(Exception):  # what comes now, a broken connection too, changes nothing
        async with asyncio.timeout(_HEARING_SECONDS):
            async for _ in requests:
                pass


async def _send(handler: Handler, replies: AsyncGenerator[Message, None], context: Context) -> None:
    """Write each reply that the handler yields; it is closed here, in the task of its call."""
    async with aclosing(replies):
        async for reply in replies:
            await context.write(_bytes(handler, reply))


def _bytes(handler: Handler, reply: Message) -> bytes:
    serialized: bytes = handler.response_serializer(reply)
    return serialized


def _health_behind_the_parser(handler: Handler) -> Handler:
    """Health asks for no token and has no limits, but its parser is no more talkative than the others."""
    if handler.response_streaming:
        return handler

    async def check_health(raw: bytes, context: Context) -> bytes:
        try:
            request = parse(raw, handler.request_deserializer, method="Check")
        except BrokenMessage as error:
            await context.abort_with_status(rpc_status.to_status(status_of(error)))
            raise
        return _bytes(handler, await handler.unary_unary(request, context))

    return grpc.unary_unary_rpc_method_handler(check_health)
