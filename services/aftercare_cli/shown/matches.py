"""A matched set as a person reads it: the best places of each kind, why, what to ask, what limits cost."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from rich.text import Text

from aftercare.type.v1 import kind_pb2
from aftercare.type.v1 import match_set_pb2 as pb
from aftercare_cli.criteria.reading import METERS_PER_MILE
from aftercare_cli.shown.moments import age, moment
from aftercare_cli.shown.screen import results
from aftercare_cli.shown.words import word_of

WIDEST: Final = 110
NAME_WIDTH: Final = 40

_SIGNS: Final = {pb.OUTCOME_MET: "✓", pb.OUTCOME_PARTLY: "~", pb.OUTCOME_UNMET: "✗", pb.OUTCOME_UNKNOWN: "?"}
_STYLES: Final = {
    pb.OUTCOME_MET: "green",
    pb.OUTCOME_PARTLY: "yellow",
    pb.OUTCOME_UNMET: "red",
    pb.OUTCOME_UNKNOWN: "cyan",
}


def show_matches(matches: pb.MatchSet, *, most: int = 20, with_ids: bool = False) -> None:
    """The set, at most so many options of each kind; with ids where the next command asks for them."""
    at = moment(matches.as_of_time)
    for kind in matches.kinds:
        for line in lines_of_kind(kind, at=at, most=most, with_ids=with_ids):
            results().print(line, soft_wrap=True)


def lines_of_kind(kind: pb.KindMatches, *, at: datetime, most: int, with_ids: bool = False) -> Iterator[Text]:
    """One kind: how many fit, the options, and what one limit alone costs."""
    yield Text()
    title = kind_name(kind.kind)
    shown = min(most, len(kind.options))
    yield Text.assemble(
        (title, "bold"),
        (f"   {shown} shown of {kind.fitting_count} that fit, {kind.considered_count} looked at", "dim"),
    )
    if not kind.options:
        yield Text("  nothing fits", style="yellow")
    for option in kind.options[:most]:
        yield from lines_of_option(option, at=at)
        if with_ids:
            ids = f"     listing {option.listing_id} · organization {option.organization_id}"
            yield Text(ids, style="dim")
    if kind.blockers:
        costs = [f"{blocker.count} more without {limit_name(blocker.criterion)}" for blocker in kind.blockers]
        yield from _wrapped("  One limit alone: ", ", ".join(costs), style="dim")


def lines_of_option(option: pb.Option, *, at: datetime) -> Iterator[Text]:
    """One option: a line of figures, then its reasons, then what is to be asked."""
    note = "" if option.eligibility == pb.ELIGIBILITY_ELIGIBLE else "  ask first"
    yield Text.assemble(
        f"{option.rank:>3}  ",
        (f"{option.name:<{NAME_WIDTH}}", "bold"),
        f"  {option.score:3.0f} ({option.score_low:.0f}–{option.score_high:.0f})",
        f"  {distance_of(option):>12}",
        f"  {places_of(option, at=at)}",
        (note, "cyan"),
    )
    about = [part for part in (option.organization_name, option.city, option.phone) if part]
    yield from _wrapped("     ", " · ".join(about), style="dim")
    for outcome in (pb.OUTCOME_MET, pb.OUTCOME_PARTLY, pb.OUTCOME_UNMET):
        said = [finding.sentence for finding in option.findings if finding.outcome == outcome]
        if said:
            yield from _wrapped(f"     {_SIGNS[outcome]} ", " · ".join(said), style=_STYLES[outcome])
    for finding in option.findings:
        if finding.outcome == pb.OUTCOME_UNKNOWN:
            question = finding.question or finding.sentence
            yield from _wrapped("     ? ", question, style=_STYLES[pb.OUTCOME_UNKNOWN])


def kind_name(kind: int) -> str:
    """Such as "Sober living"."""
    return word_of(kind_pb2.Kind.DESCRIPTOR, kind).replace("-", " ").capitalize()


def distance_of(option: pb.Option) -> str:
    """Such as "2.4 mi", "about 2 mi" or "under 1 mi"; empty where there is none to tell."""
    if not option.HasField("distance_meters"):
        return ""
    miles = option.distance_meters / METERS_PER_MILE
    if option.is_distance_approximate and round(miles) > 0:
        return f"about {round(miles)} mi"
    return "under 1 mi" if miles < 1 else f"{miles:.1f} mi"


def places_of(option: pb.Option, *, at: datetime) -> str:
    """Such as "1 of 8 free, 2 days old"; a number past its expiry is said to be old, not free."""
    capacity = option.capacity
    if not option.HasField("capacity") or not capacity.HasField("available"):
        return "places not known"
    old = age(capacity.as_of_time, at=at)
    if capacity.expire_time.ByteSize() and moment(capacity.expire_time) <= at:
        return f"places not known (count is {old} old)"
    of = f" of {capacity.maximum}" if capacity.HasField("maximum") else ""
    return f"{capacity.available}{of} free, {'just now' if old == 'now' else f'{old} old'}"


def limit_name(criterion: str) -> str:
    """A constraint in words, such as "medicine accepted: buprenorphine"."""
    if criterion == "population_only":
        return "what is for certain groups alone"
    head, colon, term = criterion.replace("_", " ").partition(":")
    return f"{head}: {term}" if colon else f"the {head} limit"


def _wrapped(lead: str, text: str, *, style: str) -> Iterator[Text]:
    if not text:
        return
    width = min(results().width, WIDEST)
    indent = " " * len(lead)
    for line in textwrap.wrap(text, width, initial_indent=lead, subsequent_indent=indent):
        yield Text(line, style=style)
