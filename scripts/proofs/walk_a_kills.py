"""Walk A while its processes are killed: every plan that was acknowledged gets its set by itself.

Plans are created while referral, matching and the broker are killed (SIGKILL) in turn at random moments.
A client whose call fails tries again with the same key, as the pages do, and logs each plan that it was
told of. The value counts plans without a set 90 seconds after that, plans acknowledged and not there, and
plans that are there twice.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

import grpc
import grpc.aio

from aftercare.referral.v1 import plan_pb2
from aftercare_cli.acts import plans
from aftercare_cli.connection.desk import Desk
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.roles import Role
from aftercare_platform.rpc.identity import IDEMPOTENCY_KEY
from proofs.cases import CRITERIA, add_places, open_case, open_episode
from proofs.finding import Asked, Finding
from proofs.records import remove
from proofs.system import System, open_system

KILLED_IN_TURN: Final = ("referral", "matching", "nats")
MATCHED_WITHIN_SECONDS: Final = 90.0
TRIED_FOR_SECONDS: Final = 60.0
LOOK_EVERY_SECONDS: Final = 0.5
PLAN_EVERY_SECONDS: Final = 0.75
KILL_EVERY_SECONDS: Final = 2.5
_AGAIN: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})


@dataclass(slots=True)
class Log:
    """What the client was told."""

    told_at: dict[str, float] = field(default_factory=dict)
    """When each plan was acknowledged, by plan."""
    matched_at: dict[str, float] = field(default_factory=dict)
    """When each was first seen with its set."""
    failed_calls: int = 0

    def waiting(self) -> list[str]:
        """The plans that have no set yet and still have time to get it."""
        late = monotonic() - MATCHED_WITHIN_SECONDS
        return [plan for plan, told in self.told_at.items() if plan not in self.matched_at and told > late]

    def unmatched(self) -> int:
        """How many got no set in time."""
        never = float("inf")
        times = [self.matched_at.get(plan, never) - told for plan, told in self.told_at.items()]
        return sum(seconds > MATCHED_WITHIN_SECONDS for seconds in times)

    def slowest(self) -> float:
        """Seconds until the last set came."""
        return max((self.matched_at[plan] - self.told_at[plan] for plan in self.matched_at), default=0.0)


async def prove(asked: Asked) -> Finding:
    """Run it."""
    chance = random.Random(asked.seed)
    wanted = asked.size(full=60, small=6)
    async with open_system(asked.folder) as system:
        planner = system.member(Role.PLANNER)
        async with system.desk(system.member(Role.ADMINISTRATOR)) as administrator:
            await add_places(administrator, ["Alder House", "Birch House", "Cedar House"])
        await system.settled()
        async with system.desk(planner) as desk:
            episodes = [(await open_episode(desk))[1] for _ in range(wanted)]
            killer = _kill_in_turn(system, asked.size(full=6, small=1), random.Random(chance.random()))
            log, kills = await _walk(desk, episodes, chance, killer)
            listed = await _list(desk)
        async with system.desk(planner) as desk:
            watched = asked.size(full=20, small=4)
            is_unmatched = await _without_record_of_its_event(system, desk, seconds=watched)
    there = {plan.id for plan in listed}
    missing = len(set(log.told_at) - there)
    twice = len(listed) - len({plan.episode_id for plan in listed})
    return Finding(
        value=log.unmatched() + missing + twice + (wanted - len(log.told_at)),
        bar=0,
        control="a plan whose event and clock were taken from the record before the broker came back "
        + ("stayed without a set, and was counted" if is_unmatched else "got its set all the same"),
        control_shows=is_unmatched,
        seen={"plans": len(log.told_at), "kills": kills, "calls that failed": log.failed_calls}
        | {"seconds to the slowest set": round(log.slowest(), 1)},
    )


async def _walk(
    desk: Desk, episodes: list[str], chance: random.Random, killer: Coroutine[Any, Any, int]
) -> tuple[Log, int]:
    """Create the plans while the killer goes round, then wait for their sets."""
    log = Log()
    killing = asyncio.create_task(killer)
    watch = asyncio.create_task(_watch(desk, log))
    try:
        async with asyncio.TaskGroup() as group:
            for episode in episodes:
                group.create_task(_create(desk, episode, log))
                await asyncio.sleep(chance.uniform(0, 2 * PLAN_EVERY_SECONDS))
        kills = await killing
        while log.waiting():  # noqa: ASYNC110 (other processes set no event)
            await asyncio.sleep(LOOK_EVERY_SECONDS)
    finally:
        killing.cancel()
        watch.cancel()
        await asyncio.gather(killing, watch, return_exceptions=True)
    return log, kills


async def _kill_in_turn(system: System, rounds: int, chance: random.Random) -> int:
    """Kill each so often, at random moments, often while another is on its way back; how many kills."""
    for name in KILLED_IN_TURN * rounds:
        await asyncio.sleep(chance.uniform(0.1, 2 * KILL_EVERY_SECONDS))
        child = system.house.children[name]
        while child.pid is None:  # noqa: ASYNC110 (between a death and the next start)
            await asyncio.sleep(0.05)
        system.signal(name)
    return rounds * len(KILLED_IN_TURN)


async def _create(desk: Desk, episode: str, log: Log) -> None:
    """Create a plan, again and again with the same key until it is acknowledged."""
    metadata = grpc.aio.Metadata((IDEMPOTENCY_KEY, new_id()))
    request = plan_pb2.CreatePlanRequest(episode_id=episode, criteria=CRITERIA)
    with suppress(TimeoutError):
        async with asyncio.timeout(TRIED_FOR_SECONDS):
            while True:
                try:
                    plan = await desk.plans.CreatePlan(request, metadata=metadata, timeout=3)
                except grpc.aio.AioRpcError as error:
                    if error.code() not in _AGAIN:
                        raise
                    log.failed_calls += 1
                    await asyncio.sleep(0.1)
                else:
                    log.told_at[plan.id] = monotonic()
                    return


async def _watch(desk: Desk, log: Log) -> None:
    """Note when each plan is first seen with its set."""
    while True:
        for plan in await _list(desk):
            if plan.state == plan_pb2.PLAN_STATE_MATCHED:
                log.matched_at.setdefault(plan.id, monotonic())
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _list(desk: Desk) -> list[plan_pb2.Plan]:
    """All plans, as soon as they can be listed."""
    while True:
        try:
            return await plans.list_plans(desk)
        except grpc.aio.AioRpcError as error:
            if error.code() not in _AGAIN:
                raise
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _without_record_of_its_event(system: System, desk: Desk, *, seconds: float) -> bool:
    """Whether a plan stays without a set when neither outbox nor clock know of it: the guard removed."""
    system.signal("nats", signal.SIGSTOP)
    plan = (await open_case(desk)).plan
    record = system.database("referral")
    remove(record, "outbox", aggregate_id=plan.id, published_at=None)
    remove(record, "clock_entry", aggregate_id=plan.id)
    system.signal("nats")  # what it had not read is lost with it
    log = Log(told_at={plan.id: monotonic()})
    watch = asyncio.create_task(_watch(desk, log))
    await asyncio.sleep(seconds)
    watch.cancel()
    return plan.id not in log.matched_at
