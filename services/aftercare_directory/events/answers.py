"""Reads how agencies answer, from the events of `referral`'s offers: ids and codes, never a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Final

from aftercare.referral.v1 import events_pb2, referral_pb2
from aftercare_directory.ports import Answer, Shelves
from aftercare_directory.usecases.answering import note_answer
from aftercare_platform.access.caller import Caller
from aftercare_platform.bus.connection import Bus
from aftercare_platform.bus.consumer import Consumer, DeadLetters
from aftercare_platform.bus.decision import DONE, Decision, Retry
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.bus.streams import stream_of
from aftercare_platform.sql.inbox import Verdict, receive
from aftercare_platform.sql.work import SqlWork, Unit

DURABLE: Final = "directory-answers"
OFFERS: Final = "evt.referral.offer.>"
"""All events of offers: the inbox needs each version of an offer, though only answers have an effect."""

_ANSWERED: Final = events_pb2.OfferAnswered.DESCRIPTOR.full_name
_WORDS: Final = {
    referral_pb2.OFFER_STATE_ACCEPTED: "accepted",
    referral_pb2.OFFER_STATE_DECLINED: "declined",
}
_CALLER: Final = Caller(service="directory")
_GAP: Final = timedelta(milliseconds=500)
"""How long to wait for an event that another one has overtaken."""


class AnswerReader:
    """Keeps each listing's last answer."""

    def __init__(self, work: SqlWork, shelves_of: Callable[[Unit], Shelves]) -> None:
        self._work = work
        self._shelves_of = shelves_of

    async def handle(self, event: Envelope) -> Decision:
        """Note the event, and the answer in it, in one transaction; an event that came too early, later."""
        action = f"event:{event.type}" if event.type == _ANSWERED else ""
        async with self._work.write(_CALLER, action=action) as unit:
            verdict = await receive(unit, event)
            if verdict is Verdict.NEW and event.type == _ANSWERED:
                await note_answer(answer_of(event.body), self._shelves_of(unit))
        return Retry(after=_GAP) if verdict is Verdict.GAP else DONE

    def consumer(self, bus: Bus, dead_letters: DeadLetters) -> Consumer:
        """The durable consumer that feeds `handle`."""
        return Consumer(bus, stream_of("referral"), DURABLE, OFFERS, self.handle, dead_letters=dead_letters)


def answer_of(body: bytes) -> Answer:
    """The answer in the body of an `OfferAnswered`."""
    event = events_pb2.OfferAnswered.FromString(body)
    reason = referral_pb2.DeclineReason.Name(event.decline_reason)
    return Answer(
        listing_id=event.listing_id,
        offer_id=event.offer_id,
        answer=_WORDS[event.answer],
        reason=reason.removeprefix("DECLINE_REASON_").lower() if event.decline_reason else "",
        answered_at=event.answer_time.ToDatetime(UTC),
    )
