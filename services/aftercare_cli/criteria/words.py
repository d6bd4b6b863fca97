"""The options by which needs, constraints and wishes are said, and what they become in the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import typer

_PANEL: Final = "What is looked for"


def _option(*names: str, help: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(*names, help=help, rich_help_panel=_PANEL)
    return option


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaWords:
    """What was said. Each field is an option of every command that takes criteria."""

    need: Annotated[list[str], _option("--need", help="support-group, sober-living, outpatient, vocational, community; kind:3 for three options of it.")]  # fmt: skip
    zip: Annotated[str, _option("--zip", help="ZIP code where the client will live.")] = ""
    point: Annotated[str, _option("--point", help="Or a point: latitude,longitude.")] = ""
    miles: Annotated[float | None, _option("--miles", help="How far the client can travel; 25 by default.")] = None  # fmt: skip
    language: Annotated[list[str] | None, _option("--language", help="es, spanish, …; any of them will do.")] = None  # fmt: skip
    insurance: Annotated[list[str] | None, _option("--insurance", help="medicaid, medicare, private, self-pay, …; any will do.")] = None  # fmt: skip
    medicine: Annotated[list[str] | None, _option("--medicine", help="buprenorphine, methadone, naltrexone; each must be accepted.")] = None  # fmt: skip
    budget: Annotated[float | None, _option("--budget", help="Dollars per month for housing.")] = None
    free: Annotated[list[str] | None, _option("--free", help='When the client is free: "mon-fri 17:00-21:00".')] = None  # fmt: skip
    access: Annotated[list[str] | None, _option("--access", help="wheelchair, sign-language, hearing-loop, service-animal.")] = None  # fmt: skip
    children: Annotated[bool, _option("--children", help="Children will live or come along.")] = False
    record: Annotated[list[str] | None, _option("--record", help="felony, registry, arson: what may bar a place.")] = None  # fmt: skip
    population: Annotated[list[str] | None, _option("--population", help="veterans, lgbtq, …: opens places for these alone.")] = None  # fmt: skip
    sober_days: Annotated[int | None, _option("--sober-days", help="Days sober at discharge.")] = None
    wish: Annotated[list[str] | None, _option("--wish", help="What would be liked: population=lgbtq, or philosophy=secular@support-group.")] = None  # fmt: skip
    exclude: Annotated[list[str] | None, _option("--exclude", help="Id of a listing that must not come up.")] = None  # fmt: skip
    avoid: Annotated[list[str] | None, _option("--avoid", help="A circle with no place in it: latitude,longitude,miles.")] = None  # fmt: skip
