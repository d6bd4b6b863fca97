"""Events as they travel: what stands around the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nats.aio.msg import Msg


class MalformedEvent(ValueError):
    """A message on an event stream lacks a header that every event has."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event. The body is the serialized protobuf message whose full name is `type`."""

    event_id: str
    type: str
    subject: str
    """evt.<service>.<aggregate type>.<aggregate id>: names the aggregate."""
    aggregate_id: str
    version: int
    """The aggregate's version that this event tells of; counts from 1."""
    occurred_at: datetime
    traceparent: str
    body: bytes
    stream_sequence: int = 0
    """Its place in the stream; 0 while it is in none."""
    attempt: int = 1
    """How often it has been delivered to this reader, this time included."""


def headers_of(envelope: Envelope) -> dict[str, str]:
    """The headers an event is published with; the event id is what the broker tells repeats by."""
    headers = {
        "Nats-Msg-Id": envelope.event_id,
        "type": envelope.type,
        "version": str(envelope.version),
        "occurred-at": envelope.occurred_at.isoformat(),
    }
    return headers | ({"traceparent": envelope.traceparent} if envelope.traceparent else {})


def envelope_of(message: Msg) -> Envelope:
    """The event in a delivered message; raises `MalformedEvent` for one that is none of ours."""
    headers: Mapping[str, str] = message.headers or {}
    try:
        return Envelope(
            event_id=headers["Nats-Msg-Id"],
            type=headers["type"],
            subject=message.subject,
            aggregate_id=message.subject.rpartition(".")[2],
            version=int(headers["version"]),
            occurred_at=datetime.fromisoformat(headers["occurred-at"]),
            traceparent=headers.get("traceparent", ""),
            body=message.data,
            stream_sequence=message.metadata.sequence.stream,
            attempt=message.metadata.num_delivered or 1,
        )
    except (KeyError, ValueError) as error:
        raise MalformedEvent("a header is missing or unreadable") from error
