"""The pages in a real browser: the main job, from the sign-in link to the acceptance."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.browser import DESKTOP, OLD_PHONE, faults_of, follow, reach
from support.world import World, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEEDS = ["Support group", "Sober living", "Outpatient therapy", "Work and education"]


@pytest.fixture
def planner(world: World, browser: Browser) -> Iterator[Page]:
    """A planner's browser, signed in, that runs no script even if a page had one."""
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False, base_url=page_of(world))
    yield signed_in(context, world.run("link", "planner").out.strip())
    context.close()


@pytest.fixture
def watched(world: World, browser: Browser) -> Iterator[Page]:
    """The same with scripts allowed, so that axe and the keyboard's focus can be asked about."""
    context = browser.new_context(viewport=DESKTOP, base_url=page_of(world))
    yield signed_in(context, world.run("link", "planner").out.strip())
    context.close()


def page_of(world: World) -> str:
    address: str = json.loads((world.data / "run.json").read_text())["page"]
    return address


def signed_in(context: BrowserContext, link: str) -> Page:
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("sign-in"))
    return page


def add_client(page: Page, name: str) -> None:
    page.goto("/clients/new")
    page.get_by_label("Given name").fill(name)
    page.get_by_label("Family name").fill("Pagewright")
    page.get_by_label("Birth date").fill("1992-04-05")
    page.get_by_label("Gender").select_option("Woman")
    page.get_by_label("Phone").fill("202-555-0133")
    page.get_by_role("button", name="Add the client").click()
    page.get_by_role("link", name="Open an episode").click()
    page.get_by_label("Admitted on").fill("2026-10-01")
    page.get_by_role("button", name="Open the episode").click()


def fill_plan(page: Page, zip_code: str = "20904") -> None:
    page.get_by_role("link", name="Make a plan").click()
    for need in NEEDS:
        page.get_by_label(need, exact=True).check()
    page.get_by_label("ZIP code").fill(zip_code)
    page.get_by_label("How far, in miles").fill("20")
    page.get_by_label("Buprenorphine").check()
    page.get_by_label("Medicaid").check()
    page.get_by_label("Budget").fill("900")
    page.get_by_label("Days sober").fill("45")
    page.get_by_label("Monday evening").check()
    page.locator("summary", has_text="Philosophy").click()
    page.get_by_label("Twelve-step", exact=True).check()


def create_plan(page: Page) -> str:
    """Create the plan of the form and wait for its set; its address. The page asks for itself again."""
    page.get_by_role("button", name="Create the plan").click()
    expect(page.get_by_role("link", name=re.compile("^(Tell the client|Send offer)")).first).to_be_visible(
        timeout=20_000
    )
    return page.url


def record_consent(page: Page, *, signer: str) -> None:
    for box in ("Name and birth date", "Phone", "Medicines", "How care is paid"):
        page.get_by_label(box, exact=True).check()
    page.get_by_label("What the client needs of the place").check()
    page.get_by_label("Being referred to").check()
    page.get_by_label("Last day").fill("2027-05-01")
    page.get_by_label("That the client may withdraw it").check()
    page.get_by_label("Name as signed").fill(signer)
    page.get_by_label("Signed on").fill("2026-11-23")
    page.get_by_role("button", name="Record the consent").last.click()


def pass_time(world: World, seconds: int) -> None:
    """Move the demo's clock, which every process reads."""
    clock = Path(json.loads((world.data / "run.json").read_text())["clock_offset_file"])
    clock.write_text(str(float(clock.read_text() or 0) + seconds))


def agency_link(world: World, organization_id: str) -> str:
    account = world.ask("agencies", "add", organization_id, "--name", "The agency", who="administrator")
    secret = world.ask("agencies", "link", account["id"], who="administrator")["secret"]
    return f"{page_of(world)}/sign-in?link={secret}"


