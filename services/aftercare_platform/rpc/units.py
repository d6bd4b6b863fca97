"""The unit of work around a call, and the same answer for the same call."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog
from google.protobuf.message import Message

from aftercare_platform.access.rules import UnitKind
from aftercare_platform.logging import failure
from aftercare_platform.rpc.call import Call, enter
from aftercare_platform.rpc.methods import Method
from aftercare_platform.sql.idempotency import IdempotencyKey, find, remember
from aftercare_platform.sql.work import SqlWork

log = structlog.get_logger(__name__)

Run = Callable[[], Awaitable[bytes]]
"""The handler with its request: gives the serialized reply."""


class Units:
    """Opens what a method's rule asks for; without a database, nothing."""

    def __init__(self, work: SqlWork | None) -> None:
        self._work = work

    async def around(self, method: Method, call: Call, request: Message, key: str | None, run: Run) -> bytes:
        """The reply, made inside the unit; a write is committed when this returns."""
        if self._work is None or method.rule.unit is UnitKind.NONE:
            return await run()
        if method.rule.unit is UnitKind.READ:
            async with self._work.read(call.caller) as unit:
                enter(replace(call, unit=unit))
                return await run()
        return await self._write(self._work, call, _identified(method, call, request, key), run)

    async def _write(self, work: SqlWork, call: Call, key: IdempotencyKey | None, run: Run) -> bytes:
        """One transaction: the effect, its audit entry, and the reply for whoever asks again."""
        async with work.write(call.caller, action=call.method, request_ref=call.ref) as unit:
            enter(replace(call, unit=unit))
            stored = await find(unit, key) if key else None
            if stored is not None:
                return stored.reply
            reply = await run()
            if key:
                await remember(unit, key, reply)
            return reply

    async def note_denial(self, call: Call) -> None:
        """Audit a refused call, in a transaction of its own; it stays refused if that fails."""
        if self._work is None:
            return
        try:
            await self._work.deny(call.caller, call.method, request_ref=call.ref)
        except Exception as error:  # noqa: BLE001 (a database that is away must not change the answer)
            log.error("denial_not_audited", method=call.method, **failure(error))


def _identified(method: Method, call: Call, request: Message, key: str | None) -> IdempotencyKey | None:
    """What makes this call the same as an earlier one; None where replies are not kept.

    A stranger's reply is never kept: whoever guessed the key would be given it.
    """
    if key is None or not method.rule.stores_reply or method.rule.anyone:
        return None
    request_hash = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
    return IdempotencyKey(actor=call.caller.actor, method=method.path, key=key, request_hash=request_hash)
