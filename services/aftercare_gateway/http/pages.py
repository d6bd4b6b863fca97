"""Rendering: templates that escape everything and fail on a name they do not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aftercare_gateway import moments, words
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.kernel.distance import METERS_PER_MILE

FOLDER: Final = Path(__file__).resolve().parent.parent


class Pages:
    """The templates, with the filters that turn codes and times into words."""

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        self._clock = clock
        self._zone = zone
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(self._filters())
        self._templates.globals["words"] = words

    def render(self, template: str, context: Mapping[str, object]) -> str:
        """The page in HTML."""
        return self._templates.get_template(template).render(context, now=self._clock.now())

    def _filters(self) -> dict[str, Callable[..., object]]:
        return {
            "when": self._when,
            "ago": self._ago,
            "day": day_in_words,
            "past": self._is_past,
            "miles": miles,
            "about_miles": about_miles,
            "dollars": dollars,
            "term": words.term_in_words,
            "criterion": words.criterion_in_words,
        }

    def _when(self, stamp: Timestamp) -> Markup:
        """The moment, and how far off it is, both to be read."""
        at, now = moments.moment_of(stamp), self._clock.now()
        return self._time(at, f"{moments.absolute(at, self._zone, now)} ({moments.relative(at, now)})")

    def _ago(self, stamp: Timestamp) -> Markup:
        """Only how far off it is."""
        at = moments.moment_of(stamp)
        return self._time(at, moments.relative(at, self._clock.now()))

    def _is_past(self, stamp: Timestamp) -> bool:
        """Whether the moment lies behind us."""
        return moments.moment_of(stamp) <= self._clock.now()

    @staticmethod
    def _time(at: datetime, text: str) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), text)


def day_in_words(text: str) -> str:
    """A date of the contract, such as "2026-11-24", as "24 Nov 2026"; what is no date stays as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%b %Y}"


def miles(meters: float) -> str:
    """A distance in miles, such as "2.4 miles"."""
    distance = meters / METERS_PER_MILE
    return "less than 0.1 miles" if distance < 0.1 else f"{distance:.1f} miles"


def about_miles(meters: float) -> str:
    """A distance that is not known exactly, such as "about 2 miles" or "under 1 mile"."""
    distance = meters / METERS_PER_MILE
    if distance < 1:
        return "under 1 mile"
    return f"about {distance:.0f} mile{'' if round(distance) == 1 else 's'}"


def dollars(cents: int) -> str:
    """An amount in US dollars, without cents where there are none."""
    amount = cents / 100
    return f"${amount:,.0f}" if cents % 100 == 0 else f"${amount:,.2f}"


Context = dict[str, Any]
"""What a template is given, by name."""
