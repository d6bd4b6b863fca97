"""Which criteria bear on a profile and a kind: the one table of what is asked of whom."""

from __future__ import annotations

from collections.abc import Iterator

from aftercare_matching.domain.criteria import cost, entry, people, place, quality
from aftercare_matching.domain.criterion import Criterion
from aftercare_matching.domain.profile import Profile
from aftercare_platform.kernel.vocabulary import Kind

_TREATS_OR_HOUSES = frozenset({Kind.SOBER_LIVING, Kind.OUTPATIENT})
"""Kinds that may refuse a person for a medicine."""
_HAS_TIMES = frozenset(Kind) - {Kind.SOBER_LIVING}
_HAS_ROOM = frozenset(Kind) - {Kind.SUPPORT_GROUP}
_HAS_CREDENTIALS = frozenset({Kind.SOBER_LIVING, Kind.OUTPATIENT, Kind.VOCATIONAL})


def criteria_for(profile: Profile, kind: Kind) -> list[Criterion]:
    """The criteria in a fixed order, those first that rule out most; only what bears on the client."""
    return [*_places(profile, kind), *_entry(profile, kind), *_people(profile, kind), *_scored(profile, kind)]


def _places(profile: Profile, kind: Kind) -> Iterator[Criterion]:
    yield place.Distance()
    if profile.excluded_listing_ids:
        yield entry.NotExcluded()
    if profile.safety_zones:
        yield place.OutsideZones()
    if kind is Kind.OUTPATIENT:
        yield place.Licensed(profile.state)
    yield from map(place.Accessible, profile.access_needs)


def _entry(profile: Profile, kind: Kind) -> Iterator[Criterion]:
    yield entry.Accepting()
    if kind in _HAS_ROOM:
        yield entry.HasRoom(kind)
    if kind in _TREATS_OR_HOUSES:
        yield from map(entry.MedicineAccepted, profile.medicines)
    if kind is Kind.SOBER_LIVING and profile.budget_cents is not None:
        yield cost.WithinBudget(profile.budget_cents)
    if kind is Kind.OUTPATIENT and profile.payers:
        yield cost.PayerTaken(profile.payers)
    yield from map(entry.RecordAccepted, profile.records)
    yield entry.SoberLongEnough()


def _people(profile: Profile, kind: Kind) -> Iterator[Criterion]:
    yield people.GenderServed()
    yield people.AgeServed()
    yield people.OpenToClient()
    if kind is Kind.SUPPORT_GROUP:
        yield people.ForSelf()
    if profile.with_children:
        yield people.ChildrenTaken()
    yield people.LanguageServed(profile.languages)


def _scored(profile: Profile, kind: Kind) -> Iterator[Criterion]:
    if profile.free_times and kind in _HAS_TIMES:
        yield quality.FitsFreeTime(profile.free_times)
    for wish in dict.fromkeys(profile.wishes):
        if quality.bears_on(wish, kind):
            yield quality.Wished(wish)
    if kind in _HAS_CREDENTIALS:
        yield quality.Credentialed()
    yield quality.Fresh()
    if kind is Kind.SOBER_LIVING:
        yield quality.VacancyFresh()
