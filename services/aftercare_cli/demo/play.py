"""What the acts hand on to each other, and how they wait for what the system does by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aftercare.referral.v1 import referral_pb2
from aftercare.referral.v1.client_pb2 import Client, Episode
from aftercare.referral.v1.plan_pb2 import Plan
from aftercare.type.v1 import kind_pb2, match_set_pb2
from aftercare_cli.acts import plans
from aftercare_cli.acts.status import unread
from aftercare_cli.connection.place import Place
from aftercare_cli.demo.cast import Cast
from aftercare_cli.demo.clock import DemoClock
from aftercare_platform.kernel.errors import Unavailable

PROGRAM: Final = "Riverbend IOP"

HOUSING: Final = kind_pb2.KIND_SOBER_LIVING
GROUP: Final = kind_pb2.KIND_SUPPORT_GROUP
THERAPY: Final = kind_pb2.KIND_OUTPATIENT
WORK: Final = kind_pb2.KIND_VOCATIONAL

SETTLE_SECONDS: Final = 20.0
READ_SECONDS: Final = 60.0


class DidNotHappen(Unavailable):
    """The demo waited in vain for {what}."""


@dataclass(slots=True)
class Play:
    """What the acts hand on to each other."""

    place: Place
    cast: Cast
    clock: DemoClock
    world: Path
    client: Client = field(default_factory=Client)
    episode: Episode = field(default_factory=Episode)
    plan: Plan = field(default_factory=Plan)
    chosen: Mapping[int, match_set_pb2.Option] = field(default_factory=dict)
    """The option picked of each kind."""
    keys: dict[str, str] = field(default_factory=dict)
    """An agency's key by its organization."""
    sent: dict[int, str] = field(default_factory=dict)
    """The offer of each kind, by id."""

    def referral(self, kind: int) -> referral_pb2.Referral:
        """The need of a kind, as last read."""
        return next(referral for referral in self.plan.referrals if referral.kind == kind)

    def offer(self, kind: int) -> referral_pb2.Offer:
        """The offer of a kind, as last read."""
        return next(offer for offer in self.referral(kind).offers if offer.id == self.sent[kind])

    async def read_again(self) -> None:
        """Read the plan as it is now, as the planner."""
        async with self.cast.member("planner") as desk:
            self.plan = await plans.show_plan(desk, self.plan.id)

    async def until(self, what: str, is_so: Callable[[], bool]) -> None:
        """Read the plan again and again until it is so; the clocks of the system tick once a second."""
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                await self.read_again()
                while not is_so():
                    await asyncio.sleep(0.1)
                    await self.read_again()
        except TimeoutError:
            raise DidNotHappen(what=what) from None

    async def until_all_read(self) -> None:
        """Wait until every service that copies what others publish has read all of it."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                while await unread(self.place):  # noqa: ASYNC110 (other processes set no event)
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise DidNotHappen(what="the services to read what was published") from None
