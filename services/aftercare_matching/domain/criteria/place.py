"""Where a listing is: within reach, outside safety zones, licensed where the client lives, accessible."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Final

import numpy as np

from aftercare_matching.domain import words
from aftercare_matching.domain.arrays import Reals, Tris, truths
from aftercare_matching.domain.criterion import Area, Case, Criterion, Said, Silence, heard
from aftercare_matching.domain.curves import halving
from aftercare_matching.domain.listing import Precision
from aftercare_matching.domain.profile import Profile
from aftercare_matching.domain.view import View
from aftercare_platform.kernel.distance import METERS_PER_MILE, meters_to_each
from aftercare_platform.kernel.vocabulary import Attribute, Kind

MINUTES_PER_MILE: Final = 3.12
"""A car in town: 25 miles an hour on roads 1.3 times as long as the line through the air."""
EASY_MINUTES: Final = 10.0
"""A way up to this costs nothing; each further `HALVING_MINUTES` halve its utility."""
HALVING_MINUTES: Final = 15.0
DAILY_EASY_MINUTES: Final = 5.0
"""For medicine that is taken at the clinic each day."""
DAILY_HALVING_MINUTES: Final = 8.0
ONLINE_UTILITY: Final = 0.75
"""Online is reached from anywhere, and is not quite like being there."""
MARGIN_METERS: Final = {Precision.ZIP: 5_000.0, Precision.CITY: 15_000.0}
"""How far a place may be from the middle of its ZIP code or city; safety zones grow by it."""
IN_PERSON_ACCESS: Final = frozenset({"wheelchair", "service_animal"})
"""Access needs that mean nothing where nobody has to go."""


class Distance(Criterion):
    """Within the client's reach; nearer is better. Online listings are in everyone's."""

    name = "distance"
    area = Area.LOCATION
    is_constraint = True

    def tri(self, view: View) -> Tris:
        """Unknown where the position is; confidential places are such."""
        meters = view.meters()
        verdict = np.where(np.isnan(meters), np.int8(0), truths(meters <= view.profile.max_distance_meters))
        verdict[view.is_virtual] = 1
        return verdict

    def utility(self, view: View) -> Reals:
        """By minutes on the way."""
        is_daily = view.kind is Kind.OUTPATIENT and "methadone" in view.profile.medicines
        easy, half = (
            (DAILY_EASY_MINUTES, DAILY_HALVING_MINUTES) if is_daily else (EASY_MINUTES, HALVING_MINUTES)
        )
        minutes = view.meters() / METERS_PER_MILE * MINUTES_PER_MILE
        return np.where(view.is_virtual, ONLINE_UTILITY, halving(minutes - easy, half))

    def say(self, case: Case) -> Said:
        """The distance in miles; "about" where an end of it is only the middle of a ZIP code or city."""
        if case.listing.is_virtual:
            return Said("online")
        if math.isnan(case.meters):
            where = ", ".join(part for part in (case.listing.county, case.listing.state) if part)
            return Said(
                f"position not given ({where})" if where else "position not known",
                question="In which part of town are you, and how is it reached?",
            )
        is_approximate = is_about(case.listing.precision, case.profile)
        return Said(
            words.distance_in_words(case.meters, case.listing.precision, is_approximate=is_approximate)
        )


class OutsideZones(Criterion):
    """In no safety zone. What cannot be placed counts as inside."""

    name = "safety_zones"
    is_constraint = True

    def tri(self, view: View) -> Tris:
        """Approximate positions must keep their margin of error from each zone."""
        latitude, longitude = view.index.latitude[view.rows], view.index.longitude[view.rows]
        precision = view.index.precision[view.rows]
        margin = np.zeros(len(view))
        for how, width in MARGIN_METERS.items():
            margin[precision == how] = width
        outside = ~np.isnan(latitude)
        for zone in view.profile.safety_zones:
            meters = meters_to_each(zone.center.latitude, zone.center.longitude, latitude, longitude)
            outside &= meters > zone.radius_meters + margin
        return truths(outside | view.is_virtual)

    def say(self, case: Case) -> Said:
        """Nothing of where the zones are."""
        return Said("online" if case.listing.is_virtual else "outside every safety zone")


class Licensed(Criterion):
    """Care by video needs a license where the client lives; not known is not licensed."""

    is_constraint = True

    def __init__(self, state: str) -> None:
        """`state` is empty where only a point is known of the client's home: then it must be asked."""
        self._state = state
        self.name = f"licensed_state:{state}".removesuffix(":")

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The state, which is in the name."""
        return ()

    def tri(self, view: View) -> Tris:
        """Only for listings without a place: the others treat where they stand."""
        silence = Silence.EXCLUDES if self._state else Silence.ASKS
        known = heard(view.tri(Attribute.LICENSED_STATE, self._state), silence)
        return np.where(view.is_virtual, known, np.int8(1))

    def say(self, case: Case) -> Said | None:
        """Only where it matters."""
        if not case.listing.is_virtual:
            return None
        fact = case.listing.fact(Attribute.LICENSED_STATE, self._state)
        if fact is None:
            return Said(
                "license not known", question="Are you licensed in the state where the client will live?"
            )
        return Said.by(fact, words.holds(Attribute.LICENSED_STATE, self._state))


class Accessible(Criterion):
    """Meets one access need."""

    is_constraint = True

    def __init__(self, term: str) -> None:
        self._term = term
        self.name = f"accessibility:{term}"

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The need, which is in the name."""
        return ()

    def tri(self, view: View) -> Tris:
        """Asked of everyone; a door matters only where one must go."""
        known = view.tri(Attribute.ACCESSIBILITY, self._term)
        return np.where(view.is_virtual, np.int8(1), known) if self._term in IN_PERSON_ACCESS else known

    def say(self, case: Case) -> Said:
        """What is known, or the question."""
        if case.listing.is_virtual and self._term in IN_PERSON_ACCESS:
            return Said("online: nobody has to go there")
        return told(case, Attribute.ACCESSIBILITY, self._term)


def told(case: Case, attribute: Attribute, term: str) -> Said:
    """What is known of a term, or what to ask."""
    fact = case.listing.fact(attribute, term)
    if fact is None:
        return Said(words.unsaid(attribute, term), question=words.question(attribute, term))
    return Said.by(fact, words.holds(attribute, term) if fact.value else words.holds_not(attribute, term))


def is_about(precision: Precision, profile: Profile) -> bool:
    """Whether a distance to such a place is only about right."""
    return profile.is_origin_approximate or precision in MARGIN_METERS
