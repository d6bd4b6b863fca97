"""Plans on the command line: match, plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aftercare_cli.commands.carry_out import at_desk
from aftercare_cli.criteria.expanding import with_criteria
from aftercare_cli.criteria.words import CriteriaWords
from aftercare_cli.shown.shape import AsShape, Shape

if TYPE_CHECKING:
    from aftercare.referral.v1 import plan_pb2
    from aftercare_cli.connection.desk import Desk

plan = typer.Typer(no_args_is_help=True, help="Aftercare plans and their matched sets.")

PlanId = Annotated[str, typer.Argument(metavar="PLAN", help="Id of the plan.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for the matched set, and show it.")]


@with_criteria
def match(
    criteria: CriteriaWords,
    age: Annotated[int | None, typer.Option(help="Age in years.")] = None,
    gender: Annotated[str, typer.Option(help="woman, man or nonbinary.")] = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """Find what fits, for nobody in particular; nothing is kept."""
    from aftercare.type.v1 import match_set_pb2
    from aftercare_cli.acts.plans import find_matches
    from aftercare_cli.criteria.reading import profile_of
    from aftercare_cli.shown.matches import show_matches
    from aftercare_cli.shown.result import show_many, show_one

    async def act(desk: Desk) -> match_set_pb2.MatchSet:
        return await find_matches(desk, profile_of(criteria, age=age, gender=gender))

    matches = at_desk(act)
    if shape is Shape.TABLE:
        show_matches(matches, with_ids=True)
    elif shape is Shape.JSON:
        show_one(matches, shape)
    else:
        show_many([option for kind in matches.kinds for option in kind.options], shape)


@plan.command("create")
@with_criteria
def create_plan(
    episode: Annotated[str, typer.Argument(metavar="EPISODE", help="Id of the episode.")],
    criteria: CriteriaWords,
    wait: Wait = False,
    shape: AsShape = Shape.TABLE,
) -> None:
    """Plan an episode's aftercare; age and gender are the client's."""
    from aftercare_cli.acts import plans as acts
    from aftercare_cli.criteria.reading import criteria_of

    async def act(desk: Desk) -> plan_pb2.Plan:
        return await _awaited(desk, await acts.create_plan(desk, episode, criteria_of(criteria)), wait=wait)

    _show(at_desk(act), shape)


@plan.command("revise")
@with_criteria
def revise_plan(
    id: PlanId,
    criteria: CriteriaWords,
    etag: Annotated[
        str, typer.Option(help="The etag as read; left out, the present one is read first.")
    ] = "",
    wait: Wait = False,
    shape: AsShape = Shape.TABLE,
) -> None:
    """Replace the criteria by a new revision, and match again."""
    from aftercare_cli.acts import plans as acts
    from aftercare_cli.criteria.reading import criteria_of

    async def act(desk: Desk) -> plan_pb2.Plan:
        revised = await acts.revise_plan(desk, id, criteria_of(criteria), etag=etag)
        return await _awaited(desk, revised, wait=wait)

    _show(at_desk(act), shape)


@plan.command("match")
def request_match(id: PlanId, wait: Wait = False, shape: AsShape = Shape.TABLE) -> None:
    """Ask once more for the matched set: to see what changed, or after a failure."""
    from aftercare_cli.acts import plans as acts

    async def act(desk: Desk) -> plan_pb2.Plan:
        return await _awaited(desk, await acts.request_match(desk, id), wait=wait)

    _show(at_desk(act), shape)


@plan.command("show")
def show_plan(id: PlanId, wait: Wait = False, shape: AsShape = Shape.TABLE) -> None:
    """Show a plan: its matched set, and who holds the ball for each need."""
    from aftercare_cli.acts import plans as acts

    async def act(desk: Desk) -> plan_pb2.Plan:
        return await _awaited(desk, await acts.show_plan(desk, id), wait=wait)

    _show(at_desk(act), shape)


@plan.command("list")
def list_plans(
    episode: Annotated[str, typer.Option(help="Only of this episode, by id.")] = "",
    shape: AsShape = Shape.TABLE,
) -> None:
    """List plans."""
    from aftercare_cli.acts import plans as acts
    from aftercare_cli.shown.result import show_many

    show_many(at_desk(lambda desk: acts.list_plans(desk, episode)), shape)


async def _awaited(desk: Desk, plan: plan_pb2.Plan, *, wait: bool) -> plan_pb2.Plan:
    from aftercare_cli.acts.plans import matched

    return await matched(desk, plan) if wait else plan


def _show(plan: plan_pb2.Plan, shape: Shape) -> None:
    from aftercare_cli.shown.following import show_follow_up
    from aftercare_cli.shown.matches import show_matches
    from aftercare_cli.shown.result import show_many, show_one
    from aftercare_cli.shown.screen import results

    show_one(plan, shape)
    if shape is Shape.TABLE:
        show_matches(plan.match_set, with_ids=True)
        if plan.referrals:
            results().print()
            show_follow_up(plan.referrals)
            results().print()
            show_many(plan.referrals, shape)
