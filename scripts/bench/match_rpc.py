"""FindMatches calls per second, against a bare echo of the same reply size in the same run.

The one side is the matching service as it is served: tokens, limits, validation, ranking of four kinds,
reasons. The other is a gRPC server without any of it, which parses the same request and serializes a
ready reply of the same kind. Each is a process of its own, called over loopback from this one; windows
of the two sides alternate, so that both meet the same weather on the machine.
No listing changes meanwhile, so what the index keeps between changes is there after the first calls;
the machine's own load weighs on the two sides unequally, so compare only runs that were made alike.

    python scripts/bench/match_rpc.py [--listings 5000 50000] [--seconds 4] [--windows 3] [--in-flight 8]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grpc.aio

from aftercare.matching.v1 import matching_pb2, matching_pb2_grpc
from aftercare.type.v1 import criteria_pb2, kind_pb2, match_set_pb2, place_pb2, session_pb2
from aftercare_matching.access import RULES
from aftercare_matching.api.servicer import MatchingServicer
from aftercare_matching.domain.index import Index
from aftercare_matching.domain.listing import Capacity, Fact, FactKey, Listing, Precision, WeeklyTime
from aftercare_matching.engine import Engine
from aftercare_platform.access.caller import Member
from aftercare_platform.access.keys import KeyRing, load_identity
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.tokens import mint_person_token
from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.roles import Role
from aftercare_platform.kernel.vocabulary import Attribute, Kind
from aftercare_platform.logging import configure_logging
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.rpc.server import open_server, serving
from aftercare_platform.settings import PlatformSettings, Profile

PROFILES = 64
"""Different people who ask, in turn."""

CENTER = (38.9, -77.03)
DEGREES_OF_5000 = 0.6
"""How far from the center listings lie in a world of 5,000, in degrees."""
NOW = datetime.now(UTC)
KINDS = (Kind.SUPPORT_GROUP, Kind.SUPPORT_GROUP, Kind.SOBER_LIVING, Kind.OUTPATIENT, Kind.VOCATIONAL)
SAID = {
    Kind.SUPPORT_GROUP: (
        "fellowship:aa fellowship:na format:open format:newcomer gender:woman language:es "
        "accessibility:wheelchair philosophy:twelve_step philosophy:secular population:lgbtq audience:self"
    ),
    Kind.SOBER_LIVING: (
        "gender:woman gender:man medicine_accepted:buprenorphine medicine_accepted:methadone "
        "children:accepted accessibility:wheelchair record_accepted:felony credential:narr_certified "
        "philosophy:twelve_step language:es admission_by_vote:"
    ),
    Kind.OUTPATIENT: (
        "care:cbt care:dbt care:dual_diagnosis care:trauma_informed payer:medicaid payer:private payer:free "
        "medicine_accepted:buprenorphine medicine_provided:buprenorphine language:es credential:carf "
        "accessibility:wheelchair cost_help:sliding_scale"
    ),
    Kind.VOCATIONAL: (
        "vocational_service:job_search vocational_service:ged vocational_service:resume "
        "vocational_service:skills_training language:es accessibility:wheelchair population:veterans "
        "credential:wioa_eligible"
    ),
}
NUMBERS: dict[Kind, dict[Attribute, Sequence[int]]] = {
    Kind.SOBER_LIVING: {
        Attribute.COST_PER_MONTH: range(40_000, 130_000, 2_500),
        Attribute.MINIMUM_SOBRIETY: (0, 7, 14, 30, 90),
    },
    Kind.OUTPATIENT: {Attribute.WAIT: range(30)},
}


def world(size: int, *, seed: int = 7) -> Iterator[tuple[Listing, Capacity | None]]:
    """So many listings of four kinds."""
    chance = random.Random(seed)
    spread = DEGREES_OF_5000 * (size / 5_000) ** 0.25
    for number in range(size):
        listing = _listing(chance, number, spread)
        yield listing, _capacity(chance, listing) if Kind.SOBER_LIVING in listing.kinds else None


def _listing(chance: random.Random, number: int, spread: float) -> Listing:
    kind = chance.choice(KINDS)
    is_virtual = kind is Kind.SUPPORT_GROUP and chance.random() < 0.1
    opens = chance.randrange(7) * 1440 + chance.randrange(9 * 60, 20 * 60, 30)
    return Listing(
        id=new_id(),
        version=1,
        name=f"{kind.value.replace('_', ' ').title()} {number}",
        organization_id=new_id(),
        organization_name=f"Organization {number % 997}",
        kinds=frozenset({kind}),
        facts=dict(_facts(chance, kind)),
        sessions=() if kind is Kind.SOBER_LIVING else (WeeklyTime(opens, opens + 60),),
        latitude=CENTER[0] + chance.uniform(-spread, spread),
        longitude=CENTER[1] + chance.uniform(-spread, spread),
        precision=chance.choice([Precision.EXACT, Precision.EXACT, Precision.ZIP]),
        is_virtual=is_virtual,
        city="Washington",
        state="DC",
        phone=f"202-555-{number % 10_000:04}",
        updated_at=NOW - timedelta(days=chance.randrange(300)),
    )


def _facts(chance: random.Random, kind: Kind) -> Iterator[tuple[FactKey, Fact]]:
    as_of = NOW - timedelta(days=chance.randrange(300))
    for text in SAID[kind].split():
        if chance.random() < 0.5:
            attribute, _, term = text.partition(":")
            yield (Attribute(attribute), term), Fact(chance.random() < 0.8, "bench-feed", as_of)
    for of, values in NUMBERS.get(kind, {}).items():
        if chance.random() < 0.8:
            yield (of, ""), Fact(chance.choice(list(values)), "bench-feed", as_of)


def _capacity(chance: random.Random, listing: Listing) -> Capacity | None:
    if chance.random() < 0.3:
        return None
    as_of = NOW - timedelta(hours=chance.randrange(200))
    return Capacity(
        listing.id, 1, chance.randrange(4), 10, None, as_of, as_of + timedelta(days=14), "bench-feed"
    )


def planner_asks(chance: random.Random) -> criteria_pb2.MatchProfile:
    """Someone who needs four kinds of things, five options each."""
    evenings = [
        session_pb2.WeeklyTime(weekday=day, opens="17:00", closes="22:00")
        for day in session_pb2.Weekday.values()[1:]
    ]
    kinds = (
        kind_pb2.KIND_SUPPORT_GROUP,
        kind_pb2.KIND_SOBER_LIVING,
        kind_pb2.KIND_OUTPATIENT,
        kind_pb2.KIND_VOCATIONAL,
    )
    wishes = (
        (kind_pb2.ATTRIBUTE_CARE, "cbt"),
        (kind_pb2.ATTRIBUTE_PHILOSOPHY, "twelve_step"),
        (kind_pb2.ATTRIBUTE_VOCATIONAL_SERVICE, "job_search"),
        (kind_pb2.ATTRIBUTE_FORMAT, "newcomer"),
    )
    criteria = criteria_pb2.Criteria(
        needs=[criteria_pb2.Need(kind=kind) for kind in kinds],
        point=place_pb2.GeoPoint(
            latitude=CENTER[0] + chance.uniform(-0.3, 0.3),
            longitude=CENTER[1] + chance.uniform(-0.3, 0.3),
        ),
        medicines=["buprenorphine"],
        payers=["medicaid"],
        languages=chance.choice([["en"], ["es", "en"]]),
        budget_cents_per_month=chance.choice([70_000, 90_000]),
        free_times=evenings,
        sober_days=40,
        wishes=[criteria_pb2.Wish(attribute=attribute, term=term) for attribute, term in wishes],
    )
    gender = chance.choice([criteria_pb2.GENDER_WOMAN, criteria_pb2.GENDER_MAN])
    return criteria_pb2.MatchProfile(
        criteria=criteria, age_years=30, gender=gender, tie_key=str(chance.random())
    )


Call = Callable[[matching_pb2.FindMatchesRequest], Awaitable[match_set_pb2.MatchSet]]


@dataclass
class Side:
    """What was measured of one server."""

    rates: list[float] = field(default_factory=list)
    """Calls per second, window by window."""
    seconds: list[float] = field(default_factory=list)
    """How long each call took."""

    @property
    def rate(self) -> float:
        """The middle window's rate."""
        return statistics.median(self.rates)

    def milliseconds(self, share: float) -> float:
        """The time within which this share of the calls was answered."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def serve_matching(folder: Path, listings: int, port: Connection) -> None:
    """The matching service on a filled index, until the process is ended."""
    configure_logging("matching", level="error")

    async def run() -> None:
        index = Index()
        for listing, capacity in world(listings):
            index.put(listing)
            if capacity is not None:
                index.put_capacity(capacity)
        engine = Engine()
        engine.replace(index)
        described = matching_pb2.DESCRIPTOR.services_by_name["MatchingService"]
        add = matching_pb2_grpc.add_MatchingServiceServicer_to_server
        server = open_server(
            PlatformSettings(profile=Profile.TEST, data_dir=folder),
            name="matching",
            rules=RULES,
            servicers=[(add, MatchingServicer(engine, SystemClock()), described)],
            work=None,
            keys=KeyRing(folder / "keys"),
            clock=SystemClock(),
            revocations=Revocations(),
        )
        async with serving(server, grace=timedelta(0)):
            port.send(server.port)
            await server.wait()

    asyncio.run(run())


class Echo(matching_pb2_grpc.MatchingServiceServicer):
    """Answers every request with the same ready message."""

    def __init__(self, reply: match_set_pb2.MatchSet) -> None:
        self._reply = reply

    async def GetIndexStatus(self, request: object, context: object) -> matching_pb2.IndexStatus:  # noqa: N802
        """Not asked here."""
        return matching_pb2.IndexStatus()

    async def FindMatches(  # noqa: N802 (the contract's name)
        self,
        request: matching_pb2.FindMatchesRequest,
        context: object,
    ) -> match_set_pb2.MatchSet:
        """The reply."""
        return self._reply


def serve_echo(reply: bytes, port: Connection) -> None:
    """A bare server, until the process is ended."""

    async def run() -> None:
        server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        echo = Echo(match_set_pb2.MatchSet.FromString(reply))
        matching_pb2_grpc.add_MatchingServiceServicer_to_server(echo, server)
        number = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        port.send(number)
        await server.wait_for_termination()

    asyncio.run(run())


def start(stack: ExitStack, serve: Callable[..., None], *args: object) -> int:
    """A server in a process of its own; its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(*args, theirs), daemon=True)
    process.start()
    stack.callback(process.kill)
    if not ours.poll(120):
        raise TimeoutError("a server did not start")
    number: int = ours.recv()
    return number


