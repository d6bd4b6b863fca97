"""The person of the demo, all made up: who she is, what she needs, and how the planner says it."""

from __future__ import annotations

from typing import Final

from aftercare_cli.criteria.words import CriteriaWords

GIVEN_NAME: Final = "Marisol"
FAMILY_NAME: Final = "Quintanar"
BORN: Final = "1992-05-14"
GENDER: Final = "woman"
PHONE: Final = "(202) 555-0119"
DAYS_IN_PROGRAM: Final = 58

IN_WORDS: Final = (
    "She is 34, will live in the 20011 part of Washington, speaks Spanish, is covered by Medicaid, takes "
    "buprenorphine, can pay 800 dollars a month for housing, and is free on weekday evenings. She would like "
    "a house that welcomes LGBTQ+ people and a group close to the twelve steps."
)

CRITERIA: Final = CriteriaWords(
    need=["sober-living:3", "support-group:3", "outpatient:3", "vocational:3"],
    zip="20011",
    miles=10,
    language=["es"],
    insurance=["medicaid"],
    medicine=["buprenorphine"],
    budget=800,
    free=["mon-fri 17:00-21:00"],
    sober_days=DAYS_IN_PROGRAM,
    wish=["population=lgbtq@sober-living", "philosophy=twelve-step@support-group"],
)
"""The same, as the planner asks it."""