def test_a_plan_becomes_an_acceptance(planner: Page, world: World, browser: Browser) -> None:
    add_client(planner, "Rowan")
    fill_plan(planner)
    planner.get_by_role("button", name="Preview the matches").last.click()
    expect(planner.get_by_role("heading", name="What would be found now")).to_be_visible()
    plan = create_plan(planner)
    columns = planner.locator(".column > h3").all_inner_texts()
    assert columns == NEEDS
    house = planner.locator(".column", has=planner.get_by_role("heading", name="Sober living"))
    assert re.search(r"accepts buprenorphine", house.inner_text())

    house.get_by_role("link", name=re.compile("^Send offer")).first.click()
    listing = planner.get_by_role("heading", level=1).inner_text().removeprefix("Send an offer to ")
    planner.get_by_role("button", name="Send the offer").click()
    expect(planner.get_by_role("alert")).to_contain_text("No consent permits this disclosure")
    planner.get_by_role("link", name="Record a consent that names").click()
    organization = re.search(r"recipient=([0-9a-f-]{36})", planner.url)
    assert organization
    record_consent(planner, signer="Rowan Pagewright")
    expect(planner.get_by_text("In force")).to_be_visible()

    planner.goto(plan)
    for send in ("undone", "kept"):
        planner.get_by_role("link", name=f"Send offer to {listing}").click()
        planner.get_by_role("button", name="Send the offer").click()
        expect(planner.get_by_role("status").first).to_contain_text("goes out in 30 seconds")
        if send == "undone":
            planner.get_by_role("button", name="Undo").click()
            expect(planner.get_by_role("status").first).to_contain_text("did not go out")
    pass_time(world, 31)

    answer_as_agency(browser, world, organization.group(1), listing)
    planner.goto("/?holder=case-manager")
    row = planner.get_by_role("row", name=re.compile(f"Rowan.*{listing} takes the client on"))
    expect(row).to_be_visible()
    planner.goto(plan)
    expect(house.get_by_text("Has a place")).to_be_visible()


def answer_as_agency(browser: Browser, world: World, organization_id: str, listing: str) -> None:
    context = browser.new_context(viewport=OLD_PHONE, base_url=page_of(world))
    agency = signed_in(context, agency_link(world, organization_id))
    wait_for(lambda: listing in agency.reload().text(), seconds=15)
    assert "Rowan" not in agency.content()
    faults = faults_of(agency)
    agency.get_by_role("button", name="Open and read").first.click()
    told = agency.locator(".told").inner_text()
    assert ("Rowan" in told, "Buprenorphine" in told, "20904" in told) == (True, True, False)
    expect(agency.get_by_role("note").last).to_contain_text("42 CFR part 2")
    faults += faults_of(agency)
    agency.get_by_role("button", name="Accept").click()
    expect(agency.get_by_role("status")).to_contain_text("You accepted the offer")
    agency.goto("/portal/capacity")
    agency.get_by_label("Free now").first.fill("NaN")
    agency.get_by_role("button", name="Report").first.click()
    expect(agency.get_by_role("alert")).to_contain_text("Give a number of 0 or more")
    assert faults + faults_of(agency) == []
    agency.get_by_label("Free now").first.fill("0")
    agency.get_by_role("button", name="Report").first.click()
    expect(agency.get_by_role("status")).to_contain_text("The free places were reported")
    context.close()


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(planner: Page) -> None:
    add_client(planner, "Sage")
    fill_plan(planner, zip_code="00000")
    planner.get_by_label("Budget").fill("NaN")
    planner.get_by_role("button", name="Create the plan").click()
    expect(planner.get_by_role("alert")).to_contain_text("Budget for housing")
    expect(planner.get_by_label("ZIP code")).to_have_value("00000")
    planner.get_by_label("Budget").fill("900")
    planner.get_by_role("button", name="Create the plan").click()
    alert = planner.get_by_role("alert")
    expect(alert.get_by_role("link")).to_have_text("ZIP code")
    expect(planner.get_by_label("ZIP code")).to_have_attribute("aria-invalid", "true")
    expect(planner.get_by_label("Buprenorphine")).to_be_checked()
    expect(planner.get_by_label("Twelve-step", exact=True)).to_be_checked()
    planner.get_by_label("ZIP code").fill("20904")
    create_plan(planner)


def test_a_plan_waits_while_matching_is_away_and_completes_by_itself(planner: Page, world: World) -> None:
    add_client(planner, "Wren")
    fill_plan(planner)
    matching = world.pid("matching")
    os.kill(matching, signal.SIGSTOP)
    try:
        planner.get_by_role("button", name="Create the plan").click()
        expect(planner.get_by_role("status")).to_contain_text("It completes by itself")
        answer = planner.context.request.get(planner.url)
        assert answer.headers["refresh"] == "2"
    finally:
        os.kill(matching, signal.SIGCONT)
    expect(planner.get_by_role("link", name=re.compile("^Tell the client")).first).to_be_visible(
        timeout=30_000
    )


