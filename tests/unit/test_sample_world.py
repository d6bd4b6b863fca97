"""The sample world: the same bytes for the same seed, and what its manifest says is what the readers say."""

import csv
import json
import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from aftercare_directory.domain.record import ListingRecord, MergedRow, RowNote, RowProblem
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.formats import format_named
from aftercare_directory.sources.mapping import saved_mapping
from aftercare_platform.kernel.distance import meters_between
from aftercare_platform.places.zip import require_zip_place
from sample_world.command import LANDMARKS, write_world
from sample_world.dirt import Defect
from sample_world.world import World

TODAY = date(2026, 11, 24)
MILE = 1609.344
FILES = tuple(LANDMARKS)

# What the seed of the demo holds; a change here is a change of what a newcomer sees.
SIZES = {
    "meeting_guide.json": 220,
    "bmlt.json": 120,
    "findtreatment.json": 83,
    "orservices": 62,
    "sober_homes.csv": 45,
    "vocational_programs.csv": 35,
}

WOMENS_HOMES_NEAR = {
    # name: beds open, buprenorphine
    "Alder House": (1, True),
    "Rosewood Women's Home": (2, True),
    "Takoma Commons": (0, True),
    "Casa Girasol": (3, None),
    "Quackenbos Self-Run House": (2, None),
    "Bright Porch House": (2, False),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("world"), seed=7)


@pytest.fixture(scope="module")
def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def written(folder, *, seed, scale=1.0):
    write_world(World(seed=seed, scale=scale, today=TODAY), folder)
    return folder


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def outcomes(folder, name):
    path = folder / name
    paths = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    files = [SourceFile(file.name, lambda file=file: file.open("rb")) for file in paths]
    is_mapped = path.suffix == ".csv"
    options = ReadOptions(mapping=saved_mapping(path.stem)) if is_mapped else ReadOptions()
    feed = "csv" if is_mapped else path.stem
    return list(format_named(feed).read(files, options))


def records(folder, name):
    return [one for one in outcomes(folder, name) if isinstance(one, ListingRecord)]


def listings(folder, name):
    return {one.service.name: one for one in records(folder, name)}


def miles_from_home(listing):
    home, place = require_zip_place("20011"), listing.location
    return meters_between(home.latitude, home.longitude, place.latitude, place.longitude) / MILE


def fact(listing, attribute, term=""):
    found = [one for one in listing.facts if (one.attribute, one.term) == (attribute, term)]
    return (found[0].holds if found[0].quantity is None else found[0].quantity) if found else None


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    assert contents(written(tmp_path, seed=7)) == contents(folder)


def test_another_seed_gives_another_world(folder, tmp_path):
    again = contents(written(tmp_path, seed=8))
    assert all(
        again[path] != content for path, content in contents(folder).items() if content.count(b"\n") > 5
    )


def test_scale_multiplies_common_rows_and_leaves_the_faults(manifest, tmp_path):
    large = json.loads((written(tmp_path, seed=7, scale=10) / "manifest.json").read_text(encoding="utf-8"))
    for name, size in SIZES.items():
        assert large["files"][name]["rows"] > 6 * size
        small_dirt, large_dirt = manifest["files"][name]["dirt"], large["files"][name]["dirt"]
        assert [(one["defect"], one["count"]) for one in large_dirt] == [
            (one["defect"], one["count"]) for one in small_dirt
        ]


def test_the_files_have_the_stated_sizes(manifest):
    assert {name: account["rows"] for name, account in manifest["files"].items()} == SIZES


def test_the_verdicts_of_a_file_add_up_to_its_rows(manifest):
    for account in manifest["files"].values():
        assert sum(account["expected"].values()) == account["rows"]


def test_every_fault_stands_in_some_file(manifest):
    found = {one["defect"] for account in manifest["files"].values() for one in account["dirt"]}
    assert found == {defect.name.lower() for defect in Defect}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", [7, 1, 2])
def test_each_row_gets_the_verdict_that_the_manifest_promises(name, seed, tmp_path):
    world = written(tmp_path, seed=seed)
    account = json.loads((world / "manifest.json").read_text(encoding="utf-8"))["files"][name]
    promised = {number: one["verdict"] for one in account["dirt"] for number in one["rows"]}
    given = {one.row.number: verdict(one) for one in outcomes(world, name) if not isinstance(one, RowNote)}
    assert given == {number: promised.get(number, "accepted") for number in range(1, account["rows"] + 1)}
    assert Counter(given.values()) == Counter(account["expected"])


