"""Times as people read them: in the local zone of the machine; as ISO 8601 where a program reads."""

from __future__ import annotations

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp


def moment(timestamp: Timestamp) -> datetime:
    """The moment, aware, in UTC."""
    return timestamp.ToDatetime(UTC)


def iso(timestamp: Timestamp) -> str:
    """Such as 2026-11-24T09:30:00Z; empty when not set."""
    return moment(timestamp).strftime("%Y-%m-%dT%H:%M:%SZ") if timestamp.ByteSize() else ""


def told(timestamp: Timestamp) -> str:
    """Such as "Tue 24 Nov 09:30 EST"; empty when not set."""
    return moment(timestamp).astimezone().strftime("%a %-d %b %H:%M %Z") if timestamp.ByteSize() else ""


def age(of: Timestamp, *, at: datetime) -> str:
    """How old something is, such as "2 days"; empty when not known."""
    if not of.ByteSize():
        return ""
    minutes = max(0, int((at - moment(of)).total_seconds() // 60))
    for size, unit in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return "now"
