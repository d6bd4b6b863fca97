"""Repeated calls: the same key with the same request gets the same reply, once done.

A reply is stored in the transaction of its effect, so a call that failed or was killed left no
reply and may be tried again. A caller's right must have been checked before `find` is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aftercare_platform.kernel.errors import Conflict
from aftercare_platform.sql.tables import IdempotencyRecord
from aftercare_platform.sql.work import Unit

KEPT_FOR: Final = timedelta(days=30)
"""How long a reply can be asked for again."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What makes two calls the same call; `request_hash` is hexadecimal SHA-256 of the request's bytes."""

    actor: str
    method: str
    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class StoredReply:
    """The reply that the first call got: the response message, serialized."""

    reply: bytes


class IdempotencyKeyReused(Conflict):
    """The idempotency key was used before, for another request to {method}: give each request its own."""

    reason = "IDEMPOTENCY_KEY_REUSED"


async def find(unit: Unit, key: IdempotencyKey) -> StoredReply | None:
    """The reply stored under the key, or None; `IdempotencyKeyReused` when the request was another."""
    row = await unit.session.get(IdempotencyRecord, (key.actor, key.method, key.key))
    if row is None:
        return None
    if row.request_hash != key.request_hash:
        raise IdempotencyKeyReused(method=key.method)
    return StoredReply(unit.sealer.unseal(row.reply, bound_to=_place(key)))


async def remember(unit: Unit, key: IdempotencyKey, reply: bytes) -> None:
    """Store the reply in the unit's transaction."""
    unit.session.add(
        IdempotencyRecord(
            actor=key.actor,
            method=key.method,
            key=key.key,
            request_hash=key.request_hash,
            reply=unit.sealer.seal(reply, bound_to=_place(key)),
            stored_at=unit.now,
        )
    )


def _place(key: IdempotencyKey) -> bytes:
    return f"{key.actor}\n{key.method}\n{key.key}".encode()