def verdict(outcome):
    match outcome:
        case ListingRecord():
            return "accepted"
        case MergedRow():
            return "merged"
        case RowProblem():
            return str(outcome.verdict)


@pytest.mark.parametrize("name", FILES)
def test_clean_rows_are_read_without_a_note(folder, manifest, name):
    faulty = {number for one in manifest["files"][name]["dirt"] for number in one["rows"]}
    notes = [
        one for one in outcomes(folder, name) if isinstance(one, RowNote) and one.row.number not in faulty
    ]
    assert notes == []


@pytest.mark.parametrize("name", FILES)
def test_landmarks_are_read(folder, name):
    names = {word for one in records(folder, name) for word in (one.service.name, one.organization.name)}
    assert set(LANDMARKS[name]) <= names


def test_family_groups_in_the_aa_feed_are_for_families(folder, manifest):
    [dirt] = [
        one
        for one in manifest["files"]["meeting_guide.json"]["dirt"]
        if one["defect"] == "al_anon_in_aa_feed"
    ]
    found = [one for one in records(folder, "meeting_guide.json") if one.source_key in dirt["keys"]]
    assert len(found) == 6
    assert all(fact(one, "audience", "family") and not fact(one, "audience", "self") for one in found)


def test_near_the_demo_person_stand_the_homes_of_the_table_and_no_other_for_women(folder):
    near = {
        name: (home.capacity.available, fact(home, "medicine_accepted", "buprenorphine"))
        for name, home in listings(folder, "sober_homes.csv").items()
        if fact(home, "gender", "woman") and miles_from_home(home) < 5
    }
    assert near == WOMENS_HOMES_NEAR


def test_the_last_bed_is_fresh_affordable_and_fits(folder):
    alder = listings(folder, "sober_homes.csv")["Alder House"]
    assert (alder.capacity.available, alder.capacity.maximum) == (1, 8)
    assert alder.capacity.as_of == datetime(2026, 11, 23, tzinfo=UTC)
    assert fact(alder, "cost_per_month") <= 0.7 * 800_00
    assert fact(alder, "language", "es")
    assert fact(alder, "minimum_sobriety") == 0


@pytest.mark.parametrize(
    ("name", "facts", "least"),
    [
        ("meeting_guide.json", [("language", "es")], 3),
        ("bmlt.json", [("language", "es")], 2),
        ("meeting_guide.json", [("gender", "woman")], 2),
        ("findtreatment.json", [("language", "es"), ("payer", "medicaid")], 3),
        ("vocational_programs.csv", [("language", "es")], 3),
    ],
)
def test_within_five_miles_there_is_a_choice_with(folder, name, facts, least):
    found = [
        one
        for one in records(folder, name)
        if one.location.latitude is not None
        and miles_from_home(one) < 5
        and all(fact(one, attribute, term) for attribute, term in facts)
    ]
    assert len(found) >= least


def test_three_vocational_programs_meet_in_the_evening(folder):
    programs = listings(folder, "vocational_programs.csv")
    evenings = [
        name
        for name in LANDMARKS["vocational_programs.csv"]
        if any(session.closes.hour >= 20 for session in programs[name].sessions)
    ]
    assert len(evenings) >= 3


def test_every_phone_is_a_fictional_one_and_every_address_nobody_s(folder):
    text = "\n".join(content.decode() for content in contents(folder).values())
    phones = set(re.findall(r"\(\d{3}\) \d{3}-\d{4}", text))
    assert {phone for phone in phones if not re.fullmatch(r"\(\d{3}\) 555-01\d\d", phone)} == {
        "(999) 999-9999"
    }
    hosts = set(re.findall(r"(?:https?://|@)([\w.-]+)", text))
    assert {host for host in hosts if not host.endswith("example.org")} == set()


def test_real_city_names_go_with_their_zips(folder):
    with (folder / "sober_homes.csv").open(encoding="utf-8", newline="") as file:
        homes = [row for row in csv.DictReader(file) if row["zip"]]
    assert all(require_zip_place(row["zip"]).city == row["city"] for row in homes)
