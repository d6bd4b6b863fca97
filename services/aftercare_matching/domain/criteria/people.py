"""Who is served: gender, age, audience, children, groups that alone are served, language."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

import numpy as np

from aftercare_matching.domain import words
from aftercare_matching.domain.arrays import Reals, Tris
from aftercare_matching.domain.criteria.place import told
from aftercare_matching.domain.criterion import Area, Case, Criterion, Said, Silence, heard
from aftercare_matching.domain.curves import plain
from aftercare_matching.domain.index import ONLY_BITS, known_terms
from aftercare_matching.domain.listing import Fact
from aftercare_matching.domain.profile import Gender, Profile
from aftercare_matching.domain.view import View
from aftercare_platform.kernel.tri import Tri
from aftercare_platform.kernel.vocabulary import Attribute, Kind

ADULT_YEARS: Final = 18
FAMILY_FELLOWSHIPS: Final = ("al_anon", "alateen", "nar_anon")
OTHER_LANGUAGE_UTILITY: Final = 0.5
"""In a language of the client's that is not the first."""
GENDERS: Final = ("woman", "man", "nonbinary", "transgender")


class GenderServed(Criterion):
    """Takes people of the client's gender.

    A place known to take women and men takes everyone it does not name as refused. Where no gender is
    named at all, houses are asked (they are divided by gender as a rule), others are open to all.
    """

    name = "gender"
    is_constraint = True

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The gender."""
        return (profile.gender,)

    def tri(self, view: View) -> Tris:
        """The client's own term first, then what follows from the others."""
        woman, man = (view.tri(Attribute.GENDER, term) for term in ("woman", "man"))
        is_mixed = (woman > 0) & (man > 0)
        own = np.zeros(len(view), np.int8)
        if view.profile.gender is not Gender.UNSPECIFIED:
            own = view.tri(Attribute.GENDER, view.profile.gender)
        is_unnamed = np.ones(len(view), np.bool_)
        for term in GENDERS:
            is_unnamed &= view.tri(Attribute.GENDER, term) == 0
        open_to_all = is_mixed if view.kind is Kind.SOBER_LIVING else is_mixed | is_unnamed
        return np.where((own == 0) & open_to_all, np.int8(1), own)

    def say(self, case: Case) -> Said | None:
        """Whom the place takes."""
        taken = known_terms(case.listing, Attribute.GENDER)
        refused = [g for g in GENDERS if (f := case.listing.fact(Attribute.GENDER, g)) and f.value is False]
        if not taken and not refused and case.tri is Tri.TRUE:
            return None
        fact = self._fact(case, [*taken, *refused])
        named = " and ".join(words.term_in_words(Attribute.GENDER, term) for term in (taken or refused))
        sentence = f"takes {named}" if taken else f"does not take {named}" if refused else "gender not stated"
        return Said.by(fact, sentence, question="" if case.tri is Tri.TRUE else self._question(case))

    @staticmethod
    def _fact(case: Case, terms: list[str]) -> Fact | None:
        own = case.listing.fact(Attribute.GENDER, case.profile.gender)
        return own or (case.listing.fact(Attribute.GENDER, terms[0]) if terms else None)

    @staticmethod
    def _question(case: Case) -> str:
        if case.profile.gender is Gender.UNSPECIFIED:
            return "Whom do you take: women, men, everyone?"
        return words.question(Attribute.GENDER, case.profile.gender)


