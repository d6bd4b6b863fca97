"""How long after its commit a change of a listing is seen by a match.

The whole system runs as `aftercare up` runs it: broker, directory, matching, each a process. A change is
made by RPC (a number of free beds, a listing's name, in turn); the clock starts when the directory has
answered, so after the commit, and stops when a match shows the change. Matches are asked one after the
other, so the time holds one whole match at least; what a match alone takes is measured beside it.

    python scripts/bench/commit_to_visible.py [--changes 300] [--listings 200]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import grpc.aio

from aftercare.directory.v1 import directory_pb2, resources_pb2
from aftercare.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from aftercare.matching.v1 import matching_pb2
from aftercare.matching.v1.matching_pb2_grpc import MatchingServiceStub
from aftercare.type.v1 import criteria_pb2, kind_pb2, match_set_pb2
from aftercare_cli.supervisor.house import open_house
from aftercare_cli.supervisor.layout import lay_out
from aftercare_platform.access.caller import Member
from aftercare_platform.access.keys import load_identity
from aftercare_platform.access.tokens import mint_person_token
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.roles import Role
from aftercare_platform.logging import configure_logging
from aftercare_platform.rpc.channel import open_channel

PATIENCE_SECONDS = 10.0
WATCHED = 20
"""As many listings as a match may return: all of them are in each answer."""
Shows = Callable[[match_set_pb2.Option], bool]


NEED = criteria_pb2.Need(kind=kind_pb2.KIND_COMMUNITY, option_count=WATCHED)
EVERYTHING = criteria_pb2.MatchProfile(
    criteria=criteria_pb2.Criteria(needs=[NEED], zip="20001"), age_years=30, tie_key="bench"
)


class Bench:
    """An administrator at the directory and a planner at matching."""

    def __init__(self, directory: grpc.aio.Channel, matching: grpc.aio.Channel) -> None:
        self._directory = DirectoryServiceStub(directory)
        self._matching = MatchingServiceStub(matching)
        self.match_seconds: list[float] = []

    async def fill(self, count: int) -> list[resources_pb2.Listing]:
        """So many places of one organization; the first `WATCHED` are of the kind that is asked for."""
        organization = await self._directory.CreateOrganization(
            directory_pb2.CreateOrganizationRequest(organization=resources_pb2.Organization(name="Bench"))
        )
        service = await self._directory.CreateService(
            directory_pb2.CreateServiceRequest(
                service=resources_pb2.Service(organization_id=organization.id, name="Bench")
            )
        )
        return [await self._place(organization.id, service.id, number) for number in range(count)]

    async def _place(self, organization_id: str, service_id: str, number: int) -> resources_pb2.Listing:
        is_watched = number < WATCHED
        location = await self._directory.CreateLocation(
            directory_pb2.CreateLocationRequest(
                location=resources_pb2.Location(organization_id=organization_id, zip="20001")
            )
        )
        listing = resources_pb2.Listing(
            service_id=service_id,
            location_id=location.id,
            name=f"Place {number}",
            kinds=[kind_pb2.KIND_COMMUNITY if is_watched else kind_pb2.KIND_VOCATIONAL],
        )
        return await self._directory.CreateListing(directory_pb2.CreateListingRequest(listing=listing))

    async def until_ready(self) -> None:
        """Wait until matching answers."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            request = matching_pb2.GetIndexStatusRequest()
            while not (await self._matching.GetIndexStatus(request)).is_ready:  # noqa: ASYNC110 (another process)
                await asyncio.sleep(0.05)

    async def report(self, listing: resources_pb2.Listing, available: int) -> float:
        """Report free places; seconds from the answer until a match shows them."""
        await self._directory.ReportCapacity(
            directory_pb2.ReportCapacityRequest(listing_id=listing.id, available=available)
        )
        return await self._seconds_until(listing.id, lambda option: option.capacity.available == available)

    async def rename(self, listing: resources_pb2.Listing, name: str) -> float:
        """Change the name; seconds from the answer until a match shows it."""
        listing.name = name
        request = directory_pb2.UpdateListingRequest(listing=listing)
        request.update_mask.paths.append("name")
        listing.CopyFrom(await self._directory.UpdateListing(request))
        return await self._seconds_until(listing.id, lambda option: option.name == name)

    async def _seconds_until(self, listing_id: str, shows: Shows) -> float:
        began = time.perf_counter()
        while time.perf_counter() - began < PATIENCE_SECONDS:
            asked = time.perf_counter()
            found = await self._matching.FindMatches(matching_pb2.FindMatchesRequest(profile=EVERYTHING))
            now = time.perf_counter()
            self.match_seconds.append(now - asked)
            options = {option.listing_id: option for option in found.kinds[0].options}
            if listing_id in options and shows(options[listing_id]):
                return now - began
        raise TimeoutError("the change was not seen")


@asynccontextmanager
async def open_bench(folder: Path) -> AsyncIterator[Bench]:
    """The system up, and its two callers."""
    layout = lay_out(folder, has_demo_clock=False)
    async with open_house(layout):
        identity = load_identity(folder / "keys", "identity")

        def token(role: Role) -> str:
            return mint_person_token(identity, Member(new_id(), new_id(), frozenset({role}), new_id()))

        async with (
            open_channel(
                layout.addresses["directory"], to="directory", person_token=token(Role.ADMINISTRATOR)
            ) as directory,
            open_channel(
                layout.addresses["matching"], to="matching", person_token=token(Role.PLANNER)
            ) as matching,
        ):
            bench = Bench(directory, matching)
            await bench.until_ready()
            yield bench


async def measure(folder: Path, *, changes: int, listings: int) -> dict[str, float]:
    """The figures, in milliseconds."""
    async with open_bench(folder) as bench:
        watched = (await bench.fill(max(listings, WATCHED)))[:WATCHED]
        for number, listing in enumerate(watched):
            await bench.report(listing, number)
        bench.match_seconds.clear()
        seconds = []
        for number in range(changes):
            listing = watched[number % WATCHED]
            seen = (
                bench.rename(listing, f"Name {number}") if number % 2 else bench.report(listing, 100 + number)
            )
            seconds.append(await seen)
        return {
            "changes": changes,
            "listings": max(listings, WATCHED),
            "p50_ms": milliseconds(seconds, 0.5),
            "p99_ms": milliseconds(seconds, 0.99),
            "largest_ms": milliseconds(seconds, 1.0),
            "one_match_p50_ms": milliseconds(bench.match_seconds, 0.5),
            "matches_asked_mean": round(len(bench.match_seconds) / changes, 2),
        }


def milliseconds(seconds: list[float], share: float) -> float:
    """The time within which this share was seen."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)


def main() -> None:
    """Measure, print a table, and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--listings", type=int, default=200)
    options = parser.parse_args()
    configure_logging("bench", level="error")
    with tempfile.TemporaryDirectory() as name:
        figures = asyncio.run(
            measure(Path(name) / "data", changes=options.changes, listings=options.listings)
        )
    for figure, value in figures.items():
        print(f"{figure:>20} {value:>10,}")
    print(json.dumps({"figure": "commit_to_visible"} | figures))


if __name__ == "__main__":
    main()
