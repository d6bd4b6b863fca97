"""Plain words for facts, distances and ages, as a planner reads them out."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from aftercare_matching.domain.listing import MINUTES_PER_DAY, Precision, WeeklyTime
from aftercare_matching.domain.phrases import LANGUAGES, OFFERS, PHRASES, TERMS
from aftercare_platform.kernel.distance import METERS_PER_MILE
from aftercare_platform.kernel.vocabulary import Attribute


@cache
def term_in_words(attribute: Attribute, term: str) -> str:
    """A term as people say it."""
    if attribute is Attribute.LANGUAGE:
        return LANGUAGES.get(term, f"the language {term!r}")
    return TERMS.get(term) or term.replace("_", " ")


@cache
def holds(attribute: Attribute, term: str) -> str:
    """The fact that the term holds."""
    return PHRASES.get(attribute, OFFERS)[0].format(term_in_words(attribute, term))


@cache
def holds_not(attribute: Attribute, term: str) -> str:
    """The fact that the term does not hold."""
    return PHRASES.get(attribute, OFFERS)[1].format(term_in_words(attribute, term))


@cache
def unsaid(attribute: Attribute, term: str) -> str:
    """That nobody has said whether the term holds."""
    return f"{holds(attribute, term)}: not known"


@cache
def question(attribute: Attribute, term: str) -> str:
    """What to ask where it is unknown."""
    return PHRASES.get(attribute, OFFERS)[2].format(term_in_words(attribute, term))


def distance_in_words(meters: float, precision: Precision, *, is_approximate: bool) -> str:
    """Such as "2.4 miles"; "about 3 miles (ZIP code)" where either end is only the middle of something."""
    miles = meters / METERS_PER_MILE
    if not is_approximate:
        return "0.1 miles or less" if miles <= 0.1 else f"{miles:.1f} miles"
    middle_of = "city" if precision is Precision.CITY else "ZIP code"
    whole = round(miles)
    amount = "less than a mile" if whole == 0 else "about 1 mile" if whole == 1 else f"about {whole} miles"
    return f"{amount} ({middle_of})"


def session_in_words(session: WeeklyTime) -> str:
    """Such as "Tuesday 7:00 pm to 8:30 pm"."""
    start = f"{_WEEKDAYS[session.weekday]} {_time_of_day(session.opens)}"
    return start if session.closes is None else f"{start} to {_time_of_day(session.closes)}"


def _time_of_day(minutes: int) -> str:
    hour, minute = divmod(minutes % MINUTES_PER_DAY, 60)
    return f"{hour % 12 or 12}:{minute:02} {'am' if hour < 12 else 'pm'}"


_WEEKDAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def ago(then: datetime, now: datetime) -> str:
    """Such as "2 hours ago"; "just now" within a minute, and for a clock that runs ahead of ours."""
    age = now - then
    for unit, length in _UNITS:
        if age >= length:
            count = age // length
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


_UNITS: Final = (
    ("year", timedelta(days=365)),
    ("month", timedelta(days=30)),
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)


def dollars(cents: float) -> str:
    """Such as "$650"; cents only where there are some."""
    return f"${cents / 100:,.2f}".removesuffix(".00")


def count_of(number: int, one: str, many: str = "") -> str:
    """Such as "1 bed", "3 beds"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
