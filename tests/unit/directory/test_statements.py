"""Which of several statements stands: people before feeds, fresh before old, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare_directory.domain.record import FactValue
from aftercare_directory.domain.statements import (
    Provenance,
    Statement,
    check_facts,
    said_by_feed,
    said_by_person,
    standing,
)
from aftercare_platform.kernel.errors import InvalidArgument
from aftercare_platform.kernel.vocabulary import Attribute

DAY = datetime(2026, 11, 1, tzinfo=UTC)
YES = FactValue(Attribute.RECORD_ACCEPTED, "felony", holds=True)
NO = FactValue(Attribute.RECORD_ACCEPTED, "felony", holds=False)
RENT = FactValue(Attribute.COST_PER_MONTH, quantity=50_000)


def by(source: str, day: int) -> Provenance:
    return Provenance(source, DAY + timedelta(days=day))


CONTESTS = """
    who            day  says | who            day  says | stands
    feed-a          1   yes  | feed-b          2   no   | no
    feed-a          3   yes  | feed-b          2   no   | yes
    agency:harbor   1   yes  | feed-b          9   no   | yes
    program:north   1   no   | agency:harbor   2   yes  | yes
    program:north   3   no   | agency:harbor   2   yes  | no
    feed-a          1   yes  | feed-b          1   no   | no
"""


@pytest.mark.parametrize("line", CONTESTS.strip().splitlines()[1:])
def test_the_better_statement_stands(line: str) -> None:
    words = line.replace("|", " ").split()
    facts = {"yes": YES, "no": NO}
    one = Statement(facts[words[2]], by(words[0], int(words[1])))
    other = Statement(facts[words[5]], by(words[3], int(words[4])))
    assert [each.fact for each in standing([one, other])] == [facts[words[6]]]
    assert standing([one, other]) == standing([other, one])


def test_a_feed_that_falls_silent_takes_nothing_back() -> None:
    said = said_by_feed((), [YES, RENT], by("feed", 1))
    later = said_by_feed(said, [RENT], by("feed", 5))
    assert {(each.fact, each.by.as_of.day) for each in later} == {(YES, 2), (RENT, 6)}


def test_a_feed_read_late_does_not_undo_a_fresher_one() -> None:
    said = said_by_feed((), [NO], by("feed", 5))
    assert said_by_feed(said, [YES], by("feed", 1)) == said


def test_what_a_person_leaves_out_is_withdrawn_and_the_feed_stands_again() -> None:
    said = said_by_feed((), [YES], by("feed", 1))
    denied = said_by_person(said, [NO], by("agency:harbor", 2))
    assert [each.fact for each in standing(denied)] == [NO]
    assert len(denied) == 2
    silent = said_by_person(denied, [RENT], by("agency:harbor", 3))
    assert [each.fact for each in standing(silent)] == [RENT, YES]


def test_one_thing_is_stated_once() -> None:
    with pytest.raises(InvalidArgument) as refused:
        check_facts([YES, RENT, NO], field="listing.facts")
    assert refused.value.violations[0].field == "listing.facts[2]"


sources = st.sampled_from(["feed-a", "feed-b", "agency:x", "program:y"])
statements = st.builds(Statement, st.sampled_from([YES, NO, RENT]), st.builds(by, sources, st.integers(0, 9)))


@given(st.lists(statements), statements)
def test_knowing_more_never_makes_anything_unknown(known: list[Statement], more: Statement) -> None:
    before = {each.about for each in standing(known)}
    assert before <= {each.about for each in standing([*known, more])}
