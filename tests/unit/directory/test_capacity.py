"""A number of free places: what is taken, what is ignored, when it is no longer believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aftercare_directory.domain.capacity import (
    Capacity,
    CapacityReport,
    check_report,
    reported,
)
from aftercare_directory.domain.statements import Provenance
from aftercare_platform.kernel.errors import InvalidArgument
from aftercare_platform.kernel.vocabulary import Kind

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUSE = frozenset({Kind.SOBER_LIVING})
GROUP = frozenset({Kind.SUPPORT_GROUP})


def report(who: str, hours: int, available: int | None = 1, **more: object) -> CapacityReport:
    return CapacityReport(Provenance(who, NOON + timedelta(hours=hours)), available, **more)


def take(current: Capacity | None, new: CapacityReport, *, at: int = 0) -> Capacity | None:
    now = NOON + timedelta(hours=at)
    return reported(current, new, listing_id="harbor", kinds=HOUSE, now=now)


# current: who, hour | then: who, hour, at which hour | is taken
CASES = """
    agency:a   0 | agency:a   1   1 | yes
    agency:a   0 | agency:a  -1   1 | no
    feed       0 | feed       1   1 | yes
    feed       0 | agency:a   1   1 | yes
    agency:a   0 | feed       1   1 | no
    agency:a   0 | feed      71  71 | no
    agency:a   0 | feed      73  73 | yes
"""


@pytest.mark.parametrize("line", CASES.strip().splitlines())
def test_who_may_replace_whom(line: str) -> None:
    who, hour, other, then, at, is_taken = line.replace("|", " ").split()
    current = take(None, report(who, int(hour), 1))
    after = take(current, report(other, int(then), 2), at=int(at))
    assert (after is not None) == (is_taken == "yes")
    if after is not None:
        assert after.version == 2


def test_the_same_report_again_is_no_news() -> None:
    current = take(None, report("feed", 0))
    assert take(current, report("feed", 0)) is None


@pytest.mark.parametrize(("kinds", "hours"), [(HOUSE, 72), (GROUP, 14 * 24), (HOUSE | GROUP, 72)])
def test_how_long_a_number_is_believed(kinds: frozenset[Kind], hours: int) -> None:
    capacity = reported(None, report("feed", 0, 3), listing_id="x", kinds=kinds, now=NOON)
    assert capacity is not None
    last = NOON + timedelta(hours=hours, seconds=-1)
    assert capacity.as_seen(last).available == 3
    assert capacity.as_seen(last + timedelta(seconds=1)).available is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (report("a", 1), "as_of_time"),
        (report("a", -1, 3, maximum=2), "available"),
        (report("a", -1, expires_at=NOON - timedelta(hours=1)), "expire_time"),
    ],
)
def test_what_cannot_be_is_refused(wrong: CapacityReport, field: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        check_report(wrong, now=NOON)
    assert [each.field for each in refused.value.violations] == [field]
