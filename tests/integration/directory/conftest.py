"""One directory for the tests of a module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from aftercare_platform.bus.connection import open_bus
from aftercare_platform.bus.streams import ensure_streams
from integration.directory.town import Town
from support.nats import Broker
from support.processes import running


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("directory")
    broker = Broker(folder / "nats")
    broker.start()
    try:
        async with open_bus(broker) as bus:
            await ensure_streams(bus)
            async with running("directory", folder, broker, AFTERCARE_IMPORT_BATCH_ROWS="3") as service:
                yield Town(service, broker, bus)
    finally:
        broker.stop()
