"""Every code of the contract has its words, and times read well."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aftercare.referral.v1 import client_pb2, consent_pb2, plan_pb2, referral_pb2
from aftercare.type.v1 import criteria_pb2, kind_pb2, match_set_pb2
from aftercare_gateway import words
from aftercare_gateway.moments import absolute, relative, span_in_words

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "enum"),
    [
        (words.KINDS, kind_pb2.Kind),
        (words.GENDERS, criteria_pb2.Gender),
        (words.HOLDERS, referral_pb2.Holder),
        (words.REFERRAL_STATES, referral_pb2.ReferralState),
        (words.OFFER_STATES, referral_pb2.OfferState),
        (words.DECLINE_REASONS, referral_pb2.DeclineReason),
        (words.CLOSE_REASONS, referral_pb2.CloseReason),
        (words.PLAN_STATES, plan_pb2.PlanState),
        (words.DISCHARGE_KINDS, client_pb2.DischargeKind),
        (words.CATEGORIES, consent_pb2.Category),
        (words.PURPOSES, consent_pb2.Purpose),
        (words.OUTCOMES, match_set_pb2.Outcome),
    ],
)
def test_every_code_has_its_words(table, enum) -> None:
    assert {number for number in enum.values() if number} <= table.keys()


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(), "now"),
        (timedelta(seconds=29), "in 29 seconds"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "in 1 day"),
        (timedelta(hours=47, minutes=59), "in 2 days"),
        (timedelta(days=-3), "3 days ago"),
    ],
)
def test_how_far_off(away: timedelta, said: str) -> None:
    assert relative(NOW + away, NOW) == said


def test_moments_are_told_in_the_zone_of_the_pages() -> None:
    assert absolute(NOW, ZoneInfo("America/New_York"), NOW) == "Tue 24 Nov, 07:00 EST"
    assert absolute(NOW.replace(year=2027), ZoneInfo("UTC"), NOW) == "Wed 24 Nov 2027, 12:00 UTC"
    assert span_in_words(timedelta(days=2, hours=3, minutes=5)) == "2 days, 3 hours"


def test_a_disclosed_value_is_read_in_words() -> None:
    assert words.told("languages", "en, es") == "English, Spanish"
    assert words.told("medicines", "buprenorphine, methadone") == "Buprenorphine, Methadone"
    assert words.told("family_name", "de, la") == "de, la"
    assert words.criterion_in_words("medicine_accepted:methadone") == "Medicine accepted: Methadone"
