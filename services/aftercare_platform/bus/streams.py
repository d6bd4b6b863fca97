"""Streams: one per publishing service, declared here, compared with the live ones before use."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from aftercare_platform.bus.connection import Bus

MAX_AGE: Final = timedelta(days=30)
"""How long an event stays in its stream; longer than any outage after which readers catch up by it."""

DUPLICATE_WINDOW: Final = timedelta(minutes=10)
"""How long the broker knows an event again by its id; readers do not rest on it."""

MAXIMUM_MESSAGE_BYTES: Final = 1024 * 1024

_PUBLISHERS: Final = ("directory", "identity", "referral")


class StreamMissing(RuntimeError):
    """A declared stream does not exist; `aftercare up` makes it."""


class StreamDiffers(RuntimeError):
    """A live stream is not as declared; a service does not run on it."""


def stream_of(service: str) -> str:
    """The name of the stream that a service publishes to."""
    return f"evt_{service}"


def declaration(service: str) -> StreamConfig:
    """The stream of one service, as it must be."""
    return StreamConfig(
        name=stream_of(service),
        subjects=[f"evt.{service}.>"],
        retention=RetentionPolicy.LIMITS,  # an acked message stays: the broker's memory of ids rests on it
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,  # when full, refuse; never drop what a reader has not seen
        deny_delete=True,
        deny_purge=True,
        duplicate_window=DUPLICATE_WINDOW.total_seconds(),
        max_age=MAX_AGE.total_seconds(),
        max_msgs=-1,
        max_bytes=-1,
        max_msg_size=MAXIMUM_MESSAGE_BYTES,
        num_replicas=1,
        allow_direct=False,
        allow_rollup_hdrs=False,
    )


STREAMS: Final = tuple(declaration(service) for service in _PUBLISHERS)
"""All declared streams."""


async def ensure_streams(bus: Bus) -> None:
    """Create what is missing, in the one admin step of a start; raises `StreamDiffers` on a difference."""
    for declared in STREAMS:
        try:
            await _compare(bus, declared)
        except StreamMissing:
            await bus.jetstream.add_stream(declared)
            await _compare(bus, declared)


async def check_streams(bus: Bus, *services: str) -> None:
    """Compare the streams of these services with their declaration; for services at their start.

    Raises `StreamMissing` or `StreamDiffers`, which name the stream and each field.
    """
    for service in services:
        await _compare(bus, declaration(service))


async def _compare(bus: Bus, declared: StreamConfig) -> None:
    name = str(declared.name)
    try:
        live = (await bus.jetstream.stream_info(name)).config
    except NotFoundError as error:
        raise StreamMissing(f"the stream {name} does not exist") from error
    differences = [
        f"{field} is {getattr(live, field)!r}, must be {wanted!r}"
        for field, wanted in vars(declared).items()
        if wanted is not None and getattr(live, field) != wanted
    ]
    if differences:
        raise StreamDiffers(f"the stream {name} differs: {'; '.join(differences)}")
