"""The sample world states what an importer owes each of its rows; here it is owed."""

from __future__ import annotations

import json
from datetime import date

import pytest

from aftercare_directory.domain.record import ListingRecord, MergedRow, RowNote
from aftercare_directory.sources.mapping import saved_mapping
from sample_world.command import write_world
from sample_world.world import World

FEEDS = (
    "meeting_guide.json",
    "bmlt.json",
    "findtreatment.json",
    "orservices",
    "sober_homes.csv",
    "vocational_programs.csv",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_world(World(seed=11, scale=1.0, today=date(2026, 3, 31)), folder)
    return folder, json.loads((folder / "manifest.json").read_text())["files"]


def verdict(outcome):
    if isinstance(outcome, ListingRecord):
        return "accepted"
    return "merged" if isinstance(outcome, MergedRow) else str(outcome.verdict)


@pytest.mark.parametrize("feed", FEEDS)
def test_each_row_gets_the_verdict_its_maker_meant(read, world, feed):
    folder, accounts = world
    account = accounts[feed]
    mapping = saved_mapping(feed.removesuffix(".csv")) if feed.endswith(".csv") else {}
    reading = read(account["format"], folder / feed, mapping=mapping)
    owed = {number: fault["verdict"] for fault in account["dirt"] for number in fault["rows"]}
    given = {o.row.number: verdict(o) for o in reading.outcomes if not isinstance(o, RowNote)}
    assert len(given) == account["rows"]
    assert {n: v for n, v in given.items() if v != owed.get(n, "accepted")} == {}
