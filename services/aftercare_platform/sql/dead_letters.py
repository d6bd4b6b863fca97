"""Dead letters: events set aside in the service's own database until someone has looked at them."""

from __future__ import annotations

from sqlmodel import col, select

from aftercare_platform.access.caller import Caller
from aftercare_platform.bus.consumer import Handler
from aftercare_platform.bus.decision import Done
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.sql.tables import DeadLetter
from aftercare_platform.sql.work import SqlWork, Unit


class SqlDeadLetters:
    """The dead-letter table, for a `Consumer` of the same service."""

    def __init__(self, work: SqlWork, *, service: str) -> None:
        self._work = work
        self._caller = Caller(service=service)

    async def is_stopped(self, consumer: str, subject: str) -> bool:
        """Whether an earlier event of this aggregate lies here."""
        async with self._work.read(self._caller) as unit:
            return bool(await _letters(unit, consumer, subject, limit=1))

    async def park(self, consumer: str, event: Envelope, reason: str) -> None:
        """Keep the event, once, however often it is given."""
        async with self._work.write(self._caller) as unit:
            known = select(DeadLetter).where(
                col(DeadLetter.consumer) == consumer, col(DeadLetter.event_id) == event.event_id
            )
            if (await unit.session.exec(known)).first() is None:
                unit.session.add(_letter(consumer, event, reason, unit))

    async def redrive(self, consumer: str, subject: str, handler: Handler) -> int:
        """Handle an aggregate's dead letters again, in order, until one is not done; how many were done.

        Once none is left, the aggregate goes on by itself.
        """
        async with self._work.read(self._caller) as unit:
            letters = await _letters(unit, consumer, subject)
        done = 0
        for letter in letters:
            if not isinstance(await handler(_event(letter)), Done):
                break
            async with self._work.write(self._caller) as unit:
                await unit.session.delete(letter)
            done += 1
        return done


async def _letters(unit: Unit, consumer: str, subject: str, limit: int | None = None) -> list[DeadLetter]:
    of_aggregate = (
        select(DeadLetter)
        .where(col(DeadLetter.consumer) == consumer, col(DeadLetter.subject) == subject)
        .order_by(col(DeadLetter.stream_sequence))
        .limit(limit)
    )
    return list((await unit.session.exec(of_aggregate)).all())


def _letter(consumer: str, event: Envelope, reason: str, unit: Unit) -> DeadLetter:
    return DeadLetter(
        consumer=consumer,
        event_id=event.event_id,
        subject=event.subject,
        aggregate_id=event.aggregate_id,
        version=event.version,
        type=event.type,
        traceparent=event.traceparent,
        body=event.body,
        occurred_at=event.occurred_at,
        stream_sequence=event.stream_sequence,
        parked_at=unit.now,
        reason=reason,
    )


def _event(letter: DeadLetter) -> Envelope:
    return Envelope(
        event_id=letter.event_id,
        type=letter.type,
        subject=letter.subject,
        aggregate_id=letter.aggregate_id,
        version=letter.version,
        occurred_at=letter.occurred_at,
        traceparent=letter.traceparent,
        body=letter.body,
        stream_sequence=letter.stream_sequence,
    )
