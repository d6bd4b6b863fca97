"""Whether a service does its work: gRPC health, and a page of the gateway."""

from __future__ import annotations

import asyncio
from typing import Final

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from aftercare_platform.rpc.channel import open_channel

ASK_EVERY_SECONDS: Final = 0.05
PROBE_SECONDS: Final = 1.0


async def is_serving(service: str, address: str) -> bool:
    """Whether the service says, within a second, that it serves."""
    if service == "gateway":
        return await _has_page(address)
    async with open_channel(address, to=service) as channel:
        return await _is_healthy(channel)


async def wait_until_serving(service: str, address: str) -> None:
    """Wait until it says so, however long that takes; the caller sets the limit."""
    if service == "gateway":
        while not await _has_page(address):  # noqa: ASYNC110 (another process sets no event)
            await asyncio.sleep(ASK_EVERY_SECONDS)
        return
    async with open_channel(address, to=service) as channel:
        while not await _is_healthy(channel):  # noqa: ASYNC110 (as above)
            await asyncio.sleep(ASK_EVERY_SECONDS)


async def _is_healthy(channel: grpc.aio.Channel) -> bool:
    stub = health_pb2_grpc.HealthStub(channel)
    try:
        answer = await stub.Check(  # type: ignore[attr-defined] # the stub's types leave its calls out
            health_pb2.HealthCheckRequest(), timeout=PROBE_SECONDS
        )
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


async def _has_page(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(host, int(port))
            try:
                writer.write(f"GET /healthz HTTP/1.0\r\nHost: {address}\r\n\r\n".encode())
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
