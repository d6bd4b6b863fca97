"""A service as its real process, on a broker and in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from aftercare_platform.access.caller import Agency, Member
from aftercare_platform.access.keys import load_identity
from aftercare_platform.access.tokens import mint_person_token
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.sql.migrate import upgrade
from support.nats import Broker, free_port


@dataclass
class Service:
    """One running service."""

    name: str
    folder: Path
    port: int
    log: Path
    channels: list[grpc.aio.Channel] = field(default_factory=list)
    """Every channel given out: one that nobody holds is closed under its stub."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it at once, as a crash would (SIGKILL)."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def channel(
        self, *, as_service: str = "", token: str | None = None, person: Member | Agency | None = None
    ) -> grpc.aio.Channel:
        """A channel by a service's key, a person's token, or a person for whom a token is made."""
        keys = self.folder / "keys"
        identity = load_identity(keys, as_service) if as_service else None
        made = mint_person_token(load_identity(keys, "identity"), person) if person else token
        self.channels.append(open_channel(self.address, to=self.name, identity=identity, person_token=made))
        return self.channels[-1]


@asynccontextmanager
async def running(name: str, folder: Path, broker: Broker, **settings: str) -> AsyncIterator[Service]:
    """Migrate, start, wait for health, and stop at the end; settings are AFTERCARE_ variables."""
    package = f"aftercare_{name}"
    if name != "matching":
        await upgrade(f"sqlite+aiosqlite:///{folder / name}.sqlite", package)
    service = Service(name, folder, free_port(), folder / f"{name}.log")
    environment = os.environ | {
        "AFTERCARE_PROFILE": "test",
        "AFTERCARE_DATA_DIR": str(folder),
        "AFTERCARE_NATS_URL": broker.nats_url,
        "AFTERCARE_LISTEN": service.address,
        **settings,
    }
    command = [sys.executable, "-c", f"from {package}.main import main; main()"]
    with service.log.open("ab") as log:
        process = subprocess.Popen(command, env=environment, stderr=log)  # noqa: ASYNC220 (returns at once)
        service.process = process
        try:
            await _until_healthy(service)
            yield service
        finally:
            for channel in service.channels:
                await channel.close()
            process.terminate()
            process.wait(15)


async def _until_healthy(service: Service) -> None:
    async with grpc.aio.insecure_channel(service.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        await stub.Check(health_pb2.HealthCheckRequest(), wait_for_ready=True, timeout=20)
