"""What is only scored: wishes, timetable, credentials, and how fresh the facts are."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from aftercare_matching.domain import words
from aftercare_matching.domain.arrays import Reals
from aftercare_matching.domain.criteria.place import told
from aftercare_matching.domain.criterion import Area, Case, Criterion, Said
from aftercare_matching.domain.curves import halving, plain
from aftercare_matching.domain.index import known_terms
from aftercare_matching.domain.listing import WeeklyTime
from aftercare_matching.domain.profile import Wish
from aftercare_matching.domain.timetables import NO_TIMETABLE, first_attendable, joined
from aftercare_matching.domain.view import View
from aftercare_platform.kernel.vocabulary import Attribute, Kind

SECONDS_PER_DAY: Final = 86_400.0
FACTS_HALVING_DAYS: Final = 180.0
VACANCY_HALVING_DAYS: Final = 14.0

AREA_OF_WISH: Final = {
    Attribute.LANGUAGE: Area.LANGUAGE,
    Attribute.GENDER: Area.PEOPLE,
    Attribute.CHILDREN: Area.PEOPLE,
    Attribute.POPULATION: Area.PEOPLE,
    Attribute.POPULATION_ONLY: Area.PEOPLE,
    Attribute.AUDIENCE: Area.PEOPLE,
    Attribute.MEDICINE_ACCEPTED: Area.SERVICES,
    Attribute.MEDICINE_PROVIDED: Area.SERVICES,
    Attribute.CARE: Area.SERVICES,
    Attribute.VOCATIONAL_SERVICE: Area.SERVICES,
    Attribute.PAYER: Area.COST,
    Attribute.COST_HELP: Area.COST,
    Attribute.LICENSED_STATE: Area.CREDENTIALS,
    Attribute.CREDENTIAL: Area.CREDENTIALS,
    Attribute.PHILOSOPHY: Area.PHILOSOPHY,
    Attribute.FELLOWSHIP: Area.PHILOSOPHY,
    Attribute.FORMAT: Area.PHILOSOPHY,
    Attribute.MODALITY: Area.PHILOSOPHY,
    Attribute.PROOF_OF_ATTENDANCE: Area.PHILOSOPHY,
    Attribute.ADMISSION_BY_VOTE: Area.PHILOSOPHY,
    Attribute.RECORD_ACCEPTED: Area.PEOPLE,
    Attribute.REQUIREMENT: Area.SERVICES,
    Attribute.ACCESSIBILITY: Area.LOCATION,
    Attribute.ACCEPTING: Area.ROOM,
}
"""Where a wish scores. Quantities cannot be wished for: they have no term."""


KINDS_OF_WISH: Final = {
    Attribute.FELLOWSHIP: frozenset({Kind.SUPPORT_GROUP}),
    Attribute.PROOF_OF_ATTENDANCE: frozenset({Kind.SUPPORT_GROUP, Kind.OUTPATIENT}),
    Attribute.VOCATIONAL_SERVICE: frozenset({Kind.VOCATIONAL}),
    Attribute.ADMISSION_BY_VOTE: frozenset({Kind.SOBER_LIVING}),
}
"""The kinds of which some wishes can come true, where the planner names none."""


def bears_on(wish: Wish, kind: Kind) -> bool:
    """Whether the wish is for this kind."""
    return kind in (wish.kinds or KINDS_OF_WISH.get(wish.attribute, frozenset(Kind)))


class Wished(Criterion):
    """One wish; it moves the score and rules nothing out."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self.area = AREA_OF_WISH[wish.attribute]
        self.name = f"wish:{wish.attribute}:{wish.term}".removesuffix(":")

    def utility(self, view: View) -> Reals:
        """Known to be so, known not to be, or unknown."""
        return plain(view.tri(self._wish.attribute, self._wish.term))

    def say(self, case: Case) -> Said:
        """What is known of it."""
        return told(case, self._wish.attribute, self._wish.term)


class FitsFreeTime(Criterion):
    """Some session, or an hour of the opening times, lies in the client's free time."""

    name = "schedule"
    area = Area.SCHEDULE

    def __init__(self, free_times: tuple[WeeklyTime, ...]) -> None:
        self._free = joined(free_times)

    def utility(self, view: View) -> Reals:
        """Unknown where no session is known."""
        whole = view.kind is Kind.SUPPORT_GROUP
        timetable = view.index.timetable[view.rows]
        fits = view.index.timetables.fitting(self._free, whole=whole)[timetable]
        return np.where(timetable == NO_TIMETABLE, np.nan, fits.astype(np.float64))

    def say(self, case: Case) -> Said:
        """Fits, does not, or nobody knows when."""
        if math.isnan(case.utility):
            return Said("times not known", question="On which days and at what times do you meet or open?")
        listing = case.listing
        session = first_attendable(listing.sessions, self._free, whole=case.kind is Kind.SUPPORT_GROUP)
        sentence = (
            f"{words.session_in_words(session)} fits" if session else "no time in which the client is free"
        )
        return Said(sentence, as_of=listing.updated_at)


class Credentialed(Criterion):
    """Holds some credential, accreditation or charter."""

    name = "credentials"
    area = Area.CREDENTIALS

    def utility(self, view: View) -> Reals:
        """Any will do: kinds of places have kinds of credentials."""
        return plain(view.index.credential[view.rows])

    def say(self, case: Case) -> Said:
        """Which it holds."""
        terms = known_terms(case.listing, Attribute.CREDENTIAL)
        if not terms:
            known = not math.isnan(case.utility)
            return Said(
                "no credential" if known else "credentials not known",
                question="" if known else "Are you licensed, certified or accredited, and by whom?",
            )
        named = ", ".join(words.term_in_words(Attribute.CREDENTIAL, term) for term in terms)
        return Said.by(case.listing.fact(Attribute.CREDENTIAL, terms[0]), f"holds {named}")


class Fresh(Criterion):
    """How lately somebody said something of the listing."""

    name = "freshness"
    area = Area.FRESHNESS

    def utility(self, view: View) -> Reals:
        """Half for each half year."""
        return halving((view.now - view.index.checked[view.rows]) / SECONDS_PER_DAY, FACTS_HALVING_DAYS)

    def say(self, case: Case) -> Said:
        """Its age."""
        at = case.listing.checked_at
        if at is None:
            return Said("never stated", question="Is everything that we have about you still right?")
        return Said(f"last stated {words.ago(at, case.profile.as_of)}", as_of=at)


class VacancyFresh(Criterion):
    """How lately a house reported its beds."""

    name = "vacancy_freshness"
    area = Area.FRESHNESS

    def utility(self, view: View) -> Reals:
        """Half for each two weeks."""
        return halving((view.now - view.index.reported[view.rows]) / SECONDS_PER_DAY, VACANCY_HALVING_DAYS)

    def say(self, case: Case) -> Said:
        """Its age."""
        at = case.capacity.as_of if case.capacity else None
        if at is None:
            return Said("beds never reported")
        return Said(
            f"beds reported {words.ago(at, case.profile.as_of)}",
            case.capacity.source if case.capacity else "",
            at,
        )
