"""What falls due is done once: by one loop, by two, by one that comes after a crash."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aftercare_platform.access.caller import Caller
from aftercare_platform.sql.leases import LeaseHolder
from aftercare_platform.sql.tables import AuditEntry
from aftercare_referral.clock.loop import ClockLoop
from aftercare_referral.clock.setting import ClockKind, clear_clock, set_clock
from aftercare_referral.clock.tables import ClockEntry
from aftercare_referral.main import acts
from integration.referral.desk import NOON, PLANNER
from integration.referral.practice import TERMS

CALLER = Caller(person=PLANNER)
SECOND = timedelta(seconds=1)


async def due(practice, *ids, kind=ClockKind.PLAN_MATCH, at=NOON):
    async with practice.work.write(CALLER) as unit:
        for each in ids:
            await set_clock(unit, kind, each, at)


def loop(practice, database, act, name="clocks"):
    return ClockLoop(practice.work, LeaseHolder(database, name), dict.fromkeys(ClockKind, act))


class Acts:
    """Notes what it was called for; fails for "bad" as often as told."""

    def __init__(self, failures=0):
        self.done, self.failures = [], failures

    async def __call__(self, unit, aggregate_id):
        assert unit.program_id == "north"
        self.done.append(aggregate_id)
        if aggregate_id == "bad" and self.done.count("bad") <= self.failures:
            raise RuntimeError


async def test_what_is_due_is_done_and_what_is_not_yet_waits(practice, database):
    act = Acts()
    await due(practice, "b", at=NOON + SECOND)
    await due(practice, "a")
    await due(practice, "c", at=NOON + 2 * SECOND)
    assert await loop(practice, database, act).fire_due() is False
    assert act.done == ["a"]
    practice.clock.advance(2 * SECOND)
    await loop(practice, database, act).fire_due()
    assert act.done == ["a", "b", "c"]
    assert await practice.rows(ClockEntry) == []


async def test_setting_again_replaces_and_clearing_calls_off(practice, database):
    act = Acts()
    await due(practice, "a")
    await due(practice, "a", at=NOON + SECOND)
    await due(practice, "b")
    async with practice.work.write(CALLER) as unit:
        await clear_clock(unit, ClockKind.PLAN_MATCH, "b")
        await clear_clock(unit, ClockKind.OFFER_ANSWER, "a")
    await loop(practice, database, act).fire_due()
    assert act.done == []
    practice.clock.advance(SECOND)
    await loop(practice, database, act).fire_due()
    assert act.done == ["a"]


@pytest.mark.fault("REF-12")
async def test_two_loops_do_each_thing_once(practice, database):
    act = Acts()
    await due(practice, *map(str, range(40)))
    await asyncio.gather(*(loop(practice, database, act).fire_due() for _ in range(4)))
    assert sorted(act.done, key=int) == [str(number) for number in range(40)]


async def test_more_than_a_batch_is_done_too(practice, database):
    act = Acts()
    await due(practice, *map(str, range(101)))
    assert await loop(practice, database, act).fire_due() is True
    assert await loop(practice, database, act).fire_due() is False
    assert len(act.done) == 101


async def test_one_that_fails_is_tried_later_and_stops_no_other(practice, database):
    act = Acts(failures=2)
    await due(practice, "bad")
    clocks = loop(practice, database, act)
    await clocks.fire_due()
    (entry,) = await practice.rows(ClockEntry)
    assert (entry.failures, entry.due_at) == (1, NOON + SECOND)
    await due(practice, "good")
    practice.clock.advance(SECOND)
    await clocks.fire_due()
    practice.clock.advance(2 * SECOND)
    await clocks.fire_due()
    assert act.done == ["bad", "good", "bad", "bad"]
    assert await practice.rows(ClockEntry) == []


async def test_an_act_and_its_entry_stand_or_fall_together(practice, database):
    """A crash in the middle of an act leaves the entry, and nothing of the act."""
    case, harbor = await practice.case(), await practice.place()
    await practice.sign(case, harbor)
    offer = await practice.send(case, harbor)
    practice.clock.advance(TERMS.undo)
    real = acts(TERMS)[ClockKind.SEND_OFFER]

    async def crash(unit, offer_id):
        await real(unit, offer_id)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await loop(practice, database, crash).fire_due()
    assert await practice.events(offer.id) == []
    await practice.fire()
    await practice.fire()
    assert await practice.events(offer.id) == [("OfferSent", 1)]


async def test_only_the_holder_of_the_lease_works(practice, database):
    act = Acts()
    other = LeaseHolder(database, "clocks")
    assert await other.holds()
    await due(practice, "a")
    task = asyncio.create_task(loop(practice, database, act).run())
    await asyncio.sleep(0.3)
    assert act.done == []
    await other.release()
    async with asyncio.timeout(5):
        while not act.done:  # noqa: ASYNC110 (another task makes it hold)
            await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await LeaseHolder(database, "clocks").holds()


async def test_each_act_is_audited(practice, database):
    case, harbor = await practice.case(), await practice.place()
    offer = await practice.sent(case, harbor)
    await practice.pass_time(days=2)
    done = [entry for entry in await practice.rows(AuditEntry) if entry.action.startswith("clock:")]
    assert [(entry.action, entry.actor, f"offer:{offer.id}" in entry.objects) for entry in done] == [
        ("clock:send_offer", "service:referral", True),
        ("clock:plan_match", "service:referral", False),
        ("clock:offer_answer", "service:referral", True),
    ]
