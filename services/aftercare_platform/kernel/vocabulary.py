"""The closed words in which listings are described and needs are asked.

A fact about a listing is an attribute, a term of that attribute (or no term, where the attribute
is a quantity), and a value. Importers map each source's codes to these terms; matching compares
them; the console offers them. The contract's `aftercare.type.v1.Attribute` has the same names.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from aftercare_platform.kernel.errors import invalid


class Kind(StrEnum):
    """What a listing is to a person who leaves the program."""

    SUPPORT_GROUP = "support_group"
    SOBER_LIVING = "sober_living"
    OUTPATIENT = "outpatient"
    VOCATIONAL = "vocational"
    COMMUNITY = "community"

    __hash__ = str.__hash__  # the same, without a call to Enum's own: words are keys everywhere


class Attribute(StrEnum):
    """What can be known of a listing."""

    LANGUAGE = "language"
    GENDER = "gender"
    MINIMUM_AGE = "minimum_age"
    MAXIMUM_AGE = "maximum_age"
    CHILDREN = "children"
    POPULATION = "population"
    POPULATION_ONLY = "population_only"
    MEDICINE_ACCEPTED = "medicine_accepted"
    MEDICINE_PROVIDED = "medicine_provided"
    PAYER = "payer"
    LICENSED_STATE = "licensed_state"
    CARE = "care"
    PHILOSOPHY = "philosophy"
    MODALITY = "modality"
    ACCESSIBILITY = "accessibility"
    COST_PER_MONTH = "cost_per_month"
    DEPOSIT = "deposit"
    COST_HELP = "cost_help"
    WAIT = "wait"
    MINIMUM_SOBRIETY = "minimum_sobriety"
    RECORD_ACCEPTED = "record_accepted"
    NARR_LEVEL = "narr_level"
    CREDENTIAL = "credential"
    FELLOWSHIP = "fellowship"
    FORMAT = "format"
    AUDIENCE = "audience"
    PROOF_OF_ATTENDANCE = "proof_of_attendance"
    VOCATIONAL_SERVICE = "vocational_service"
    REQUIREMENT = "requirement"
    ADMISSION_BY_VOTE = "admission_by_vote"
    ACCEPTING = "accepting"

    __hash__ = str.__hash__


QUANTITY_UNITS: Final = {
    Attribute.MINIMUM_AGE: "years",
    Attribute.MAXIMUM_AGE: "years",
    Attribute.COST_PER_MONTH: "US cents",
    Attribute.DEPOSIT: "US cents",
    Attribute.WAIT: "days",
    Attribute.MINIMUM_SOBRIETY: "days",
    Attribute.NARR_LEVEL: "level 1 to 4",
}
"""Attributes whose value is a whole number, with its unit; they take no term."""

_POPULATIONS: Final = frozenset(
    "veterans lgbtq justice_involved pregnant young_adults older_adults people_of_color native deaf "
    "court_ordered homeless trauma_survivors domestic_violence hiv co_occurring parents students".split()
)
_STATES: Final = frozenset(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM "
    "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU AS MP".split()
)

TERMS: Final = {
    Attribute.GENDER: frozenset("woman man nonbinary transgender".split()),
    Attribute.CHILDREN: frozenset("accepted childcare".split()),
    Attribute.POPULATION: _POPULATIONS,
    Attribute.POPULATION_ONLY: _POPULATIONS,
    Attribute.MEDICINE_ACCEPTED: frozenset("buprenorphine methadone naltrexone".split()),
    Attribute.MEDICINE_PROVIDED: frozenset("buprenorphine methadone naltrexone".split()),
    Attribute.PAYER: frozenset(
        "medicaid medicare private tricare state_plan tribal self_pay free veterans_affairs".split()
    ),
    Attribute.LICENSED_STATE: _STATES,
    Attribute.CARE: frozenset(
        "substance_use mental_health dual_diagnosis trauma_informed cbt dbt emdr motivational contingency "
        "twelve_step_facilitation relapse_prevention psychiatry peer_support case_management family_therapy "
        "group_therapy individual_therapy intensive_outpatient outpatient partial_hospital medication "
        "telehealth eating_disorder gambling tobacco".split()
    ),
    Attribute.PHILOSOPHY: frozenset("twelve_step secular faith holistic native_tradition".split()),
    Attribute.MODALITY: frozenset("in_person online phone".split()),
    Attribute.ACCESSIBILITY: frozenset("wheelchair sign_language hearing_loop service_animal".split()),
    Attribute.COST_HELP: frozenset("sliding_scale assistance scholarship".split()),
    Attribute.RECORD_ACCEPTED: frozenset("felony registry arson".split()),
    Attribute.CREDENTIAL: frozenset(
        "state_licensed joint_commission carf narr_certified samhsa_certified opioid_treatment_program "
        "oxford_chartered wioa_eligible".split()
    ),
    Attribute.FELLOWSHIP: frozenset(
        "aa na ca cma ga ma oa smart recovery_dharma refuge lifering women_for_sobriety celebrate_recovery "
        "al_anon alateen nar_anon nami depression_bipolar_support_alliance".split()
    ),
    Attribute.FORMAT: frozenset(
        "open closed newcomer speaker discussion step_study big_book meditation literature candlelight "
        "peer_run monitored supervised clinical".split()
    ),
    Attribute.AUDIENCE: frozenset("self family".split()),
    Attribute.VOCATIONAL_SERVICE: frozenset(
        "job_search skills_training vocational_rehabilitation supported_employment ged esl apprenticeship "
        "resume interview college computer fair_chance".split()
    ),
    Attribute.REQUIREMENT: frozenset("internet transport diploma drug_test referral interview".split()),
}
"""The terms of each attribute that has a closed list."""

FLAGS: Final = frozenset({Attribute.PROOF_OF_ATTENDANCE, Attribute.ADMISSION_BY_VOTE, Attribute.ACCEPTING})
"""Attributes that simply hold or do not; they take no term."""

_LANGUAGE = re.compile(r"[a-z]{2,3}")


def check_term(attribute: Attribute, term: str, *, field: str = "term") -> None:
    """Refuse a term that the attribute does not have; the error names the field and the right words."""
    if attribute in QUANTITY_UNITS or attribute in FLAGS:
        if term:
            raise invalid(field, f"{attribute} takes no term, but {term!r} was given")
    elif attribute is Attribute.LANGUAGE:
        if not _LANGUAGE.fullmatch(term):
            raise invalid(field, f"{term!r} is not a language code; give ISO 639 in lower case, such as 'es'")
    elif term not in TERMS[attribute]:
        raise invalid(
            field, f"{term!r} is not a term of {attribute}; one of: {', '.join(sorted(TERMS[attribute]))}"
        )
