"""One town for the tests of a module: broker, directory, matching."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from aftercare_platform.bus.connection import Bus, open_bus
from aftercare_platform.bus.streams import ensure_streams
from integration.matching.ward import Directory, Matching, PlanOwner, serving_plans
from support.nats import Broker, free_port
from support.processes import running


@asynccontextmanager
async def declared(bus: Bus) -> AsyncIterator[None]:
    await ensure_streams(bus)
    yield


@dataclass
class Ward:
    folder: Path
    broker: Broker
    bus: Bus
    directory: Directory
    matching: Matching
    plans: PlanOwner
    addresses: dict[str, str]
    """What a further matching process must be told."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def ward(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    folder = tmp_path_factory.mktemp("ward")
    broker, port, owner = Broker(folder / "nats"), free_port(), PlanOwner()
    broker.start()
    try:
        async with (
            open_bus(broker) as bus,
            declared(bus),
            serving_plans(owner, folder, port),
            running("directory", folder, broker) as directory,
        ):
            addresses = {
                "AFTERCARE_DIRECTORY_ADDRESS": directory.address,
                "AFTERCARE_REFERRAL_ADDRESS": f"127.0.0.1:{port}",
            }
            async with running("matching", folder, broker, **addresses) as matching:
                found = Matching(matching)
                await found.ready()
                yield Ward(folder, broker, bus, Directory(directory), found, owner, addresses)
    finally:
        broker.stop()
