"""What it costs and who pays."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

import numpy as np

from aftercare_matching.domain import words
from aftercare_matching.domain.arrays import Reals, Tris, truths
from aftercare_matching.domain.criterion import Area, Case, Criterion, Said
from aftercare_matching.domain.curves import falling, plain
from aftercare_matching.domain.profile import Profile
from aftercare_matching.domain.view import View
from aftercare_platform.kernel.vocabulary import Attribute

EASY_SHARE: Final = 0.7
"""A price up to this share of the budget is as good as any; from there it counts for less, down to 0."""


class WithinBudget(Criterion):
    """Costs no more a month than the client can pay."""

    name = "cost"
    area = Area.COST
    is_constraint = True

    def __init__(self, budget_cents: int) -> None:
        self._budget = budget_cents

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The budget."""
        return (self._budget,)

    def tri(self, view: View) -> Tris:
        """Unknown where no price is known."""
        cost = view.quantity(Attribute.COST_PER_MONTH)
        return np.where(np.isnan(cost), np.int8(0), truths(cost <= self._budget))

    def utility(self, view: View) -> Reals:
        """The cheaper, the better, down to a good share of the budget."""
        return falling(view.quantity(Attribute.COST_PER_MONTH), EASY_SHARE * self._budget, self._budget)

    def say(self, case: Case) -> Said:
        """The price beside the budget."""
        fact = case.listing.fact(Attribute.COST_PER_MONTH)
        if fact is None:
            return Said("price not known", question="What does it cost a month, all in?")
        sentence = f"{words.dollars(fact.value)} a month, of a budget of {words.dollars(self._budget)}"
        return Said.by(fact, sentence)


class PayerTaken(Criterion):
    """Takes one of the client's ways to pay, or takes people free of charge."""

    name = "payer"
    area = Area.COST
    is_constraint = True

    def __init__(self, payers: tuple[str, ...]) -> None:
        self._payers = payers

    def hangs_on(self, profile: Profile) -> tuple[Hashable, ...]:
        """The ways to pay."""
        return self._payers

    def tri(self, view: View) -> Tris:
        """Any of them will do."""
        own = np.max([view.tri(Attribute.PAYER, payer) for payer in self._payers], axis=0)
        return np.where(view.tri(Attribute.PAYER, "free") > 0, np.int8(1), own)

    def utility(self, view: View) -> Reals:
        """Confirmed or not."""
        return plain(self.tri(view))

    def say(self, case: Case) -> Said:
        """The first that is taken."""
        facts = [(payer, case.listing.fact(Attribute.PAYER, payer)) for payer in (*self._payers, "free")]
        for payer, fact in facts:
            if fact is not None and fact.value:
                return Said.by(fact, words.holds(Attribute.PAYER, payer))
        unsaid = next((payer for payer, fact in facts if fact is None), self._payers[0])
        return Said(words.unsaid(Attribute.PAYER, unsaid), question=words.question(Attribute.PAYER, unsaid))
