"""Clients and their episodes, and which dates make sense; pure, with time given.

Dates are those of the calendar, without a zone. "Today" is the date in UTC.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from aftercare_platform.kernel.errors import Conflict, InvalidArgument, Stale, Violation, invalid

YOUNGEST: Final = 13
"""Years; younger people are not in the programs that Aftercare serves."""
OLDEST: Final = 120
"""Years; a greater age is a slip of the pen."""


class Gender(StrEnum):
    """The gender of a client, as it bears on which places serve them."""

    UNSTATED = "unstated"
    WOMAN = "woman"
    MAN = "man"
    NONBINARY = "nonbinary"


class DischargeKind(StrEnum):
    """How an episode ended."""

    PLANNED = "planned"
    AGAINST_ADVICE = "against_advice"
    TRANSFERRED = "transferred"
    ADMINISTRATIVE = "administrative"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a person. Its repr shows nothing, so that it can stand in no log by accident."""

    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    gender: Gender = field(repr=False)
    phone: str = field(default="", repr=False)
    """As the client gave it; may be empty."""


@dataclass(frozen=True, slots=True)
class Client(Identity):
    """A person in the program's care, opened: of its fields only the id shows in its repr."""

    id: str = field(kw_only=True)
    tie_key: str = field(kw_only=True, repr=False)
    """Random text that orders listings of the same score; says nothing about the person."""
    created_at: datetime = field(kw_only=True, repr=False)
    version: int = field(kw_only=True, repr=False)


@dataclass(frozen=True, slots=True)
class Episode:
    """One stay of a client in the program."""

    id: str
    client_id: str
    admitted_on: date
    planned_discharge_on: date | None
    discharged_on: date | None
    """None while the episode is open."""
    discharge_kind: DischargeKind | None
    """None exactly where `discharged_on` is."""
    version: int


class EpisodeOpen(Conflict):
    """The client has an open episode, {episode}: record its discharge before you open another."""


class DischargedAlready(Conflict):
    """The discharge of episode {id} is recorded already."""


def check_identity(identity: Identity, *, today: date) -> None:
    """Refuse blank names, control characters and impossible ages; each violation names its field.

    No message repeats what was given: it is about a person.
    """
    violations = [*_wrong_names(identity)]
    if identity.birth_date > today:
        violations.append(Violation("birth_date", "lies in the future"))
    elif not YOUNGEST <= age_on(today, identity.birth_date) <= OLDEST:
        violations.append(
            Violation("birth_date", f"gives an age that is not {YOUNGEST} to {OLDEST} years; check the year")
        )
    if violations:
        raise InvalidArgument(violations)


def check_admission(admitted_on: date, planned_discharge_on: date | None, *, today: date) -> None:
    """Refuse an admission in the future and a planned discharge before it."""
    if admitted_on > today:
        raise invalid("admitted_date", f"{admitted_on} lies in the future; today is {today} (UTC)")
    if planned_discharge_on is not None and planned_discharge_on < admitted_on:
        raise invalid(
            "planned_discharge_date", f"{planned_discharge_on} is before the admission on {admitted_on}"
        )


def check_discharge(episode: Episode, discharged_on: date, *, etag: str, today: date) -> None:
    """Refuse a second discharge, a stale etag, and a date before the admission or in the future."""
    if episode.discharged_on is not None:
        raise DischargedAlready(id=episode.id)
    if etag != str(episode.version):
        raise Stale(what="episode", current=episode.version)
    if discharged_on < episode.admitted_on:
        raise invalid("discharged_date", f"{discharged_on} is before the admission on {episode.admitted_on}")
    if discharged_on > today:
        raise invalid("discharged_date", f"{discharged_on} lies in the future; today is {today} (UTC)")


def age_on(day: date, birth_date: date) -> int:
    """Whole years on that day. Who is born on 29 February turns older on 1 March of a common year."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)


def calendar_date(text: str, *, field: str) -> date:
    """The date that "YYYY-MM-DD" names; InvalidArgument, naming the field, for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise invalid(field, "is not a date of the calendar; give YYYY-MM-DD")
    return day


def optional_date(text: str, *, field: str) -> date | None:
    """The same, where an empty text means that there is none."""
    return calendar_date(text, field=field) if text else None


def _wrong_names(identity: Identity) -> Iterator[Violation]:
    for name in ("given_name", "family_name"):
        if not getattr(identity, name):
            yield Violation(name, "is blank; give the name as the client goes by it")
    for name in ("given_name", "family_name", "phone"):
        if any(unicodedata.category(letter) == "Cc" for letter in getattr(identity, name)):
            yield Violation(name, "holds a control character, such as a line break; leave it out")
