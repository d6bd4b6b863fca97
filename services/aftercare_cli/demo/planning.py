"""Acts 2 to 4: the directories, the client, the plan and its matched set."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from aftercare_cli.acts import clients, consents, imports, plans
from aftercare_cli.criteria.reading import criteria_of
from aftercare_cli.demo import person
from aftercare_cli.demo.play import PROGRAM, Play
from aftercare_cli.demo.sources import SOURCES
from aftercare_cli.demo.stage import act, gap, say, show
from aftercare_cli.shown.account import account_line
from aftercare_cli.shown.matches import show_matches


async def read_directories(play: Play) -> None:
    """Act 2: the sample world comes in through the importers."""
    act(2, "The directories of a metropolitan area are read in")
    began, rows = monotonic(), 0
    async with play.cast.member("administrator") as desk:
        for source in SOURCES:
            imported = await imports.import_files(desk, source.header, [play.world / source.path])
            rows += imported.report.rows_in
            show(f"{source.title:<40} {account_line(imported.report)}")
            for row in imported.problems[:1]:
                show(f"  for instance {row.file}:{row.line}: {row.field} {row.value!r} {row.reason}")
    gap()
    say(f"{rows} rows in {monotonic() - began:.1f} s, and every one of them accounted for.")
    began = monotonic()
    await play.until_all_read()
    say(f"Whoever keeps a copy of the listings has read all of it {monotonic() - began:.1f} s later.")


async def meet_the_client(play: Play) -> None:
    """Act 3: client and episode; a consent that still lacks something permits nothing."""
    act(3, "A person is about to leave the program")
    today = play.clock.now().date()
    async with play.cast.member("planner") as desk:
        play.client = await clients.add_client(
            desk,
            given_name=person.GIVEN_NAME,
            family_name=person.FAMILY_NAME,
            born=person.BORN,
            gender=person.GENDER,
            phone=person.PHONE,
        )
        play.episode = await clients.open_episode(
            desk,
            play.client.id,
            admitted=(today - timedelta(days=person.DAYS_IN_PROGRAM)).isoformat(),
            planned=(today + timedelta(days=6)).isoformat(),
        )
        unsigned = consents.recorded(play.episode.id, recipients=())
        draft = await consents.record(desk, unsigned, template=consents.STANDARD, program=PROGRAM)
    client, episode = play.client, play.episode
    say(f"The planner of {PROGRAM} adds {client.given_name} {client.family_name}. {person.IN_WORDS}")
    show(f"episode: admitted {episode.admitted_date}, discharge planned for {episode.planned_discharge_date}")
    show(f"consent: a draft, which permits nothing; missing: {', '.join(draft.missing_elements)}")


async def plan_her_aftercare(play: Play) -> None:
    """Act 4: the plan, and the matched set that answers it."""
    act(4, "Her plan yields a matched set")
    began = monotonic()
    async with play.cast.member("planner") as desk:
        plan = await plans.create_plan(desk, play.episode.id, criteria_of(person.CRITERIA))
        play.plan = await plans.matched(desk, plan)
    say(
        "The plan was saved, its event went over the bus, matching ranked, and the set came back: "
        f"{monotonic() - began:.2f} s."
    )
    show_matches(play.plan.match_set)
    play.chosen = {kind.kind: kind.options[0] for kind in play.plan.match_set.kinds}
