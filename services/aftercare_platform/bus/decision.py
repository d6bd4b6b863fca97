"""What a handler says should happen next with the event it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Done:
    """The event is dealt with; its effect is committed."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not yet: deliver the event again after this long. May be said any number of times."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Park:
    """Never like this: set the event aside for a person to look at; only its aggregate stops.

    `reason` is a fixed word such as "unknown_type"; never text from the event.
    """

    reason: str


Decision = Done | Retry | Park

DONE: Final = Done()
"""The one `Done`."""
