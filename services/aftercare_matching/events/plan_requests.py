"""Plans that wait for their set: taken from the one consumer that all replicas share."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Final

import structlog

from aftercare.referral.v1.events_pb2 import PlanRequested
from aftercare_matching import usecases
from aftercare_matching.engine import Engine
from aftercare_matching.ports import Plans
from aftercare_platform.bus.backoff import backoff
from aftercare_platform.bus.connection import Bus
from aftercare_platform.bus.consumer import Consumer
from aftercare_platform.bus.decision import DONE, Decision, Retry
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.bus.streams import stream_of
from aftercare_platform.kernel.errors import InvalidArgument, NotFound, Unavailable
from aftercare_platform.logging import failure

REFERRAL: Final = "referral"
DURABLE: Final = "matching_plans"
SUBJECT: Final = "evt.referral.plan.*"
TRIES: Final = 5
"""After this many failures a plan is told that matching gave up."""
FIRST_WAIT: Final = timedelta(milliseconds=200)
LONGEST_WAIT: Final = timedelta(seconds=5)
_PLAN_REQUESTED: Final = PlanRequested.DESCRIPTOR.full_name

log = structlog.get_logger(__name__)


class PlanRequests:
    """Answers `PlanRequested`. An absent index, owner or broker is waited for; a failure is counted."""

    def __init__(self, engine: Engine, plans: Plans) -> None:
        self._engine = engine
        self._plans = plans
        self._failures: Counter[tuple[str, int]] = Counter()

    def consumer(self, bus: Bus) -> Consumer:
        """The durable reader; run it."""
        return Consumer(bus, stream_of(REFERRAL), DURABLE, SUBJECT, self.on_event)

    async def on_event(self, event: Envelope) -> Decision:
        """Match, hand over, be done; or say when to try again."""
        if event.type != _PLAN_REQUESTED:
            return DONE
        request = PlanRequested.FromString(event.body)
        try:
            return await self._answer(request.plan_id, request.revision)
        except Unavailable as error:
            log.info("plan_waits", plan=request.plan_id, attempt=event.attempt, reason=error.reason)
            return Retry(backoff(event.attempt, first=FIRST_WAIT, longest=LONGEST_WAIT))

    async def _answer(self, plan_id: str, revision: int) -> Decision:
        key = (plan_id, revision)
        try:
            is_recorded = await usecases.answer_plan(
                plan_id, revision, plans=self._plans, engine=self._engine
            )
        except Unavailable:
            raise
        except NotFound:
            log.warning("plan_unknown", plan=plan_id, revision=revision)
        except InvalidArgument as error:  # will be as wrong the next time
            log.warning("plan_not_understood", plan=plan_id, revision=revision)
            await usecases.give_up(plan_id, revision, usecases.not_understood(error), plans=self._plans)
        except Exception as error:  # noqa: BLE001 (whatever it was, the plan must not wait for ever)
            return await self._after_failure(key, error)
        else:
            log.info("plan_matched" if is_recorded else "plan_not_awaited", plan=plan_id, revision=revision)
        self._failures.pop(key, None)
        return DONE

    async def _after_failure(self, key: tuple[str, int], error: Exception) -> Decision:
        self._failures[key] += 1
        count = self._failures[key]
        log.error("plan_failed", plan=key[0], revision=key[1], attempt=count, **failure(error))
        if count < TRIES:
            return Retry(backoff(count, first=FIRST_WAIT, longest=LONGEST_WAIT))
        await usecases.give_up(*key, usecases.MATCHING_FAILED, plans=self._plans)
        del self._failures[key]
        return DONE
