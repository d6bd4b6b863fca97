"""Plain words for what the contract says in codes."""

from __future__ import annotations

from typing import Final

from aftercare.identity.v1 import identity_pb2
from aftercare.referral.v1 import client_pb2, consent_pb2, plan_pb2, referral_pb2
from aftercare.type.v1 import criteria_pb2, kind_pb2, match_set_pb2

KINDS: Final = {
    kind_pb2.KIND_SUPPORT_GROUP: "Support group",
    kind_pb2.KIND_SOBER_LIVING: "Sober living",
    kind_pb2.KIND_OUTPATIENT: "Outpatient therapy",
    kind_pb2.KIND_VOCATIONAL: "Work and education",
    kind_pb2.KIND_COMMUNITY: "Community resource",
}
GENDERS: Final = {
    criteria_pb2.GENDER_UNSPECIFIED: "Not stated",
    criteria_pb2.GENDER_WOMAN: "Woman",
    criteria_pb2.GENDER_MAN: "Man",
    criteria_pb2.GENDER_NONBINARY: "Nonbinary",
}
ROLES: Final = {
    identity_pb2.ROLE_PLANNER: "planner",
    identity_pb2.ROLE_CASE_MANAGER: "case manager",
    identity_pb2.ROLE_SUPERVISOR: "supervisor",
    identity_pb2.ROLE_PRIVACY_OFFICER: "privacy officer",
    identity_pb2.ROLE_ADMINISTRATOR: "administrator",
}
HOLDERS: Final = {
    referral_pb2.HOLDER_PLANNER: "Planner",
    referral_pb2.HOLDER_CASE_MANAGER: "Case manager",
    referral_pb2.HOLDER_AGENCY: "Agency",
    referral_pb2.HOLDER_CLIENT: "Client",
    referral_pb2.HOLDER_SYSTEM: "Aftercare",
    referral_pb2.HOLDER_UNSPECIFIED: "Nobody",
}
REFERRAL_STATES: Final = {
    referral_pb2.REFERRAL_STATE_DRAFT: "Nobody asked yet",
    referral_pb2.REFERRAL_STATE_OPEN: "Waiting for an answer",
    referral_pb2.REFERRAL_STATE_MATCHED: "Has a place",
    referral_pb2.REFERRAL_STATE_EXHAUSTED: "No answer or declined",
    referral_pb2.REFERRAL_STATE_CLOSED: "Closed",
}
OFFER_STATES: Final = {
    referral_pb2.OFFER_STATE_DRAFT: "About to go out",
    referral_pb2.OFFER_STATE_DISCARDED: "Not sent",
    referral_pb2.OFFER_STATE_SENT: "Sent, not read yet",
    referral_pb2.OFFER_STATE_ACKNOWLEDGED: "Read, not answered yet",
    referral_pb2.OFFER_STATE_ACCEPTED: "Accepted",
    referral_pb2.OFFER_STATE_DECLINED: "Declined",
    referral_pb2.OFFER_STATE_EXPIRED: "No answer in time",
    referral_pb2.OFFER_STATE_RECALLED: "Taken back",
    referral_pb2.OFFER_STATE_CONSENT_REVOKED: "Consent withdrawn",
    referral_pb2.OFFER_STATE_INFORMED: "Client was told",
}
DECLINE_REASONS: Final = {
    referral_pb2.DECLINE_REASON_NO_CAPACITY: "No free place",
    referral_pb2.DECLINE_REASON_MEDICINE: "Does not take people on this medicine",
    referral_pb2.DECLINE_REASON_GENDER: "Does not serve this gender",
    referral_pb2.DECLINE_REASON_AGE: "Does not serve this age",
    referral_pb2.DECLINE_REASON_INSURANCE: "Does not take this insurance",
    referral_pb2.DECLINE_REASON_LANGUAGE: "Cannot serve in this language",
    referral_pb2.DECLINE_REASON_LEVEL_OF_CARE: "Cannot give the care that is needed",
    referral_pb2.DECLINE_REASON_RECORD: "Because of what stands on the person’s record",
    referral_pb2.DECLINE_REASON_CLIENT_DECLINED: "The person does not want the place",
    referral_pb2.DECLINE_REASON_UNREACHABLE: "The person could not be reached",
    referral_pb2.DECLINE_REASON_OTHER: "Something else",
}
CLOSE_REASONS: Final = {
    referral_pb2.CLOSE_REASON_CLIENT_DECLINED: "The client does not want it",
    referral_pb2.CLOSE_REASON_CLIENT_UNREACHABLE: "The client cannot be reached",
    referral_pb2.CLOSE_REASON_NO_LONGER_NEEDED: "It is no longer needed",
    referral_pb2.CLOSE_REASON_NO_CAPACITY_IN_REACH: "No place in reach has capacity",
    referral_pb2.CLOSE_REASON_MOVED: "The client moved away",
    referral_pb2.CLOSE_REASON_ERROR: "It was opened by mistake",
}
PLAN_STATES: Final = {
    plan_pb2.PLAN_STATE_MATCHING: "Being matched",
    plan_pb2.PLAN_STATE_MATCHED: "Matched",
    plan_pb2.PLAN_STATE_MATCH_FAILED: "Could not be matched",
}
DISCHARGE_KINDS: Final = {
    client_pb2.DISCHARGE_KIND_PLANNED: "As planned",
    client_pb2.DISCHARGE_KIND_AGAINST_ADVICE: "Against advice",
    client_pb2.DISCHARGE_KIND_TRANSFERRED: "To another program or level of care",
    client_pb2.DISCHARGE_KIND_ADMINISTRATIVE: "By the program",
    client_pb2.DISCHARGE_KIND_DECEASED: "The client died",
}
CATEGORIES: Final = {
    consent_pb2.CATEGORY_IDENTITY: "Name and birth date",
    consent_pb2.CATEGORY_CONTACT: "Phone",
    consent_pb2.CATEGORY_TREATMENT: "That, and for what, the client was in treatment",
    consent_pb2.CATEGORY_MEDICATION: "Medicines",
    consent_pb2.CATEGORY_INSURANCE: "How care is paid",
    consent_pb2.CATEGORY_NEEDS: "What the client needs of the place: language, access, times, children",
}
PURPOSES: Final = {
    consent_pb2.PURPOSE_REFERRAL: "Being referred to these places, at the client’s request",
    consent_pb2.PURPOSE_TREATMENT_PAYMENT_OPERATIONS: "Treatment, payment and health care operations",
}
CONSENT_ELEMENTS: Final = {
    "discloser": "who may tell",
    "categories": "what may be told",
    "recipient_organization_ids": "who may be told",
    "purposes": "what for",
    "states_right_to_revoke": "the right to withdraw, stated on the form",
    "expiration_date_or_event": "when it ends: a last day or an event, one of the two",
    "signer_name": "the signature",
    "sign_time": "when it was signed",
    "states_redisclosure": "the statement that it may be told on",
    "states_consequences_of_refusal": "the consequences of not signing, stated on the form",
    "states_hipaa_redisclosure": "the limit on telling on under HIPAA, stated on the form",
}
OUTCOMES: Final = {
    match_set_pb2.OUTCOME_MET: "Fits",
    match_set_pb2.OUTCOME_PARTLY: "Fits partly",
    match_set_pb2.OUTCOME_UNMET: "Does not fit",
    match_set_pb2.OUTCOME_UNKNOWN: "Not known",
}
FIELDS: Final = {
    "given_name": "Given name",
    "family_name": "Family name",
    "birth_date": "Birth date",
    "gender": "Gender",
    "phone": "Phone",
    "medicines": "Medicines",
    "languages": "Languages",
    "access_needs": "Access",
    "with_children": "With children",
    "sober_days": "Days sober",
    "payers": "Insurance",
}
"""Names of the fields that an agency is told."""

