"""The broker: a nats-server from its wheel, on the loopback, its streams in the data folder."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aftercare_cli.supervisor.child import Job
from aftercare_platform.bus.connection import open_bus
from aftercare_platform.bus.streams import ensure_streams
from aftercare_platform.kernel.errors import Unavailable

NAME: Final = "nats"
CONFIGURATION: Final = Path(__file__).resolve().parents[3] / "deploy" / "nats" / "nats.conf"
STREAMS_FOLDER: Final = "nats"


class BrokerMissing(Unavailable):
    """There is no nats-server: set up again, it comes with the packages."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker listens; also the settings that a bus is opened with."""

    port: int
    token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    """What its clients show, made anew for each run: others on this host reach the loopback too."""

    @property
    def nats_url(self) -> str:
        """Where and with what to connect; holds the token, so it is not for showing."""
        return f"nats://{self.token}@{self.place}"

    @property
    def place(self) -> str:
        """Host and port, such as 127.0.0.1:4222."""
        return f"127.0.0.1:{self.port}"


def broker_job(data_dir: Path, address: BrokerAddress) -> Job:
    """How the broker is started on this folder; `BrokerMissing` without one."""
    environment = os.environ | {
        "AFTERCARE_NATS_PORT": str(address.port),
        "AFTERCARE_NATS_STORE": f'"{data_dir / STREAMS_FOLDER}"',
        "AFTERCARE_NATS_TOKEN": f'"{address.token}"',
    }
    command = [str(nats_server()), "-c", str(CONFIGURATION), "-P", str(data_dir / "nats.pid")]
    return Job(NAME, command, environment, data_dir / "log" / "nats.log")


def nats_server() -> Path:
    """The broker's program: the one installed beside our Python, else the first on the path."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.is_file() else shutil.which("nats-server")
    if found is None:
        raise BrokerMissing
    return Path(found)


async def wait_for_broker(address: BrokerAddress, *, seconds: float = 20.0) -> None:
    """Wait until the broker greets; TimeoutError when it does not."""
    async with asyncio.timeout(seconds):
        while not await _greets(address.port):  # noqa: ASYNC110 (another process sets no event)
            await asyncio.sleep(0.01)


async def make_streams(address: BrokerAddress) -> None:
    """Make the declared streams that are missing; `StreamDiffers` when one is not as declared."""
    async with open_bus(address) as bus:
        await ensure_streams(bus)


async def _greets(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return (await reader.read(4)) == b"INFO"
        finally:
            writer.close()
    except OSError:
        return False
