"""The canary: what is told of a client in confidence stands in no file and no message afterwards.

A client with a name, birth date, phone and needs that stand nowhere else goes the whole way, through the
pages and the calls, right and wrong ones; at full size the demo is played in the same folder, too. Then
everything is stopped and every file is searched: logs (whatever the processes said), streams, databases,
the record of the run. The value counts places where a planted word was found. Of the directory's own
files, which name medicines in public, only those words are not asked.
"""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import grpc.aio
import httpx

from aftercare.directory.v1 import resources_pb2
from aftercare.referral.v1 import client_pb2, plan_pb2
from aftercare_cli.acts import clients, consents, members, offers, plans
from aftercare_cli.connection.desk import Desk
from aftercare_cli.criteria.reading import criteria_of
from aftercare_cli.criteria.words import CriteriaWords
from aftercare_cli.demo import person
from aftercare_cli.demo.cast import Cast
from aftercare_cli.demo.play import PROGRAM, Play
from aftercare_cli.demo.running import ACTS
from aftercare_cli.supervisor.opening import invite_again, open_program
from aftercare_platform.kernel.roles import Role
from proofs.cases import ADMITTED, ZIP, add_places
from proofs.finding import Asked, Finding
from proofs.leaks import files_that_hold
from proofs.pages import Browser, open_browser
from proofs.records import count, values
from proofs.system import System, open_system, until
from sample_world.command import write_world
from sample_world.world import World

GIVEN, FAMILY, BORN, PHONE = "Xochiquetzalina", "Vandersloothaven", "1931-02-27", "(907) 555-8642"
LATITUDE, LONGITUDE, BUDGET = 38.93713579, -77.08642135, 99731.37
PLANTED: Final[tuple[str | float, ...]] = (
    *(GIVEN, FAMILY, BORN, PHONE, re.sub(r"\D", "", PHONE), LATITUDE, LONGITUDE, str(BUDGET)),
    *(person.GIVEN_NAME, person.FAMILY_NAME, person.BORN),
)
"""What is told in confidence, of our client and of the demo's; her phone is also that of a made-up agency."""
MEDICINES: Final = ("methadone", "buprenorphine", "medicine_accepted")
PUBLIC: Final = "directory"
"""Whose files may name medicines."""
HOUSE: Final = "Canary Wharf House"
"""A name that is public, and must be found."""
CRITERIA: Final = CriteriaWords(
    need=["sober-living:2"],
    zip=ZIP,
    medicine=["methadone"],
    budget=BUDGET,
    avoid=[f"{LATITUDE},{LONGITUDE},0.25"],
)


async def prove(asked: Asked) -> Finding:
    """Run it."""
    async with open_system(asked.folder, has_demo_clock=True) as system:
        cast = Cast(system.place, await open_program(system.place, PROGRAM))
        if not asked.is_small:
            await _play(system, cast, asked)
        async with system.desk(system.member(Role.ADMINISTRATOR)) as administrator:
            [house] = await add_places(administrator, [HOUSE])
        await system.settled()
        await _go_the_whole_way(system, cast, house)
        await system.settled()
        organizations = values(system.database("directory"), "organization", "name")
        data = system.data_dir
    hits = _hits(data)
    control, control_shows = _would_be_found(data, [HOUSE, *organizations])
    files = [path for path in data.rglob("*") if path.is_file()]
    return Finding(
        value=len(hits),
        bar=0,
        control=control,
        control_shows=control_shows,
        seen={"files": len(files), "bytes": sum(path.stat().st_size for path in files)}
        | {"words": len(PLANTED) + len(MEDICINES)}
        | dict.fromkeys(hits, 1),
    )


async def _play(system: System, cast: Cast, asked: Asked) -> None:
    """The demo, which shows its client to the planner's screen: that is not searched."""
    world = asked.folder / "world"
    write_world(World(seed=asked.seed, scale=1.0, today=datetime.now(UTC).date()), world)
    play = Play(system.place, cast, system.demo_clock, world)
    with redirect_stdout(io.StringIO()):
        for act in ACTS:
            await act(play)


