"""A real broker, started from its wheel with the configuration that `aftercare up` uses."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from aftercare_platform.bus.connection import Bus, open_bus
from aftercare_platform.bus.streams import ensure_streams

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nats" / "nats.conf"
SERVER = Path(sys.executable).parent / "nats-server"


PAUSE = threading.Event()  # nobody sets it: a way to wait that holds up no event loop


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Broker:
    """One nats-server and its folder; also the settings a bus is opened with."""

    folder: Path
    port: int = field(default_factory=free_port)
    token: str = field(default_factory=secrets.token_urlsafe)
    process: subprocess.Popen[bytes] | None = None

    @property
    def nats_url(self) -> str:
        return f"nats://{self.token}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        environment = os.environ | {
            "AFTERCARE_NATS_PORT": str(self.port),
            "AFTERCARE_NATS_STORE": f'"{self.folder}"',
            "AFTERCARE_NATS_TOKEN": f'"{self.token}"',
        }
        self.process = subprocess.Popen(
            [SERVER, "-c", CONFIGURATION],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                    if line.recv(4) == b"INFO":
                        return
            except OSError:
                PAUSE.wait(0.01)
        raise TimeoutError("the broker did not start")

    def kill(self) -> None:
        """End it at once, as a crash would (SIGKILL)."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """End it if it runs."""
        if self.process is not None:
            self.kill()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One broker for all tests of a worker; a test that kills it takes `own_broker`."""
    server = Broker(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that only this test uses: empty, and free to be killed."""
    server = Broker(tmp_path / "nats")
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def bus(own_broker: Broker) -> AsyncIterator[Bus]:
    """A connection to a broker of this test's own, with all declared streams, empty."""
    async with open_bus(own_broker) as connection:
        await ensure_streams(connection)
        yield connection
