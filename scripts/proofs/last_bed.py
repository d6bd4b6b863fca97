"""The last bed: of several that are accepted at once for too few places, exactly as many as were free.

In each round more agencies and staff accept offers to one place, all at the same moment, than it has
free places. The value counts rounds in which more or fewer were accepted than were free, or in which
another was refused for any other reason than that no place is left.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import grpc.aio

from aftercare.directory.v1 import resources_pb2
from aftercare.referral.v1 import referral_pb2
from aftercare_cli.acts import entries, offers
from aftercare_cli.connection.desk import Desk
from aftercare_platform.kernel.roles import Role
from aftercare_platform.rpc.errors import error_of
from proofs.cases import add_places, ask, open_case
from proofs.finding import Asked, Finding
from proofs.records import count
from proofs.system import System, open_system, until

ACCEPTED: Final = "accepted"
NO_PLACE: Final = "NO_PLACE_LEFT"
UNKNOWN_ROUNDS: Final = 3
"""Rounds of the control: nobody has said how many places are free."""
AT_ONCE: Final = 16
"""How many cases are made side by side."""
OUT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """One place and those who want it."""

    listing: resources_pb2.Listing
    free: int | None
    """None where nobody has said."""
    wanted: int

    @property
    def expected(self) -> Counter[str]:
        """What must become of the acceptances."""
        taken = self.wanted if self.free is None else self.free
        return Counter({ACCEPTED: taken}) + Counter({NO_PLACE: self.wanted - taken})


async def prove(asked: Asked) -> Finding:
    """Run it."""
    chance = random.Random(asked.seed)
    async with open_system(asked.folder, has_demo_clock=True) as system:
        rounds = await _prepare(system, asked.size(full=200, small=10), chance)
        agency = system.agency(rounds[0].listing.organization_id)
        async with system.desk(agency) as desk:
            waiting = await offers.list_offers(desk, open_only=True)
        desks = [system.desk(agency), system.desk(agency), system.desk(system.member(Role.CASE_MANAGER))]
        async with desks[0] as one, desks[1] as another, desks[2] as staff:
            became = [await _race([one, another, staff], each, waiting, chance) for each in rounds]
    proper = [(each, came) for each, came in zip(rounds, became, strict=True) if each.free is not None]
    unknown = [(each, came) for each, came in zip(rounds, became, strict=True) if each.free is None]
    refused = sum(came[NO_PLACE] for _, came in unknown)
    accepted = sum(came[ACCEPTED] for _, came in unknown)
    all_accepted = all(came == each.expected for each, came in unknown)
    return Finding(
        value=sum(came != each.expected for each, came in proper),
        bar=0,
        control=f"where no number of free places was known, {accepted} were accepted and {refused} refused",
        control_shows=all_accepted and accepted > 0,
        seen={"rounds": len(proper), "acceptances at once": sum(each.wanted for each, _ in proper)}
        | {"places": sum(each.free or 0 for each, _ in proper)}
        | {"refused for want of a place": sum(came[NO_PLACE] for _, came in proper)},
    )


async def _prepare(system: System, number: int, chance: random.Random) -> list[Round]:
    """Places with their free beds, and offers that have gone out to each."""
    async with system.desk(system.member(Role.ADMINISTRATOR)) as administrator:
        listings = await add_places(administrator, [f"House {n}" for n in range(number + UNKNOWN_ROUNDS)])
        rounds = [_round(listing, n < number, chance) for n, listing in enumerate(listings)]
        for each in rounds:
            if each.free is not None:
                await entries.report_capacity(administrator, each.listing.id, available=each.free)
    await system.settled()
    gate = asyncio.Semaphore(AT_ONCE)
    async with system.desk(system.member(Role.PLANNER)) as planner, asyncio.TaskGroup() as group:
        for each in rounds:
            for _ in range(each.wanted):
                group.create_task(_ask(planner, each.listing, gate))
    system.move_clock(timedelta(seconds=31))
    record = system.database("referral")
    if not await until(lambda: count(record, "offer", state="draft") == 0, seconds=OUT_SECONDS):
        raise TimeoutError("the offers did not go out")
    return rounds


def _round(listing: resources_pb2.Listing, is_known: bool, chance: random.Random) -> Round:
    free = chance.randint(1, 3)
    return Round(listing, free if is_known else None, free + chance.randint(1, 3))


async def _ask(planner: Desk, listing: resources_pb2.Listing, gate: asyncio.Semaphore) -> None:
    async with gate:
        await ask(planner, await open_case(planner), listing)


async def _race(
    desks: list[Desk], each: Round, waiting: list[referral_pb2.Offer], chance: random.Random
) -> Counter[str]:
    """Accept every offer to the place at the same moment; how many came to what."""
    its = [offer for offer in waiting if offer.listing_id == each.listing.id]
    chance.shuffle(its)
    accepted = (_accept(desks[number % len(desks)], offer) for number, offer in enumerate(its))
    return Counter(await asyncio.gather(*accepted))


async def _accept(desk: Desk, offer: referral_pb2.Offer) -> str:
    """Accept, or the reason why not."""
    request = referral_pb2.AcceptOfferRequest(id=offer.id, etag=offer.etag)
    try:
        await desk.referrals.AcceptOffer(request)
    except grpc.aio.AioRpcError as error:
        return error_of(error).reason
    return ACCEPTED
