"""What stands between a client and a place: medicine, record, sobriety, a free bed, an exclusion."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

import numpy as np

from aftercare_matching.domain import words
from aftercare_matching.domain.arrays import Reals, Tris, truths
from aftercare_matching.domain.criteria.place import told
from aftercare_matching.domain.criterion import Area, Case, Criterion, Said, Silence, heard
from aftercare_matching.domain.curves import halving
from aftercare_matching.domain.profile import Profile
from aftercare_matching.domain.view import View
from aftercare_platform.kernel.tri import Tri
from aftercare_platform.kernel.vocabulary import Attribute, Kind

WAIT_HALVING_DAYS: Final = 7.0
"""Each week of waiting halves the chance that a first visit is kept."""
SAFETY_RECORDS: Final = frozenset({"registry", "arson"})
"""Records for which a house must be known to take the person; others are asked."""


class NotExcluded(Criterion):
    """Not on the list of places that must not come up."""

    name = "excluded"
    is_constraint = True

    def tri(self, view: View) -> Tris:
        """By listing."""
        rows = [view.index.row_of(listing_id) for listing_id in view.profile.excluded_listing_ids]
        excluded = np.array([row for row in rows if row is not None], np.intp)
        return truths(~np.isin(view.rows, excluded))

    def say(self, case: Case) -> Said | None:
        """Nothing: what is excluded never shows."""
        return None


class Accepting(Criterion):
    """Takes new people; only a known "no" counts."""

    name = "accepting"
    is_constraint = True

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """Nothing: it is the same for everyone."""
        return ()

    def tri(self, view: View) -> Tris:
        """Nobody writes down that they are open for business."""
        return heard(view.tri(Attribute.ACCEPTING), Silence.PASSES)

    def say(self, case: Case) -> Said | None:
        """Only where somebody said it."""
        return told(case, Attribute.ACCEPTING, "") if case.listing.fact(Attribute.ACCEPTING) else None


class MedicineAccepted(Criterion):
    """Takes people who take this medicine; a place that provides it takes them too."""

    is_constraint = True

    def __init__(self, medicine: str) -> None:
        self._medicine = medicine
        self.name = f"medicine_accepted:{medicine}"

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The medicine, which is in the name."""
        return ()

    def tri(self, view: View) -> Tris:
        """Each medicine by itself: what is said of one says nothing of another."""
        accepted = view.tri(Attribute.MEDICINE_ACCEPTED, self._medicine)
        provided = view.tri(Attribute.MEDICINE_PROVIDED, self._medicine)
        return np.where((accepted == 0) & (provided > 0), np.int8(1), accepted)

    def say(self, case: Case) -> Said:
        """Accepted, provided, refused, or the question."""
        accepted = case.listing.fact(Attribute.MEDICINE_ACCEPTED, self._medicine)
        if accepted is None and case.tri is Tri.TRUE:
            return told(case, Attribute.MEDICINE_PROVIDED, self._medicine)
        return told(case, Attribute.MEDICINE_ACCEPTED, self._medicine)


