"""The options by which needs, constraints and wishes are said, and what they become in the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import typer
from typer.models import OptionInfo

_PANEL: Final = "What is looked for"


def _option(name: str, meaning: str) -> OptionInfo:
    option: OptionInfo = typer.Option(name, help=meaning, rich_help_panel=_PANEL)
    return option


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaWords:
    """What was said. Each field is an option of every command that takes criteria."""

    need: Annotated[
        list[str],
        _option(
            "--need",
            "support-group, sober-living, outpatient, vocational, community; kind:3 for three options of it.",
        ),
    ]
    zip: Annotated[
        str,
        _option("--zip", "ZIP code where the client will live."),
    ] = ""
    point: Annotated[
        str,
        _option("--point", "Or a point: latitude,longitude."),
    ] = ""
    miles: Annotated[
        float | None,
        _option("--miles", "How far the client can travel; 25 by default."),
    ] = None
    language: Annotated[
        list[str] | None,
        _option("--language", "es, spanish, …; any of them will do."),
    ] = None
    insurance: Annotated[
        list[str] | None,
        _option("--insurance", "medicaid, medicare, private, self-pay, …; any will do."),
    ] = None
    medicine: Annotated[
        list[str] | None,
        _option("--medicine", "buprenorphine, methadone, naltrexone; each must be accepted."),
    ] = None
    budget: Annotated[
        float | None,
        _option("--budget", "Dollars per month for housing."),
    ] = None
    free: Annotated[
        list[str] | None,
        _option("--free", 'When the client is free: "mon-fri 17:00-21:00".'),
    ] = None
    access: Annotated[
        list[str] | None,
        _option("--access", "wheelchair, sign-language, hearing-loop, service-animal."),
    ] = None
    children: Annotated[
        bool,
        _option("--children", "Children will live or come along."),
    ] = False
    record: Annotated[
        list[str] | None,
        _option("--record", "felony, registry, arson: what may bar a place."),
    ] = None
    population: Annotated[
        list[str] | None,
        _option("--population", "veterans, lgbtq, …: opens places for these alone."),
    ] = None
    sober_days: Annotated[
        int | None,
        _option("--sober-days", "Days sober at discharge."),
    ] = None
    wish: Annotated[
        list[str] | None,
        _option("--wish", "What would be liked: population=lgbtq, or philosophy=secular@support-group."),
    ] = None
    exclude: Annotated[
        list[str] | None,
        _option("--exclude", "Id of a listing that must not come up."),
    ] = None
    avoid: Annotated[
        list[str] | None,
        _option("--avoid", "A circle with no place in it: latitude,longitude,miles."),
    ] = None