def test_two_planners_at_one_plan(planner: Page, world: World, browser: Browser) -> None:
    add_client(planner, "Lark")
    fill_plan(planner)
    plan = create_plan(planner)
    planner.goto(f"{plan}/revise")
    context = browser.new_context(java_script_enabled=False, base_url=page_of(world))
    other = signed_in(context, world.run("link", "planner").out.strip())
    other.goto(f"{plan}/revise")
    other.get_by_label("Budget").fill("700")
    other.get_by_role("button", name="Save the revision").click()
    expect(other.get_by_role("status").first).to_contain_text("The plan was revised")
    context.close()
    planner.get_by_role("button", name="Save the revision").click()
    expect(planner.get_by_role("heading", level=1)).to_have_text("Somebody else was faster")


def test_pages_meet_wcag_and_fit_an_old_phone(watched: Page) -> None:
    add_client(watched, "Finch")
    client = watched.url.partition("?")[0]
    fill_plan(watched)
    form = watched.url
    plan = create_plan(watched)
    watched.get_by_role("link", name=re.compile("^Send offer")).first.click()
    watched.get_by_role("button", name="Send the offer").click()
    watched.get_by_role("link", name="Record a consent that names").click()
    consent = watched.url
    faults, wide = {}, {}
    for path in ("/", "/clients", "/clients/new", client, form, plan, f"{plan}/revise", consent, "/nothing"):
        watched.set_viewport_size(DESKTOP)
        watched.goto(path)
        faults[path] = faults_of(watched)
        watched.set_viewport_size(OLD_PHONE)
        if path in ("/", plan):  # what axe sees depends little on the width, and takes seconds
            faults[path] += faults_of(watched)
        wide[path] = watched.evaluate("document.documentElement.scrollWidth") > OLD_PHONE["width"]
    watched.goto("/clients/new")
    watched.get_by_role("button", name="Add the client").click()
    faults["with errors"] = faults_of(watched)
    watched.get_by_role("button", name="Sign out").click()
    faults["/sign-in"] = faults_of(watched)
    assert {path: found for path, found in faults.items() if found} == {}
    assert [path for path, is_wide in wide.items() if is_wide] == []


def test_the_keyboard_alone_is_enough(watched: Page) -> None:
    watched.goto("/")
    reach(watched, "Skip to the content")
    reach(watched, "Add a client")
    follow(watched)
    for label, typed in (("Given name", "Robin"), ("Family name", "Pagewright"), ("Birth date", "04051992")):
        reach(watched, label)
        watched.keyboard.type(typed)
    follow(watched)
    reach(watched, "Open an episode")
    follow(watched)
    reach(watched, "Admitted on")
    watched.keyboard.type("10012026")
    follow(watched)
    reach(watched, "Make a plan")
    follow(watched)
    reach(watched, "Support group")
    watched.keyboard.press("Space")
    reach(watched, "ZIP code")
    watched.keyboard.type("20904")
    follow(watched)  # the first button: look before you save
    expect(watched.get_by_role("heading", name="What would be found now")).to_be_visible()
    reach(watched, "Create the plan")
    follow(watched)
    expect(watched.get_by_role("link", name=re.compile("^Tell the client")).first).to_be_visible(
        timeout=20_000
    )
    reach(watched, "Tell the client")
    follow(watched)
    reach(watched, "The client was told")
    follow(watched)
    expect(watched.get_by_role("status").first).to_contain_text("It is noted that the client was told")


def test_no_log_holds_a_secret_or_a_person(planner: Page, world: World) -> None:
    link = world.run("link", "planner").out.strip()
    planner.goto(link)
    planner.get_by_role("button", name="Sign in").click()
    add_client(planner, "Plantedname")
    planner.goto("/clients/new?given_name=Plantedname")
    said = "".join(path.read_text() for path in (world.data / "log").iterdir())
    secret = link.partition("link=")[2]
    assert [word for word in (secret, "Plantedname", "Pagewright") if word in said] == []
