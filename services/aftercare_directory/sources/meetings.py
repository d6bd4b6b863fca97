"""What Meeting Guide and BMLT rows have in common, and the test rows every kind of feed has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from aftercare_directory.domain.record import FactValue
from aftercare_directory.sources.reading import Reading, Refused
from aftercare_directory.sources.text import plain
from aftercare_platform.kernel.vocabulary import Attribute

_TEST_NAME: Final = re.compile(
    r"test+(?: ?[-–:].*| (?:to|row|meeting|record|listing|service|please|entry|only|house|program)\b.*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Attendance:
    """The ways in which one can take part in a meeting, as far as its row says."""

    in_person: bool
    online: bool
    phone: bool
    is_place_closed: bool

    @property
    def is_possible(self) -> bool:
        """Whether there is any way at all; without one the listing is kept, but inactive."""
        return self.in_person or self.online or self.phone

    def facts(self) -> tuple[FactValue, ...]:
        """The modalities that are stated; a room that the row calls closed is a stated no."""
        stated = (("in_person", self.in_person), ("online", self.online), ("phone", self.phone))
        facts = [_modality(term, holds=True) for term, is_stated in stated if is_stated]
        if self.is_place_closed and not self.in_person:
            facts.append(_modality("in_person", holds=False))
        return tuple(facts)


@cache
def _modality(term: str, *, holds: bool) -> FactValue:
    return FactValue(Attribute.MODALITY, term, holds=holds)


def refuse_test(field: str, name: str) -> None:
    """Refuse a row that somebody made to try the form."""
    if _TEST_NAME.fullmatch(name):
        raise Refused(field, name, "is a test row, not a listing")


def updated_at(value: object, reading: Reading, *, field: str = "updated") -> datetime | None:
    """A date or a date and time, UTC where it says no offset; None, with a note, if it is none."""
    text = plain(value)
    if not text:
        return None
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        reading.note(field, text, "is not a date such as 2026-03-31; not used")
        return None
    if not 1990 <= stated.year <= 2100:
        reading.note(field, text, "is a placeholder, not a date; not used")
        return None
    return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)
