"""What is said of a listing, by whom, as of when; and which of several statements stands.

A fact nobody stated is unknown. Statements that lose are kept: the winner may be withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aftercare_directory.domain.record import FactValue
from aftercare_platform.kernel.errors import InvalidArgument, Violation
from aftercare_platform.kernel.vocabulary import Attribute


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who says something, and as of when.

    `source` is a feed's name, or stands for people: "agency:<organization id>", "program:<id>".
    """

    source: str
    as_of: datetime

    @property
    def is_person(self) -> bool:
        """Whether somebody answers for it; a feed's name holds no colon."""
        return ":" in self.source

    @property
    def rank(self) -> tuple[bool, datetime, str]:
        """Orders statements by how much they count: people before feeds, then fresh before old.

        The name decides last, so that the order never depends on which came first.
        """
        return self.is_person, self.as_of, self.source


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact as one source states it."""

    fact: FactValue
    by: Provenance

    @property
    def about(self) -> tuple[Attribute, str]:
        """What the fact is about; of a listing, one statement about it stands."""
        return self.fact.attribute, self.fact.term


def standing(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements that count, one for each attribute and term, in a fixed order."""
    best: dict[tuple[Attribute, str], Statement] = {}
    for statement in statements:
        about = statement.about
        rival = best.get(about)
        if rival is None or statement.by.rank > rival.by.rank:
            best[about] = statement
    return tuple(best[about] for about in sorted(best))


def said_by_person(
    statements: Iterable[Statement], facts: Iterable[FactValue], by: Provenance
) -> tuple[Statement, ...]:
    """The statements after a person gave all that they say: what they said before and not now is withdrawn.

    What others said stays, so that leaving a fact out is not denying it. A fact that the person
    repeats unchanged becomes theirs, as of now.
    """
    others = [statement for statement in statements if statement.by.source != by.source]
    return _in_order([*others, *(Statement(fact, by) for fact in facts)])


def said_by_feed(
    statements: Iterable[Statement], facts: Iterable[FactValue], by: Provenance
) -> tuple[Statement, ...]:
    """The statements after a feed's record was read.

    A feed states what its record holds and nothing about the rest: what it said earlier stays, as old
    as it was. Of two statements of one feed about the same thing the fresher is kept.
    """
    kept = {(statement.about, statement.by.source): statement for statement in statements}
    for fact in facts:
        which = (fact.attribute, fact.term), by.source
        old = kept.get(which)
        if old is None or old.by.as_of <= by.as_of:
            kept[which] = Statement(fact, by)
    return tuple(kept[which] for which in sorted(kept))


def check_facts(facts: Iterable[FactValue], *, field: str) -> None:
    """Refuse two facts about the same thing; the error names the second."""
    seen: set[tuple[Attribute, str]] = set()
    violations = []
    for number, fact in enumerate(facts):
        if (fact.attribute, fact.term) in seen:
            what = f"{fact.attribute} {fact.term}".strip()
            violations.append(Violation(f"{field}[{number}]", f"states {what} a second time; state it once"))
        seen.add((fact.attribute, fact.term))
    if violations:
        raise InvalidArgument(violations)


def _in_order(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda statement: (statement.about, statement.by.source)))