async def _go_the_whole_way(system: System, cast: Cast, house: resources_pb2.Listing) -> None:
    """From the form to the agency's answer; and what is wrong on the way."""
    links = {invitation.member.title: invitation.secret for invitation in await invite_again(system.place)}
    async with (
        open_browser(system.place.page, links["planner"]) as browser,
        cast.member("planner") as desk,
    ):
        client_id = await _by_the_form(browser)
        plan = await _offered(desk, client_id, house)
        await _wrongly(desk, plan)
        for path in ("/", "/clients", f"/clients/{client_id}", f"/plans/{plan.id}"):
            await browser.read(path)
        system.move_clock(timedelta(seconds=31))
        record = system.database("referral")
        await until(lambda: count(record, "offer", state="draft") == 0, seconds=20)
        program_id = (await members.who_am_i(desk)).program_id
    async with system.desk(system.agency(house.organization_id, program_id=program_id)) as agency:
        [offer] = await offers.list_offers(agency, open_only=True)
        opened = await offers.open_offer(agency, offer.id)
        if FAMILY not in str(opened):
            raise LookupError("the agency was not told the name: this run would prove nothing")
        await offers.accept_offer(agency, offer.id)


async def _by_the_form(browser: Browser) -> str:
    """The client as the planner types her in; the id."""
    fields = {"given_name": GIVEN, "family_name": FAMILY, "phone": PHONE, "gender": "1"}
    refused = await browser.send("/clients", form="/clients/new", birth_date=f"{BORN}x", **fields)
    if refused.status_code != httpx.codes.BAD_REQUEST:
        raise LookupError(f"a wrong date was not refused: {refused.status_code}")
    made = await browser.send("/clients", form="/clients/new", birth_date=BORN, **fields)
    return made.headers["location"].rpartition("/")[2].partition("?")[0]


async def _offered(desk: Desk, client_id: str, house: resources_pb2.Listing) -> plan_pb2.Plan:
    """Her plan, matched, with an offer on its way to the house."""
    episode = await clients.open_episode(desk, client_id, admitted=ADMITTED)
    plan = await plans.matched(desk, await plans.create_plan(desk, episode.id, criteria_of(CRITERIA)))
    request = consents.recorded(
        episode.id,
        recipients=[house.organization_id],
        signer=f"{GIVEN} {FAMILY}",
        signed_at=desk.place.clock.now(),
    )
    await consents.record(desk, request, template=consents.STANDARD, program=PROGRAM)
    await offers.send_offer(desk, plan.referrals[0].id, house.id)
    return plan


async def _wrongly(desk: Desk, plan: plan_pb2.Plan) -> None:
    """The same, wrong in one thing each: what is refused must be as silent."""
    broken = criteria_of(CRITERIA)
    broken.zip = "99999"
    client = client_pb2.CreateClientRequest(given_name=GIVEN, family_name=FAMILY * 9, birth_date=BORN)
    stale = plan_pb2.RevisePlanRequest(id=plan.id, etag="99", criteria=criteria_of(CRITERIA))
    for call in (
        desk.clients.CreateClient(client),
        desk.plans.CreatePlan(plan_pb2.CreatePlanRequest(episode_id=plan.episode_id, criteria=broken)),
        desk.plans.CreatePlan(plan_pb2.CreatePlanRequest(episode_id=FAMILY, criteria=broken)),
        desk.plans.RevisePlan(stale),
    ):
        with suppress(grpc.aio.AioRpcError):
            await call
            raise LookupError("a wrong request was not refused")


def _hits(data: Path) -> list[str]:
    """Where planted words stand; and medicines, outside the directory's own files."""
    medicines = files_that_hold(data, MEDICINES)
    return files_that_hold(data, PLANTED) + [hit for hit in medicines if PUBLIC not in hit.partition(":")[0]]


def _would_be_found(data: Path, public: list[str]) -> tuple[str, bool]:
    """The control: a planted name in a log is found, and public names are found where they belong."""
    planted = data / "log" / "planted.log"
    planted.write_text(f'{{"event": "client_added", "name": "{FAMILY}"}}\n')
    is_found = f"log/planted.log: {FAMILY}" in _hits(data)
    planted.unlink()
    hits = files_that_hold(data, public)
    in_record = {hit.partition(": ")[2] for hit in hits if hit.startswith("directory.sqlite")}
    in_stream = any(".blk: " in hit for hit in hits)
    sentence = (
        f"a name written to a log was {'found' if is_found else 'not found'}; of {len(set(public))} public "
        f"names {len(in_record)} were found in the directory's record, "
        f"{'some' if in_stream else 'none'} in its stream"
    )
    return sentence, is_found and in_stream and len(in_record) == len(set(public))