_TERMS: Final = {
    "aa": "Alcoholics Anonymous", "na": "Narcotics Anonymous", "ca": "Cocaine Anonymous",
    "cma": "Crystal Meth Anonymous", "ga": "Gamblers Anonymous", "ma": "Marijuana Anonymous",
    "oa": "Overeaters Anonymous", "smart": "SMART Recovery", "refuge": "Refuge Recovery",
    "lifering": "LifeRing", "al_anon": "Al-Anon", "alateen": "Alateen", "nar_anon": "Nar-Anon",
    "nami": "NAMI", "cbt": "CBT", "dbt": "DBT", "emdr": "EMDR", "ged": "GED",
    "esl": "English as a second language",
    "lgbtq": "LGBTQ+", "hiv": "Living with HIV", "tricare": "TRICARE", "medicaid": "Medicaid",
    "medicare": "Medicare", "private": "Private insurance", "veterans_affairs": "Veterans Affairs",
    "registry": "On a sex offender registry", "felony": "Felony", "arson": "Arson", "carf": "CARF",
    "wioa_eligible": "WIOA eligible", "narr_certified": "NARR certified", "twelve_step": "Twelve-step",
    "wheelchair": "Wheelchair access", "samhsa_certified": "SAMHSA certified", "step_study": "Step study",
    "childcare": "Childcare on site", "accepted": "Children welcome", "in_person": "In person",
}  # fmt: skip
LANGUAGES: Final = {
    "en": "English", "es": "Spanish", "fr": "French", "pt": "Portuguese", "ht": "Haitian Creole",
    "zh": "Chinese", "vi": "Vietnamese", "tl": "Tagalog", "ko": "Korean", "ru": "Russian",
    "ar": "Arabic", "am": "Amharic", "pl": "Polish", "ase": "American Sign Language",
}  # fmt: skip


def term_in_words(term: str) -> str:
    """A term of the vocabulary as people say it."""
    return _TERMS.get(term) or term.replace("_", " ").capitalize()


def told(name: str, value: str) -> str:
    """The value of a disclosed field as its agency reads it; names and numbers stay as they are."""
    if name in {"gender", "medicines", "access_needs", "payers"}:
        return ", ".join(term_in_words(term) for term in value.split(", "))
    if name == "languages":
        return ", ".join(LANGUAGES.get(code, code) for code in value.split(", "))
    return value


def criterion_in_words(criterion: str) -> str:
    """A criterion's name: "medicine_accepted:methadone" is "Medicine accepted: Methadone"."""
    head, _, term = criterion.removeprefix("wish:").partition(":")
    name = head.replace("_", " ").capitalize()
    return f"{name}: {LANGUAGES.get(term) or term_in_words(term)}" if term else name
