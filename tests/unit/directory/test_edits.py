"""What a person changes stays theirs; a feed fills in the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from aftercare_directory.domain.edits import changed_fields, check_etag, check_values, edited, fed
from aftercare_directory.domain.entries import Listing, Location, Organization, SourceKey
from aftercare_directory.domain.record import Session, Status
from aftercare_directory.domain.statements import Provenance
from aftercare_directory.domain.weekly import WeeklyTime, within_days
from aftercare_platform.kernel.errors import InvalidArgument, Stale

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HARBOR = Organization(id="o", updated_at=NOON, name="Harbor", phone="1")
AGENCY = Provenance("agency:o", NOON)
KEY = SourceKey("feed", "7")


def feed(days: int) -> Provenance:
    return Provenance("feed", NOON + timedelta(days=days))


def test_a_feed_fills_what_no_person_set() -> None:
    own = edited(HARBOR, {"phone": "2", "name": "Harbor"}, AGENCY)
    after = fed(own, {"phone": "3", "name": "Harbor Inc", "url": "https://h.org"}, feed(1), KEY)
    assert (after.phone, after.name, after.url) == ("2", "Harbor Inc", "https://h.org")
    assert after.sources == (KEY,)


def test_an_older_record_only_fills_what_is_empty() -> None:
    fresh = fed(HARBOR, {"name": "New"}, feed(5), KEY)
    late = fed(fresh, {"name": "Old", "email": "a@b.c"}, feed(1), KEY)
    assert (late.name, late.email, late.fed_as_of) == ("New", "a@b.c", feed(5).as_of)


def test_what_readers_see_decides_whether_anything_changed() -> None:
    same = replace(HARBOR, spoken=frozenset({"name"}), fed_as_of=NOON)
    assert changed_fields(HARBOR, same) == ()
    assert changed_fields(HARBOR, replace(HARBOR, status=Status.INACTIVE, url="x")) == ("status", "url")


@pytest.mark.parametrize(("etag", "error"), [("1", None), ("2", Stale), ("", InvalidArgument)])
def test_a_change_is_made_on_the_current_version(etag: str, error: type[Exception] | None) -> None:
    if error is None:
        check_etag(HARBOR, etag)
    else:
        with pytest.raises(error):
            check_etag(HARBOR, etag)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (Organization, {"name": "  "}, "organization.name"),
        (Organization, {"url": "javascript:alert(1)"}, "organization.url"),
        (Organization, {"url": "https://"}, "organization.url"),
        (Organization, {"email": "nobody"}, "organization.email"),
        (Location, {"time_zone": "Mars/Base"}, "location.time_zone"),
        (Listing, {"sessions": (WeeklyTime(0, "10:00", "09:00"),)}, "listing.sessions[0].closes"),
    ],
)
def test_values_that_do_not_fit_are_refused_by_field(
    kind: type[Organization], values: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidArgument) as refused:
        check_values(kind, values)
    assert [each.field for each in refused.value.violations] == [field]


SESSIONS = """
    day opens  closes | within days
    0   09:00  17:00  | 0 09:00-17:00
    4   22:00  02:00  | 4 22:00-24:00, 5 00:00-02:00
    6   22:00  02:00  | 0 00:00-02:00, 6 22:00-24:00
    2   20:00  00:00  | 2 20:00-24:00
    1   19:00  -      | 1 19:00-
"""


@pytest.mark.parametrize("line", SESSIONS.strip().splitlines()[1:])
def test_sessions_are_split_at_midnight(line: str) -> None:
    given, wanted = line.split("|")
    day, opens, closes = given.split()
    ends = None if closes == "-" else time.fromisoformat(closes)
    session = Session(int(day), time.fromisoformat(opens), ends, "America/New_York")
    shown = ", ".join(f"{each.weekday} {each.opens}-{each.closes}" for each in within_days([session]))
    assert shown == wanted.strip()
