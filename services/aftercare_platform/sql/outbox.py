"""Outbox rows: an event on its way from a transaction to the stream."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

import structlog.contextvars
from google.protobuf.message import Message

from aftercare_platform.kernel.ids import new_id

MAXIMUM_BODY_BYTES: Final = 512 * 1024
"""Half of what the broker takes, so that no row is ever stored that could not be published."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def outbox_values(
    event: Message, *, service: str, aggregate_type: str, aggregate_id: str, version: int, at: datetime
) -> dict[str, Any]:
    """The row for one event, by column; see `Unit.record`."""
    tokens = (service, aggregate_type, aggregate_id)
    for token in tokens:
        if not _TOKEN.fullmatch(token):
            # `*`, `>`, a dot or a space would publish to subjects that others read.
            raise ValueError("a subject token holds only letters, digits, - and _, at most 64 of them")
    if version < 1:
        raise ValueError("versions count from 1")
    body = event.SerializeToString(deterministic=True)
    if len(body) > MAXIMUM_BODY_BYTES:
        raise ValueError(f"an event holds at most {MAXIMUM_BODY_BYTES} bytes; this one has {len(body)}")
    return {
        "event_id": new_id(),
        "subject": ".".join(("evt", *tokens)),
        "aggregate_type": aggregate_type,
        "aggregate_id": aggregate_id,
        "version": version,
        "type": event.DESCRIPTOR.full_name,
        "traceparent": str(structlog.contextvars.get_contextvars().get("traceparent", "")),
        "body": body,
        "occurred_at": at,
    }