class AgeServed(Criterion):
    """Within the ages served. Adults fit where no limit is stated; for minors it must be asked."""

    name = "age"
    is_constraint = True

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The age."""
        return (profile.age,)

    def tri(self, view: View) -> Tris:
        """An unknown age meets a stated limit as a question."""
        youngest, oldest = view.quantity(Attribute.MINIMUM_AGE), view.quantity(Attribute.MAXIMUM_AGE)
        age = view.profile.age
        if age is None:
            return np.where(np.isnan(youngest) & np.isnan(oldest), np.int8(1), np.int8(0))
        unstated = np.int8(1 if age >= ADULT_YEARS else 0)
        verdict = np.where(np.isnan(youngest), unstated, np.int8(1))
        return np.where((age < youngest) | (age > oldest), np.int8(-1), verdict)

    def say(self, case: Case) -> Said | None:
        """The limits that are stated."""
        youngest = case.listing.fact(Attribute.MINIMUM_AGE)
        oldest = case.listing.fact(Attribute.MAXIMUM_AGE)
        if youngest is None and oldest is None:
            return (
                None if case.tri is Tri.TRUE else Said("ages not stated", question="What ages do you take?")
            )
        parts = [f"from {youngest.value}" if youngest else "", f"up to {oldest.value}" if oldest else ""]
        question = "" if case.tri is Tri.TRUE else "What ages do you take?"
        return Said.by(youngest or oldest, f"ages {' '.join(filter(None, parts))}", question=question)


class ForSelf(Criterion):
    """A group for the person in recovery, not for families.

    Where nobody says, a group is for oneself; a fellowship for families, or a group known to be for
    families and not known to be for oneself, is not.
    """

    name = "audience"
    is_constraint = True

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """Nothing: it is the same for everyone."""
        return ()

    def tri(self, view: View) -> Tris:
        """What is said of oneself decides; then what follows from families."""
        own, family = (view.tri(Attribute.AUDIENCE, term) for term in ("self", "family"))
        is_family = family > 0
        for fellowship in FAMILY_FELLOWSHIPS:
            is_family |= view.tri(Attribute.FELLOWSHIP, fellowship) > 0
        return np.where(own == 0, np.where(is_family, np.int8(-1), np.int8(1)), own)

    def say(self, case: Case) -> Said | None:
        """Only where somebody said it."""
        fact = case.listing.fact(Attribute.AUDIENCE, "self")
        return Said.by(fact, "for people in recovery themselves") if fact else None


class ChildrenTaken(Criterion):
    """Children may live there or come along: houses are asked, elsewhere only a known "no" counts."""

    name = "children"
    area = Area.PEOPLE
    is_constraint = True

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """Nothing: it is the same for everyone."""
        return ()

    def tri(self, view: View) -> Tris:
        """By kind."""
        silence = Silence.ASKS if view.kind is Kind.SOBER_LIVING else Silence.PASSES
        return heard(view.tri(Attribute.CHILDREN, "accepted"), silence)

    def utility(self, view: View) -> Reals:
        """Known to be welcome, or looked after there."""
        welcome = np.maximum(
            view.tri(Attribute.CHILDREN, "accepted"), view.tri(Attribute.CHILDREN, "childcare")
        )
        return np.where(welcome > 0, 1.0, np.where(welcome < 0, 0.0, np.nan))

    def say(self, case: Case) -> Said:
        """Room for children, else childcare, else the question."""
        childcare = case.listing.fact(Attribute.CHILDREN, "childcare")
        if childcare and case.listing.fact(Attribute.CHILDREN, "accepted") is None and case.tri is Tri.TRUE:
            return told(case, Attribute.CHILDREN, "childcare")
        return told(case, Attribute.CHILDREN, "accepted")


class OpenToClient(Criterion):
    """Serves no group alone, or one that the client belongs to."""

    name = "population_only"
    is_constraint = True

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The groups that the client belongs to."""
        return (profile.populations,)

    def tri(self, view: View) -> Tris:
        """Belonging to one of the groups is enough."""
        only = view.index.only[view.rows]
        own = np.uint32(sum(ONLY_BITS[term] for term in view.profile.populations))
        return np.where((only == 0) | ((only & own) != 0), np.int8(1), np.int8(-1))

    def say(self, case: Case) -> Said | None:
        """The group, where there is one."""
        terms = known_terms(case.listing, Attribute.POPULATION_ONLY)
        if not terms:
            return None
        named = " and ".join(words.term_in_words(Attribute.POPULATION_ONLY, term) for term in terms)
        return Said.by(case.listing.fact(Attribute.POPULATION_ONLY, terms[0]), f"serves {named} only")


class LanguageServed(Criterion):
    """Served in one of the client's languages; the first is the best.

    English is taken for granted unless known otherwise; a group that is known to meet in another
    language is asked.
    """

    name = "language"
    is_constraint = True

    def __init__(self, languages: tuple[str, ...]) -> None:
        self._languages = languages or ("en",)
        self.area = Area.LANGUAGE if self._languages != ("en",) else None

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The languages."""
        return self._languages

    def tri(self, view: View) -> Tris:
        """Any of the languages will do."""
        best: Tris = np.max([self._of(view, language) for language in self._languages], axis=0)
        return best

    def utility(self, view: View) -> Reals:
        """1 in the first language, half in another of the client's."""
        each = [self._of(view, language) for language in self._languages]
        return np.where(each[0] > 0, 1.0, plain(np.max(each, axis=0)) * OTHER_LANGUAGE_UTILITY)

    def say(self, case: Case) -> Said | None:
        """The best language that is known to be served."""
        for language in self._languages:
            fact = case.listing.fact(Attribute.LANGUAGE, language)
            if fact is not None and fact.value:
                return Said.by(fact, words.holds(Attribute.LANGUAGE, language))
        if case.tri is Tri.TRUE:
            return None if self.area is None else Said("English, as far as is known")
        return told(case, Attribute.LANGUAGE, self._languages[0])

    @staticmethod
    def _of(view: View, language: str) -> Tris:
        known = view.tri(Attribute.LANGUAGE, language)
        if language != "en":
            return known
        doubtful = view.index.other_language[view.rows] & (view.kind is Kind.SUPPORT_GROUP)
        return np.where((known == 0) & ~doubtful, np.int8(1), known)
