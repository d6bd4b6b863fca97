"""Walk A, steps 4 to 8: a plan that waits gets its set, whatever happens on the way."""

from __future__ import annotations

import pytest

from aftercare_matching.usecases import MATCHING_FAILED
from aftercare_platform.kernel.errors import AftercareError, Unavailable
from integration.matching.ward import eventually, profile, request_plan
from support.processes import running

pytestmark = pytest.mark.asyncio(loop_scope="module")


def sets_of(ward, plan_id):
    return [(each.plan_id, each.revision) for each in ward.plans.sets if each.plan_id == plan_id]


async def answered(ward, plan_id, *, seconds=15):
    async def is_there() -> bool:
        return bool(sets_of(ward, plan_id)) or plan_id in {each.plan_id for each in ward.plans.failures}

    await eventually(is_there, seconds=seconds)


async def test_a_plan_gets_its_set(ward):
    await ward.directory.house("Harbor")
    plan_id = ward.plans.plan(profile())
    await request_plan(ward.bus, plan_id)
    await answered(ward, plan_id)
    assert sets_of(ward, plan_id) == [(plan_id, 1)]
    assert ward.plans.sets[-1].match_set.weights_version


async def test_a_plan_asked_for_twice_is_answered_once(ward):
    plan_id, other = ward.plans.plan(profile()), ward.plans.plan(profile())
    await request_plan(ward.bus, plan_id)
    await answered(ward, plan_id)
    await request_plan(ward.bus, plan_id)
    await request_plan(ward.bus, other)
    await answered(ward, other)
    assert sets_of(ward, plan_id) == [(plan_id, 1)]


async def test_an_older_revision_is_left_to_the_newer_one(ward):
    plan_id = ward.plans.plan(profile())
    ward.plans.revisions[plan_id] = 2
    await request_plan(ward.bus, plan_id, revision=1)
    await request_plan(ward.bus, plan_id, revision=2)
    await answered(ward, plan_id)
    assert sets_of(ward, plan_id) == [(plan_id, 2)]


async def test_an_owner_that_is_away_is_waited_for(ward):
    plan_id = ward.plans.plan(profile())
    ward.plans.refusals += [Unavailable(what="the database")] * 9
    await request_plan(ward.bus, plan_id)
    await answered(ward, plan_id)
    assert (sets_of(ward, plan_id), ward.plans.failures) == ([(plan_id, 1)], [])


async def test_four_failures_and_a_success_are_a_success(ward):
    plan_id = ward.plans.plan(profile())
    ward.plans.refusals += [AftercareError()] * 4
    await request_plan(ward.bus, plan_id)
    await answered(ward, plan_id)
    assert (sets_of(ward, plan_id), ward.plans.failures) == ([(plan_id, 1)], [])


async def test_after_five_failures_the_plan_is_told(ward):
    plan_id = ward.plans.plan(profile())
    ward.plans.refusals += [AftercareError()] * 5
    await request_plan(ward.bus, plan_id)
    await answered(ward, plan_id)
    assert [(each.plan_id, each.reason) for each in ward.plans.failures] == [(plan_id, MATCHING_FAILED)]
    assert sets_of(ward, plan_id) == []
    ward.plans.failures.clear()


async def test_criteria_that_cannot_be_understood_are_told_at_once(ward):
    plan_id = ward.plans.plan(profile(zip="00000"))
    await request_plan(ward.bus, plan_id)
    await answered(ward, plan_id)
    (told,) = ward.plans.failures
    assert "ZIP code" in told.reason
    ward.plans.failures.clear()


async def test_a_killed_broker_delays_and_loses_nothing(ward):
    plan_id = ward.plans.plan(profile())
    ward.broker.kill()
    ward.broker.start()
    await request_plan(ward.bus, plan_id)
    await answered(ward, plan_id, seconds=30)
    house = await ward.directory.house("After the storm")

    async def is_found() -> bool:
        return "After the storm?" in await ward.matching.names()

    await eventually(is_found, seconds=20)
    assert house.version == 1


@pytest.mark.slow
async def test_a_process_killed_with_a_set_in_its_hands_is_followed_by_another(ward):
    killed, waiting = ward.plans.plan(profile()), ward.plans.plan(profile())
    ward.plans.lets_in.clear()
    ward.plans.is_asked.clear()
    await request_plan(ward.bus, killed)
    await ward.plans.is_asked.wait()
    ward.matching.running.kill()
    await request_plan(ward.bus, waiting)
    ward.plans.lets_in.set()
    async with running("matching", ward.folder, ward.broker, **ward.addresses):
        await answered(ward, waiting)
        await answered(ward, killed, seconds=45)  # the broker gives an event out again after 30 seconds
    assert ward.plans.failures == []
