"""An offer's whole way on the command line: consent, sending, undoing, answering by an agency's key."""

from __future__ import annotations

import pytest

from support.world import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plan(world):
    client = world.ask("client", "add", "Noor", "Haddad", "--born", "1990-01-31", "--gender", "woman")
    episode = world.ask("episode", "open", client["id"], "--admitted", "2026-09-01")
    made = world.ask(
        "plan", "create", episode["id"], "--need", "sober-living:1", "--zip", "20011",
        "--medicine", "buprenorphine", "--wait",
    )  # fmt: skip
    return {"client": client, "episode": episode["id"], "id": made["id"]} | choice(made)


def choice(plan):
    option = plan["match_set"]["kinds"][0]["options"][0]
    return {
        "referral": plan["referrals"][0]["id"],
        "listing": option["listing_id"],
        "organization": option["organization_id"],
    }


@pytest.fixture(scope="module")
def key(world, plan):
    account = world.ask(
        "agencies", "add", plan["organization"], "--name", "The house", who="administrator"
    )  # fmt: skip
    return world.ask("agencies", "key", account["id"], who="administrator")["secret"]


def move_clock(world, seconds):
    file = world.data / "clock-offset"
    file.write_text(str(float(file.read_text() or 0) + seconds))


def test_nothing_goes_out_without_a_consent_that_is_whole(world, plan):
    draft = world.run("consent", "record", plan["episode"], "--template", "standard", "-o", "json")
    assert "missing: recipient_organization_ids, signer_name, sign_time" in draft.err
    refused = world.run("offers", "send", plan["referral"], plan["listing"])
    assert refused.code == 5
    assert "consent" in refused.err


def test_a_signed_consent_lets_it_go_and_it_can_be_undone(world, plan):
    consent = world.ask(
        "consent", "record", plan["episode"], "--template", "standard", "--signer", "Noor Haddad",
        "--recipient", plan["organization"],
    )  # fmt: skip
    assert "missing_elements" not in consent
    offer = world.ask("offers", "send", plan["referral"], plan["listing"])
    assert offer["state"] == "OFFER_STATE_DRAFT"
    assert world.ask("offers", "undo", offer["id"])["state"] == "OFFER_STATE_DISCARDED"
    assert world.run("offers", "undo", offer["id"]).code == 5


def test_the_agency_lists_opens_and_accepts_by_its_key(world, plan, key):
    offer = world.ask("offers", "send", plan["referral"], plan["listing"], "--withhold", "phone")
    assert world.ask("offers", "list", who="nobody", AFTERCARE_AGENCY_KEY=key) == []
    move_clock(world, 31)
    wait_for(lambda: world.ask("offers", "list", who="nobody", AFTERCARE_AGENCY_KEY=key), seconds=20)
    opened = world.run("offers", "open", offer["id"], who="nobody", AFTERCARE_AGENCY_KEY=key)
    assert "Haddad" in opened.out
    assert "phone" not in opened.out.split("\n\n")[0]
    accepted = world.ask("offers", "accept", offer["id"], who="nobody", AFTERCARE_AGENCY_KEY=key)
    assert accepted["state"] == "OFFER_STATE_ACCEPTED"
    again = world.run(
        "offers", "decline", offer["id"], "--reason", "other",
        who="nobody", AFTERCARE_AGENCY_KEY=key,
    )  # fmt: skip
    assert again.code == 5


def test_who_holds_the_ball_and_what_was_told_are_on_record(world, plan):
    [item] = [one for one in world.ask("work") if one["referral_id"] == plan["referral"]]
    assert item["follow_up"]["holder"] == "HOLDER_CASE_MANAGER"
    [entry] = world.ask("disclosures", plan["client"]["id"], who="privacy-officer")
    assert "family_name" in entry["fields"]
    assert "phone" not in entry["fields"]
    assert world.run("disclosures", plan["client"]["id"], who="planner").code == 3


def test_a_key_that_was_revoked_opens_nothing(world, key, plan):
    accounts = world.ask("agencies", "list", who="administrator")
    account = next(one["id"] for one in accounts if one["organization_id"] == plan["organization"])
    other = world.ask("agencies", "key", account, "--label", "lost", who="administrator")
    world.ask("agencies", "revoke-key", other["key"]["id"], who="administrator")
    assert world.run("whoami", who="nobody", AFTERCARE_AGENCY_KEY=other["secret"]).code == 3
    assert world.ask("whoami", who="nobody", AFTERCARE_AGENCY_KEY=key)["name"] == "The house"
