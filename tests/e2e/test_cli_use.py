"""The command line against a running system: what it answers, in which shape, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import shlex

import pytest

from support.world import SOURCES, import_everything

pytestmark = pytest.mark.slow

UNKNOWN = "01a20b2d-5251-7f33-82fe-761f24bdd924"
WRITES = ("created", "updated")
HOUSING = "match --need sober-living --zip 20011"


@pytest.fixture(scope="module")
def alder(world):
    [listing] = world.ask("listings", "list", "--name", "Alder House")
    return listing


@pytest.mark.parametrize(
    ("who", "command", "code", "words"),
    [
        ("planner", "match --need sober-living --zip 99999", 2, "zip: is not a ZIP code"),
        ("planner", "match --need sober-living --zip 2001", 2, "zip"),
        ("planner", "match --need sober-living --point nan,-77", 2, "point.latitude: is not a finite number"),
        ("planner", "match --need sober-living --point 91,-77", 2, "point.latitude"),
        ("planner", "match --need sober-living --point inf,nan", 2, "point.longitude: is not a finite"),
        ("planner", "match --need sober-living", 2, "--zip: say where"),
        ("planner", "match --need sobber-livin --zip 20011", 2, "did you mean sober-living?"),
        ("planner", f"{HOUSING} --medicine buprenorfine", 2, "did you mean buprenorphine?"),
        ("planner", f"{HOUSING} --insurance obamacare", 2, "--insurance: 'obamacare' is not one of"),
        ("planner", f"{HOUSING} --language klingon", 2, "--language"),
        ("planner", f"{HOUSING} --wish lgbtq", 2, "--wish: 'lgbtq' is not attribute=term"),
        ("planner", f"{HOUSING} --wish population=lgbt", 2, "did you mean lgbtq?"),
        ("planner", f"{HOUSING} --free noon", 2, "--free: 'noon' is no time of the week"),
        ("planner", f"{HOUSING} --free 'mon 25-26'", 2, "--free: 'mon 25-26' is no time"),
        ("planner", f"{HOUSING} --budget nan", 2, "--budget: nan is not between"),
        ("planner", f"{HOUSING} --miles 0", 2, "max_distance_meters"),
        ("planner", f"{HOUSING} --miles nan", 2, "max_distance_meters: is not a finite number"),
        ("planner", f"{HOUSING} --age 7", 2, "age_years"),
        ("planner", f"{HOUSING} --exclude x", 2, "excluded_listing_ids"),
        ("planner", f"{HOUSING} --avoid 38.9,-77.0,-1", 2, "radius_meters"),
        ("planner", f"{HOUSING} --format yaml", 2, "yaml"),
        ("planner", "match", 2, "--need"),
        ("planner", f"client show {UNKNOWN}", 4, "There is nothing here with that id."),
        ("planner", f"plan show {UNKNOWN}", 4, "There is nothing here with that id."),
        ("planner", f"listings show {UNKNOWN}", 4, "There is nothing here with that id."),
        ("planner", "client show x", 2, "id"),
        ("planner", "client add Ada Byron --born 1815-12-10", 2, "birth_date"),
        ("planner", "client add Ada Byron --born yesterday", 2, "birth_date"),
        ("planner", "members list", 3, "You may not do this."),
        ("planner", "formats", 3, "You may not do this."),
        ("administrator", "client list", 3, "You may not do this."),
        ("nobody", "whoami", 3, "aftercare login"),
        ("planner", "login link_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 3, "was used before"),
        ("planner", "login not-a-link", 2, "give a sign-in link"),
        ("administrator", "members add Pat pat@example.org --role chef", 2, "--role: 'chef' is not one of"),
        ("administrator", "members add Pat no-address --role planner", 2, "email"),
        ("administrator", "link nobody", 2, "nobody"),
        ("planner", "listings list --kind castle", 2, "--kind: 'castle' is not one of"),
        ("planner", "--data /nowhere/at/all status", 6, "does not run"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_in_words(world, who, command, code, words):
    said = world.run(*shlex.split(command), who=who)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("format_", "file", "words"),
    [
        ("meeting_guide", "cut.json", "cut.json"),
        ("meeting_guide", "page.json", "page.json"),
        ("meeting_guide", "foreign.json", "foreign.json"),
        ("bmlt", "other.json", "other.json"),
        ("findtreatment", "page.json", "page.json"),
        ("csv", "other.csv", "other.csv"),
        ("csv", "missing.csv", "there is no"),
        ("no_such_format", "cut.json", "'no_such_format' is not a format"),
    ],
)
def test_a_broken_or_foreign_file_is_refused_whole(world, pytestconfig, format_, file, words):
    before = world.ask("listings", "changes", "--limit", "500")
    broken = pytestconfig.rootpath / "tests" / "feeds" / "broken" / file
    options = ["--mapping", "sober_homes"] if format_ == "csv" else []
    said = world.run("import", format_, broken, "--source", "broken", *options, who="administrator")
    assert said.code == 2
    assert words in said.err
    assert world.ask("listings", "changes", "--limit", "500") == before
    assert world.run("listings", "list", "--limit", "1").code == 0


def test_the_same_files_again_change_nothing_and_tell_nobody(world, sample_world):
    before = events(world)
    accounts = import_everything(world, sample_world)
    written = [sum(int(account.get(verdict, 0)) for verdict in WRITES) for account in accounts.values()]
    assert written == [0] * len(SOURCES)
    assert events(world) == before


def events(world):
    return {
        row["part"]: row["detail"]
        for row in world.ask("status")
        if row["part"].startswith("stream evt_directory")
    }


def test_problem_rows_are_listed_with_file_line_field_and_reason(world, sample_world):
    said = world.run(
        "import", "csv", sample_world / "sober_homes.csv", "--source", "rehearsal",
        "--mapping", "sober_homes", "--dry-run", "--rows", "problems", "-o", "csv", who="administrator",
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert len(rows) == 7
    assert {row["verdict"] for row in rows} == {"quarantined", "rejected"}
    assert all(row["file"] == "sober_homes.csv" and int(row["line"]) > 1 and row["reason"] for row in rows)
    assert "dry run: nothing was written" in said.err


def test_an_edit_with_an_old_etag_is_refused(world, alder):
    first = world.ask(
        "listings", "update", alder["id"], "--set", "description=Quiet street.", "--etag", alder["etag"],
        who="administrator",
    )  # fmt: skip
    assert first["etag"] != alder["etag"]
    late = world.run(
        "listings", "update", alder["id"], "--set", "description=Loud.", "--etag", alder["etag"],
        who="administrator",
    )  # fmt: skip
    assert late.code == 5
    assert "changed by someone else" in late.err


def test_a_listing_is_made_from_json(world):
    organization = world.ask("organizations", "list", "--limit", "1")[0]["id"]
    service = {"organization_id": organization, "name": "Evening circle"}
    made = world.run("services", "create", "-o", "json", who="administrator", text=json.dumps(service))
    assert json.loads(made.out)["name"] == "Evening circle"
    wrong = world.run("services", "create", who="administrator", text='{"organisation": 1}')
    assert (wrong.code, "organisation" in wrong.err) == (2, True)
    cut = world.run("services", "create", who="administrator", text='{"name": ')
    assert (cut.code, "line 1" in cut.err) == (2, True)


@pytest.mark.parametrize("command", ["listings list --limit 5", "organizations list --limit 5", "status"])
def test_piped_answers_are_whole_and_plain_in_every_shape(world, command):
    table = world.run(*command.split()).out
    rows = list(csv.DictReader(io.StringIO(world.run(*command.split(), "-o", "csv").out)))
    objects = world.ask(*command.split())
    assert "\x1b" not in table
    assert len(rows) == len(objects)
    assert all(next(iter(row.values())) in table for row in rows)


def test_the_planner_of_a_matched_set_reads_reasons_unknowns_and_costs(world):
    words = (
        "--medicine buprenorphine --gender woman --age 34 --language spanish --insurance medicaid --miles 10"
    )
    out = world.run(*HOUSING.split(), "--budget", "800", *words.split()).out
    assert "Alder House" in out
    assert "Bright Porch House" not in out
    assert "? Do you take people on buprenorphine?" in out
    assert "more without" in out


def test_a_session_may_come_from_the_environment(world):
    secret = (world.data / "sessions" / "planner").read_text()
    assert world.ask("whoami", who="nobody", AFTERCARE_SESSION=secret)["name"] == "Planner"
    assert (world.data / "sessions" / "planner").stat().st_mode & 0o077 == 0


def test_a_member_who_is_barred_is_out_at_once(world):
    world.ask("members", "add", "Robin", "robin@example.org", "--role", "planner", who="administrator")
    link = world.run("link", "robin@example.org", who="administrator").out.strip()
    assert world.run("login", link, who="robin").code == 0
    assert world.run("login", link, who="again").code == 3
    world.ask("members", "deactivate", "robin@example.org", who="administrator")
    assert world.run("whoami", who="robin").code == 3
