"""The house: broker, streams and services, up together, kept up, down in order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from aftercare_cli.supervisor import broker
from aftercare_cli.supervisor.child import Child, DidNotStart, Job, last_line
from aftercare_cli.supervisor.layout import Layout, service_job
from aftercare_cli.supervisor.orphans import stop_left_over
from aftercare_cli.supervisor.readiness import wait_until_serving
from aftercare_cli.supervisor.record import RunRecord, held, read_record
from aftercare_cli.supervisor.roster import SERVICES, STOPPED_IN_ORDER

UP_WITHIN_SECONDS: Final = 60.0


@dataclass(slots=True)
class House:
    """The running processes."""

    layout: Layout
    children: dict[str, Child] = field(default_factory=dict)
    keeping: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def wait(self) -> None:
        """Until one of the processes cannot be kept up; its `DidNotStart` is raised."""
        done, _ = await asyncio.wait(self.keeping.values(), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    def record(self) -> RunRecord:
        """What runs where at this moment."""
        layout = self.layout
        return RunRecord(
            supervisor_pid=os.getpid(),
            profile=layout.profile,
            nats_url=layout.broker.nats_url,
            page=layout.page,
            addresses=layout.addresses,
            pids={name: child.pid for name, child in self.children.items() if child.pid is not None},
            clock_offset_file=str(layout.clock_file) if layout.clock_file else None,
        )

    def start(self, job: Job) -> Child:
        """Start a process and keep it up."""
        child = Child(job, on_change=lambda: self.record().write(self.layout.data_dir))
        self.children[job.name] = child
        self.keeping[job.name] = asyncio.create_task(child.run(), name=job.name)
        return child

    async def until_up(self, name: str, is_up: asyncio.Task[None]) -> None:
        """Wait for a process to answer; `DidNotStart` when it dies before or takes too long."""
        keeping = self.keeping[name]
        done, _ = await asyncio.wait(
            {keeping, is_up}, timeout=UP_WITHIN_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if is_up not in done:
            is_up.cancel()
            if keeping in done:
                keeping.result()
            log = self.children[name].job.log
            raise DidNotStart(what=name, log=log, end=last_line(log))
        is_up.result()
        self.children[name].note_up()

    async def stop(self) -> None:
        """Stop everything, in order; the broker last."""
        for step in (*STOPPED_IN_ORDER, (broker.NAME,)):
            await asyncio.gather(*(self.children[name].stop() for name in step if name in self.children))
        for task in self.keeping.values():
            task.cancel()
        await asyncio.gather(*self.keeping.values(), return_exceptions=True)


@asynccontextmanager
async def open_house(layout: Layout) -> AsyncIterator[House]:
    """Everything up and answering; stopped in order at the end of the block, however it ends.

    `RunsAlready` when a system runs on this folder, `DidNotStart` when a part does not come up.
    """
    with held(layout.data_dir):
        _clear_up(layout)
        house = House(layout)
        try:
            await _bring_up(house)
            yield house
        finally:
            await house.stop()


async def _bring_up(house: House) -> None:
    layout = house.layout
    if layout.clock_file is not None:
        layout.clock_file.touch(mode=0o600)
    house.start(broker.broker_job(layout.data_dir, layout.broker))
    await house.until_up(broker.NAME, asyncio.create_task(broker.wait_for_broker(layout.broker)))
    await broker.make_streams(layout.broker)
    for service in SERVICES:
        house.start(service_job(layout, service))
    await asyncio.gather(
        *(
            house.until_up(name, asyncio.create_task(wait_until_serving(name, layout.addresses[name])))
            for name in SERVICES
        )
    )
    house.record().write(layout.data_dir)


def _clear_up(layout: Layout) -> None:
    """Stop what a killed supervisor left running on this folder, before its files are opened again."""
    left = read_record(layout.data_dir)
    for pid in left.pids.values() if left else ():
        stop_left_over(pid, sign=str(layout.data_dir))
