"""A service of one method per shape, over the contract's own messages, behind the real chain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import StringValue

from aftercare.type.v1.criteria_pb2 import Criteria
from aftercare_platform.kernel.errors import Denied
from aftercare_platform.rpc.call import caller_of, current_call, unit_of

SERVICE = "probe.v1.ProbeService"
CRITERIA, TEXT = ".aftercare.type.v1.Criteria", ".google.protobuf.StringValue"
TIME = ".google.protobuf.Timestamp"

# method | request | streams in, out
SHAPES = {
    "Ask": (CRITERIA, False, False),
    "Look": (CRITERIA, False, False),
    "Change": (CRITERIA, False, False),
    "Shout": (TEXT, False, False),
    "When": (TIME, False, False),
    "List": (CRITERIA, False, True),
    "Gather": (CRITERIA, True, False),
    "Talk": (CRITERIA, True, True),
}
MESSAGES: dict[str, Any] = {CRITERIA: Criteria, TEXT: StringValue, TIME: Timestamp}


def path(method: str) -> str:
    return f"/{SERVICE}/{method}"


def _described() -> ServiceDescriptor:
    file = descriptor_pb2.FileDescriptorProto(name="probe.proto", package="probe.v1", syntax="proto3")
    file.dependency.extend(
        [
            "aftercare/type/v1/criteria.proto",
            "google/protobuf/wrappers.proto",
            "google/protobuf/timestamp.proto",
        ]
    )
    service = file.service.add(name="ProbeService")
    for name, (request, streams_in, streams_out) in SHAPES.items():
        service.method.add(
            name=name,
            input_type=request,
            output_type=TEXT,
            client_streaming=streams_in,
            server_streaming=streams_out,
        )
    pool = descriptor_pool.Default()
    pool.Add(file)
    return pool.FindServiceByName(SERVICE)


DESCRIPTOR = _described()

Act = Callable[[Any], Awaitable[str]]


async def say_who(context: object) -> str:
    return caller_of(context).actor


@dataclass
class Probe:
    """A servicer whose every method does what the test says, and notes what reached it."""

    act: Act = say_who
    seen: list[Any] = field(default_factory=list)

    async def reply(self, request: Any, context: Any) -> StringValue:
        self.seen.append(request)
        return StringValue(value=await self.act(context))

    async def replies(self, request: Any, context: Any) -> AsyncIterator[StringValue]:
        self.seen.append(request)
        for _ in range(3):
            yield StringValue(value=await self.act(context))

    async def gathered(self, requests: AsyncIterator[Any], context: Any) -> StringValue:
        async for request in requests:
            self.seen.append(request)
        return StringValue(value=await self.act(context))

    async def talked(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[StringValue]:
        async for request in requests:
            self.seen.append(request)
            yield StringValue(value=await self.act(context))


def add_probe_to_server(probe: Any, server: Any) -> None:
    """What the generated add_XServicer_to_server does."""
    makers = {
        (False, False): (grpc.unary_unary_rpc_method_handler, probe.reply),
        (False, True): (grpc.unary_stream_rpc_method_handler, probe.replies),
        (True, False): (grpc.stream_unary_rpc_method_handler, probe.gathered),
        (True, True): (grpc.stream_stream_rpc_method_handler, probe.talked),
    }
    handlers = {}
    for name, (request, *streams) in SHAPES.items():
        make, work = makers[streams[0], streams[1]]
        handlers[name] = make(
            work,
            request_deserializer=MESSAGES[request].FromString,
            response_serializer=StringValue.SerializeToString,
        )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))


class ProbeStub:
    """What the generated stub does; `raw` sends bytes as they are."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    def _made(self, method: str, serializer: Callable[[Any], bytes] | None) -> Any:
        _, streams_in, streams_out = SHAPES[method]
        kind = f"{'stream' if streams_in else 'unary'}_{'stream' if streams_out else 'unary'}"
        return getattr(self._channel, kind)(
            path(method), request_serializer=serializer, response_deserializer=StringValue.FromString
        )

    async def call(self, method: str, request: Any = None, **options: Any) -> str:
        """One call of any shape; streams send the request twice and give their replies joined by commas."""
        return await self.raw(method, request, serializer=lambda sent: sent.SerializeToString(), **options)

    async def raw(
        self, method: str, request: Any, *, serializer: Callable[[Any], bytes] | None = None, **options: Any
    ) -> str:
        kind, streams_in, streams_out = SHAPES[method]
        request = MESSAGES[kind]() if request is None else request

        async def twice() -> AsyncIterator[Any]:
            yield request
            yield request

        call = self._made(method, serializer)(twice() if streams_in else request, **options)
        if streams_out:
            return ",".join([reply.value async for reply in call])
        return (await call).value


# What a handler can do.


async def wait_long(_context: object) -> str:
    await asyncio.sleep(30)
    return "too late"


async def say_remaining(_context: object) -> str:
    call = current_call()
    return str(call.remaining if call else None)


async def say_program(context: object) -> str:
    return unit_of(context).program_id


async def deny(_context: object) -> str:
    raise Denied