async def window(
    call: Call, requests: list[Any], side: Side | None, *, seconds: float, in_flight: int
) -> None:
    """Keep so many calls in flight for so long."""
    ends_at, counter, began = time.perf_counter() + seconds, iter(range(10**9)), time.perf_counter()
    took: list[float] = []

    async def one_after_the_other() -> None:
        while time.perf_counter() < ends_at:
            start_ = time.perf_counter()
            await call(requests[next(counter) % len(requests)])
            took.append(time.perf_counter() - start_)

    await asyncio.gather(*(one_after_the_other() for _ in range(in_flight)))
    if side is not None:
        side.rates.append(len(took) / (time.perf_counter() - began))
        side.seconds.extend(took)


async def measure(listings: int, options: argparse.Namespace) -> dict[str, Any]:
    """Both sides on a world of this size."""
    chance = random.Random(11)
    requests = [matching_pb2.FindMatchesRequest(profile=planner_asks(chance)) for _ in range(PROFILES)]
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        planner = Member(new_id(), new_id(), frozenset({Role.PLANNER}), new_id())
        token = mint_person_token(load_identity(folder / "keys", "identity"), planner)
        port = start(stack, serve_matching, folder, listings)
        async with open_channel(f"127.0.0.1:{port}", to="matching", person_token=token) as channel:
            find: Call = matching_pb2_grpc.MatchingServiceStub(channel).FindMatches
            replies = [await find(request) for request in requests]
            sizes = [reply.ByteSize() for reply in replies]
            typical = min(replies, key=lambda reply: abs(reply.ByteSize() - statistics.mean(sizes)))
            echo_port = start(stack, serve_echo, typical.SerializeToString())
            async with grpc.aio.insecure_channel(f"127.0.0.1:{echo_port}") as bare:
                echo: Call = matching_pb2_grpc.MatchingServiceStub(bare).FindMatches
                sides = {"match": (find, Side()), "echo": (echo, Side())}
                for call, _ in sides.values():
                    await window(call, requests, None, seconds=1, in_flight=options.in_flight)
                for _ in range(options.windows):
                    for call, side in sides.values():
                        await window(
                            call, requests, side, seconds=options.seconds, in_flight=options.in_flight
                        )
    match, bare_echo = sides["match"][1], sides["echo"][1]
    return {
        "listings": listings,
        "reply_bytes": typical.ByteSize(),
        "options": round(statistics.mean(sum(len(k.options) for k in reply.kinds) for reply in replies), 1),
        "match_per_second": round(match.rate),
        "echo_per_second": round(bare_echo.rate),
        "ratio": round(match.rate / bare_echo.rate, 3),
        "match_p50_ms": round(match.milliseconds(0.5), 2),
        "match_p99_ms": round(match.milliseconds(0.99), 2),
        "echo_p50_ms": round(bare_echo.milliseconds(0.5), 2),
        "echo_p99_ms": round(bare_echo.milliseconds(0.99), 2),
    }


def main() -> None:
    """Measure, print a table, and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--listings", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--in-flight", type=int, default=8)
    options = parser.parse_args()
    configure_logging("bench", level="error")
    figures = [asyncio.run(measure(listings, options)) for listings in options.listings]
    print(
        f"{'listings':>9} {'reply':>8} {'match/s':>8} {'echo/s':>8} {'ratio':>6} {'p50 ms':>7} {'p99 ms':>7}"
    )
    for each in figures:
        print(
            f"{each['listings']:>9,} {each['reply_bytes']:>8,} {each['match_per_second']:>8,} "
            f"{each['echo_per_second']:>8,} {each['ratio']:>6.3f} {each['match_p50_ms']:>7.2f} "
            f"{each['match_p99_ms']:>7.2f}"
        )
    print(json.dumps({"figure": "match_rpc", "in_flight": options.in_flight, "worlds": figures}))


if __name__ == "__main__":
    main()
