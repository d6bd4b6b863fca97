"""How the running system is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from nats.js.errors import NotFoundError
from sqlalchemy import func
from sqlmodel import col, select

from aftercare.matching.v1 import matching_pb2
from aftercare_cli.connection.desk import open_operator_desk
from aftercare_cli.connection.place import Place
from aftercare_cli.shown.columns import Row
from aftercare_cli.supervisor.readiness import is_serving
from aftercare_cli.supervisor.roster import WITH_DATABASE
from aftercare_platform.bus.connection import Bus, open_bus
from aftercare_platform.bus.streams import STREAMS, stream_of
from aftercare_platform.kernel.errors import AftercareError
from aftercare_platform.logging import configure_logging
from aftercare_platform.sql.engine import DatabaseMissing, open_database
from aftercare_platform.sql.tables import OutboxRow

SECONDS: Final = 3.0
"""How long a part may take to answer before it counts as away."""


async def status_of(place: Place) -> list[Row]:
    """A row for each part: what it is, its state, and what more is known of it."""
    configure_logging("aftercare", level="error")
    asked = [*(_service(name, address) for name, address in place.addresses.items()), _index(place)]
    if place.nats_url:
        asked += [_stream(place, str(stream.name)) for stream in STREAMS]
    asked += [_outbox(place, service) for service in WITH_DATABASE]
    return [row for row in await asyncio.gather(*asked) if row]


async def _service(name: str, address: str) -> Row:
    state = "serving" if await is_serving(name, address) else "away"
    return {"part": name, "state": state, "detail": address}


async def _index(place: Place) -> Row:
    try:
        async with open_operator_desk(place) as operator:
            request = matching_pb2.GetIndexStatusRequest()
            index = await operator.matching.GetIndexStatus(request, timeout=SECONDS)
    except AftercareError:
        return {"part": "copy of the listings", "state": "away", "detail": ""}
    detail = (
        f"{index.listing_count} listings, event {index.directory_sequence}, weights {index.weights_version}"
    )
    state = "ready" if index.is_ready else "filling"
    return {"part": "copy of the listings", "state": state, "detail": detail}


async def _stream(place: Place, name: str) -> Row:
    try:
        async with asyncio.timeout(SECONDS), open_bus(place) as bus:
            stream = await bus.jetstream.stream_info(name)
            waiting = await _unread_of(bus, name)
    except (TimeoutError, OSError, NotFoundError):
        return {"part": f"stream {name}", "state": "away", "detail": ""}
    detail = f"{stream.state.messages} events, {waiting} not yet read"
    return {"part": f"stream {name}", "state": "kept", "detail": detail}


async def unread(place: Place) -> int:
    """How many events wait for a reader: for the services' durable ones, and for the copy of the listings.

    It waits for the broker as long as that takes; the caller sets the limit.
    """
    async with open_bus(place) as bus:
        waiting = sum([await _unread_of(bus, str(stream.name)) for stream in STREAMS])
        last = (await bus.jetstream.stream_info(stream_of("directory"))).state.last_seq
    async with open_operator_desk(place) as operator:
        index = await operator.matching.GetIndexStatus(matching_pb2.GetIndexStatusRequest(), timeout=SECONDS)
    return waiting + max(0, last - index.directory_sequence)


async def _unread_of(bus: Bus, stream: str) -> int:
    """Events of a stream that a durable reader has not taken, or not yet done with.

    Readers without a name begin anew after an outage and leave an old one behind, which reads no more.
    """
    readers = await bus.jetstream.consumers_info(stream)
    durable = [reader for reader in readers if reader.config.durable_name]
    return sum((reader.num_pending or 0) + (reader.num_ack_pending or 0) for reader in durable)


async def _outbox(place: Place, service: str) -> Row:
    """What the service's record holds that is not yet published; no row where its file is elsewhere."""
    path = Path(place.data_dir) / f"{service}.sqlite"
    try:
        async with (
            open_database(f"sqlite+aiosqlite:///{path}", clock=place.clock) as database,
            database.reader.connect() as connection,
        ):
            unsent = select(func.count()).where(col(OutboxRow.published_at).is_(None))
            count = (await connection.execute(unsent)).scalar_one()
    except DatabaseMissing:
        return {}
    state = "empty" if count == 0 else "waiting"
    return {"part": f"outbox of {service}", "state": state, "detail": f"{count} events to publish"}
