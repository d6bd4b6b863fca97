"""What a consent permits: every element counts, and every denial names its element and its mend."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare_platform.kernel.errors import InvalidArgument
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_referral.consent.model import (
    ELEMENTS,
    Category,
    Consent,
    ConsentMissing,
    Denial,
    Form,
    Permit,
    Purpose,
    check_form,
    missing_elements,
    permit,
)
from aftercare_referral.consent.offer_fields import CATEGORY_OF, OFFER_FIELDS, check_withheld

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HARBOR, HILLSIDE = "organization-harbor", "organization-hillside"
HOUSE = OFFER_FIELDS[Kind.SOBER_LIVING]
TPO = Purpose.TREATMENT_PAYMENT_OPERATIONS

WHOLE = Form(
    discloser="North River IOP",
    categories=frozenset(Category),
    recipients=frozenset({HARBOR}),
    purposes=frozenset({Purpose.REFERRAL, TPO}),
    states_right_to_revoke=True,
    expires_on=date(2026, 12, 31),
    signer_name="Rosa Quill",
    signed_at=NOW - timedelta(days=1),
    states_redisclosure=True,
    states_consequences_of_refusal=True,
    states_hipaa_redisclosure=True,
)

LACKING = {
    "discloser": {"discloser": ""},
    "categories": {"categories": frozenset()},
    "recipient_organization_ids": {"recipients": frozenset()},
    "states_hipaa_redisclosure": {"states_hipaa_redisclosure": False},
    "purposes": {"purposes": frozenset()},
    "states_right_to_revoke": {"states_right_to_revoke": False},
    "expiration_date_or_event": {"expires_on": None},
    "signer_name": {"signer_name": ""},
    "sign_time": {"signed_at": None},
    "states_redisclosure": {"states_redisclosure": False},
    "states_consequences_of_refusal": {"states_consequences_of_refusal": False},
}


def consent(form: Form = WHOLE, *, id: str = "consent-1", revoked: bool = False) -> Consent:
    return Consent(id, "episode-1", "client-1", form, 2 if revoked else 1, NOW if revoked else None)


def asked(*consents: Consent, organization: str = HARBOR, fields=HOUSE, now: datetime = NOW):
    return permit(consents, organization, fields, now)


def test_a_whole_consent_permits_every_field_of_the_offer():
    verdict = asked(consent())
    assert isinstance(verdict, Permit)
    assert (verdict.consent_id, verdict.consent_version) == ("consent-1", 1)
    assert verdict.fields == frozenset(HOUSE)
    assert missing_elements(WHOLE) == []


def test_every_element_of_the_rule_has_a_row_in_this_table():
    assert sorted(LACKING) == sorted(element.name for element in ELEMENTS)


@pytest.mark.fault("CON-01")
@pytest.mark.parametrize("element", sorted(LACKING))
def test_each_missing_element_denies_and_is_named_with_its_mend(element):
    form = dataclasses.replace(WHOLE, **LACKING[element])
    verdict = asked(consent(form))
    assert isinstance(verdict, Denial)
    assert verdict.element == element
    assert verdict.mend
    assert [lack.name for lack in missing_elements(form)] == [element]


@given(lacking=st.sets(st.sampled_from(sorted(LACKING)), min_size=1))
def test_any_set_of_missing_elements_denies(lacking):
    changes = {name: value for element in lacking for name, value in LACKING[element].items()}
    form = dataclasses.replace(WHOLE, **changes)
    verdict = asked(consent(form))
    assert isinstance(verdict, Denial)
    assert verdict.element in lacking
    for_tpo = {element.name for element in ELEMENTS if element.only_for}
    expected = (
        lacking - for_tpo if "purposes" in lacking else lacking
    )  # no purpose: its statements are not asked
    assert {lack.name for lack in missing_elements(form)} == expected


@pytest.mark.parametrize(
    ("expires_on", "event", "is_whole"),
    [
        (date(2026, 12, 31), "", True),
        (None, "the end of the stay", True),
        (None, "", False),
        (date(2026, 12, 31), "the end of the stay", False),  # two ends are none: which one counts?
    ],
)
def test_exactly_one_of_date_and_event_ends_it(expires_on, event, is_whole):
    form = dataclasses.replace(WHOLE, expires_on=expires_on, expiration_event=event)
    assert isinstance(asked(consent(form)), Permit) is is_whole


def test_a_consent_for_the_referral_alone_needs_none_of_the_statements_of_the_other_purpose():
    form = dataclasses.replace(
        WHOLE,
        purposes=frozenset({Purpose.REFERRAL}),
        states_redisclosure=False,
        states_consequences_of_refusal=False,
        states_hipaa_redisclosure=False,
    )
    assert isinstance(asked(consent(form)), Permit)


@pytest.mark.fault("CON-02")
def test_a_consent_for_one_organization_permits_no_other():
    verdict = asked(consent(), organization=HILLSIDE)
    assert isinstance(verdict, Denial)
    assert verdict.element == "recipient_organization_ids"


@pytest.mark.fault("CON-04")
@pytest.mark.parametrize(
    ("now", "is_permitted"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 1, 1, 0, 0, 0, tzinfo=UTC), False),
    ],
)
def test_it_holds_to_the_end_of_its_last_day_in_utc(now, is_permitted):
    verdict = asked(consent(), now=now)
    assert isinstance(verdict, Permit) is is_permitted
    assert is_permitted or verdict.element == "expiration_date"


def test_a_withdrawn_one_permits_nothing():
    assert asked(consent(revoked=True)).element == "revoke_time"


def test_one_that_is_signed_later_than_now_permits_nothing_yet():
    assert asked(consent(), now=NOW - timedelta(days=2)).element == "sign_time"


def test_without_any_consent_the_denial_says_so():
    assert asked().element == "consent"


@pytest.mark.fault("CON-03")
@given(categories=st.sets(st.sampled_from(Category)), kind=st.sampled_from(Kind))
def test_fields_outside_its_categories_are_absent(categories, kind):
    form = dataclasses.replace(WHOLE, categories=frozenset(categories))
    verdict = asked(consent(form), fields=OFFER_FIELDS[kind])
    covered = {name for name, category in OFFER_FIELDS[kind].items() if category in categories}
    if covered:
        assert verdict.fields == covered
    else:
        assert verdict.element == ("categories" if OFFER_FIELDS[kind] else "kind")


def test_of_several_the_widest_counts_then_the_latest_signed_and_never_their_sum():
    identity = dataclasses.replace(WHOLE, categories=frozenset({Category.IDENTITY}))
    contact = dataclasses.replace(WHOLE, categories=frozenset({Category.CONTACT}))
    older = dataclasses.replace(WHOLE, signed_at=NOW - timedelta(days=30))
    assert asked(consent(contact, id="b"), consent(identity, id="a")).consent_id == "a"
    assert asked(consent(contact, id="b"), consent(identity, id="a")).fields == {
        "given_name",
        "family_name",
        "birth_date",
    }
    assert asked(consent(older, id="z"), consent(WHOLE, id="a")).consent_id == "a"
    assert asked(consent(id="a", revoked=True), consent(older, id="z")).consent_id == "z"


def test_of_several_denials_the_nearest_is_told():
    stranger = dataclasses.replace(WHOLE, recipients=frozenset({HILLSIDE}))
    unsigned = dataclasses.replace(WHOLE, signer_name="")
    assert asked(consent(stranger, id="a"), consent(unsigned, id="b")).element == "signer_name"


def test_a_refusal_reads_as_a_sentence_and_says_nothing_of_the_person():
    verdict = asked(consent(dataclasses.replace(WHOLE, expires_on=None)))
    error = ConsentMissing(verdict)
    assert str(error) == (
        "No consent permits this disclosure: consent consent-1 lacks exactly one of a last day and an event "
        "that ends it (42 CFR 2.31(a)(7)). Record a last day or an event, one of the two."
    )
    assert error.facts["element"] == "expiration_date_or_event"
    assert error.reason == "CONSENT_MISSING"
    assert error.is_denial  # so the chain audits it
    assert "Quill" not in repr((error, error.facts, consent()))


def test_the_scope_says_what_for_and_how_long():
    form = dataclasses.replace(
        WHOLE, purposes=frozenset({Purpose.REFERRAL}), categories=frozenset({Category.CONTACT})
    )
    assert asked(consent(form)).scope == (
        "Disclosed with the written consent of the client, signed on 2026-11-23. It is for: being referred "
        "to you. It covers: phone. It holds through 2026-12-31, unless the client withdraws it before."
    )


def test_nothing_is_signed_in_the_future():
    check_form(WHOLE, now=NOW)
    with pytest.raises(InvalidArgument, match="sign_time"):
        check_form(dataclasses.replace(WHOLE, signed_at=NOW + timedelta(seconds=1)), now=NOW)


def test_a_support_group_is_told_nothing_and_each_field_has_its_category():
    assert OFFER_FIELDS[Kind.SUPPORT_GROUP] == {}
    assert set(OFFER_FIELDS) == set(Kind)
    assert {name for fields in OFFER_FIELDS.values() for name in fields} == set(CATEGORY_OF)


def test_a_planner_may_take_away_and_never_add():
    assert check_withheld(Kind.VOCATIONAL, ["phone"]) == {"phone"}
    with pytest.raises(InvalidArgument, match="withheld_fields: medicines"):
        check_withheld(Kind.VOCATIONAL, ["phone", "medicines"])