class RecordAccepted(Criterion):
    """Takes people with this on their record. Houses must be known to for some, are asked for others."""

    is_constraint = True

    def __init__(self, record: str) -> None:
        self._record = record
        self.name = f"record_accepted:{record}"

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The record, which is in the name."""
        return ()

    def tri(self, view: View) -> Tris:
        """By kind: outside of housing only a known "no" counts."""
        silence = Silence.PASSES
        if view.kind is Kind.SOBER_LIVING:
            silence = Silence.EXCLUDES if self._record in SAFETY_RECORDS else Silence.ASKS
        return heard(view.tri(Attribute.RECORD_ACCEPTED, self._record), silence)

    def say(self, case: Case) -> Said | None:
        """Nothing where nobody said and nothing hangs on it."""
        is_silent = case.listing.fact(Attribute.RECORD_ACCEPTED, self._record) is None
        return (
            None
            if is_silent and case.tri is Tri.TRUE
            else told(case, Attribute.RECORD_ACCEPTED, self._record)
        )


class SoberLongEnough(Criterion):
    """Sober as long as the place asks for; houses are asked, elsewhere only a stated minimum counts."""

    name = "minimum_sobriety"
    is_constraint = True
    _question = "How long must someone have been sober to move in?"

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The days sober."""
        return (profile.sober_days,)

    def tri(self, view: View) -> Tris:
        """A minimum of nothing is met by everyone."""
        asked = view.quantity(Attribute.MINIMUM_SOBRIETY)
        sober = view.profile.sober_days
        if sober is None:
            known = np.where(asked == 0, np.int8(1), np.int8(0))
            unstated = np.isnan(asked) & (view.kind is not Kind.SOBER_LIVING)
            return np.where(unstated, np.int8(1), known)
        known = np.where(np.isnan(asked), np.int8(0), truths(asked <= sober))
        return heard(known, Silence.ASKS if view.kind is Kind.SOBER_LIVING else Silence.PASSES)

    def say(self, case: Case) -> Said | None:
        """The days asked for."""
        fact = case.listing.fact(Attribute.MINIMUM_SOBRIETY)
        if fact is None:
            return (
                None
                if case.tri is Tri.TRUE
                else Said("sobriety asked for not stated", question=self._question)
            )
        sentence = (
            f"asks for {words.count_of(fact.value, 'day')} sober" if fact.value else "asks for no days sober"
        )
        question = "Is the client's sobriety long enough?" if case.tri is Tri.UNKNOWN else ""
        return Said.by(fact, sentence, question=question)


class HasRoom(Criterion):
    """A place is free, or soon.

    A house whose current number is 0 is full and rules out; a number past its expiry is unknown. Other
    kinds are only scored: they see people in turn.
    """

    name = "room"
    area = Area.ROOM

    def __init__(self, kind: Kind) -> None:
        self.is_constraint = kind is Kind.SOBER_LIVING

    def tri(self, view: View) -> Tris:
        """Houses only."""
        if not self.is_constraint:
            return np.ones(len(view), np.int8)
        free = view.available
        return np.where(np.isnan(free), np.int8(0), truths(free > 0))

    def utility(self, view: View) -> Reals:
        """1 with a place free, else by the days of waiting; full without a known wait is 0."""
        free, wait = view.available, view.quantity(Attribute.WAIT)
        by_wait = halving(wait, WAIT_HALVING_DAYS)
        full = np.where(np.isnan(by_wait), 0.0, by_wait)
        return np.where(free > 0, 1.0, np.where(free == 0, full, by_wait))

    def say(self, case: Case) -> Said:
        """The number, and its age; a number too old to be believed is told as such."""
        thing = "bed" if self.is_constraint else "place"
        report, wait = case.capacity, case.listing.fact(Attribute.WAIT)
        if report is None or report.available is None:
            return self._without_number(case, thing)
        age = f", reported {words.ago(report.as_of, case.profile.as_of)}" if report.as_of else ""
        free = f"{words.count_of(report.available, thing)} free" if report.available else f"no {thing} free"
        if not report.is_current(case.profile.as_of):
            return Said(f"{free}{age}: too old to rely on", report.source, report.as_of, self._ask(thing))
        if not report.available and wait is not None:
            free += f", wait of {words.count_of(int(wait.value), 'day')}"
        return Said(f"{free}{age}", report.source, report.as_of)

    def _without_number(self, case: Case, thing: str) -> Said:
        wait = case.listing.fact(Attribute.WAIT)
        if wait is not None:
            asks = self._ask(thing) if self.is_constraint else ""
            return Said.by(wait, f"wait of {words.count_of(int(wait.value), 'day')}", question=asks)
        return Said(f"free {thing}s not reported", question=self._ask(thing))

    def _ask(self, thing: str) -> str:
        return f"Do you have a {thing} free, and if not, how long is the wait?"
