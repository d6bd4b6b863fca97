"""The gateway as a process. It keeps nothing and decides nothing, so it opens no database and no bus."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from aftercare_gateway.http.application import application
from aftercare_gateway.http.doors import open_doors
from aftercare_gateway.settings import GatewaySettings
from aftercare_platform.access.keys import load_identity
from aftercare_platform.logging import configure_logging
from aftercare_platform.rpc.loopback import is_loopback
from aftercare_platform.rpc.server import UnsafeListener
from aftercare_platform.run import run, until_stopped

NAME = "gateway"

log = structlog.get_logger(__name__)


class HttpServer(uvicorn.Server):
    """A server that leaves signals to the process it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve() -> None:
    """Serve pages until told to stop; requests in flight are finished."""
    settings = GatewaySettings()
    configure_logging(NAME, level=settings.log_level)
    clock = settings.clock()
    identity = load_identity(settings.keys_folder, NAME, clock=clock)
    async with open_doors(settings, identity) as doors:
        server = HttpServer(_configuration(settings, application(settings, clock=clock, doors=doors)))
        with _listening(settings) as listener:
            log.info("serving", address=_address(listener))
            stopping = asyncio.create_task(_stop_when_told(server))
            await server.serve(sockets=[listener])
            stopping.cancel()


def main() -> None:
    """Run the process."""
    run(serve)


async def _stop_when_told(server: uvicorn.Server) -> None:
    await until_stopped()
    server.should_exit = True


def _configuration(settings: GatewaySettings, app: object) -> uvicorn.Config:
    """How requests are read. No access log: an address can hold a sign-in secret."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # an application by its protocol
        log_config=None,
        access_log=False,
        lifespan="off",
        http="h11",
        ws="none",
        proxy_headers=False,
        server_header=False,
        limit_concurrency=settings.maximum_calls,
        timeout_graceful_shutdown=int(settings.drain_grace.total_seconds()),
        ssl_certfile=settings.tls_certificate_file,
        ssl_keyfile=settings.tls_key_file,
    )


@contextmanager
def _listening(settings: GatewaySettings) -> Iterator[socket.socket]:
    """A socket on the address to listen on; `UnsafeListener` beyond loopback without TLS."""
    if not is_loopback(settings.listen) and settings.tls_certificate_file is None:
        raise UnsafeListener(f"{settings.listen} is not loopback: give a certificate and its key")
    host, _, port = settings.listen.rpartition(":")
    name = host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    with socket.create_server((name, int(port)), family=family, backlog=512) as listener:
        yield listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{host}:{port}"
