"""The revisions of referral's database."""

from typing import Final

from aftercare_referral.client.tables import CLIENT_TABLES
from aftercare_referral.clock.tables import CLOCK_TABLES
from aftercare_referral.consent.tables import CONSENT_TABLES
from aftercare_referral.listing_copy.tables import LISTING_COPY_TABLES
from aftercare_referral.plan.tables import PLAN_TABLES
from aftercare_referral.referral.tables import REFERRAL_TABLES
from aftercare_referral.signpost.tables import SIGNPOST_TABLES

TABLES: Final = (
    *CLIENT_TABLES,
    *CONSENT_TABLES,
    *PLAN_TABLES,
    *REFERRAL_TABLES,
    *SIGNPOST_TABLES,
    *CLOCK_TABLES,
    *LISTING_COPY_TABLES,
)
