"""The SAMHSA service codes that the sample uses: category code, category, code, label.

Codes and labels are the work of the US government (FindTreatment.gov) and in the public domain.
"""

from __future__ import annotations

CATEGORIES = {
    "TC": "Type of Care",
    "SET": "Service Setting (e.g., Outpatient, Residential, Inpatient, etc.)",
    "OM": "Opioid Medications used in Treatment",
    "OT": "Type of Opioid Treatment",
    "PHR": "Pharmacotherapies",
    "TAP": "Treatment Approaches",
    "FOP": "Facility Operation (e.g., Private, Public)",
    "LCA": "License/Certification/Accreditation",
    "PAY": "Payment/Insurance/Funding Accepted",
    "PYAS": "Payment Assistance Available",
    "SG": "Special Programs/Groups Offered",
    "TRSRV": "Transitional Services",
    "AS": "Ancillary Services",
    "EDU": "Counseling Services and Education",
    "EXCL": "Exclusive Services",
    "SL": "Language Services",
    "OL": "Other Languages",
    "AGE": "Age Groups Accepted",
    "GN": "Gender Accepted",
}
"""In the order in which an answer gives them."""

_LABELS = """
TC    SA    Substance use treatment
TC    DT    Detoxification
TC    HH    Transitional housing, halfway house, or sober home
TC    SUMH  Treatment for co-occurring substance use plus either serious mental health illness in \
adults/serious emotional disturbance in children
TC    MH    Mental health treatment
SET   OP    Outpatient
SET   ORT   Regular outpatient treatment
SET   OIT   Intensive outpatient treatment
SET   ODT   Outpatient day treatment or partial hospitalization
SET   OMB   Outpatient methadone/buprenorphine or naltrexone treatment
SET   RES   Residential/24-hour residential
SET   RL    Long-term residential
SET   RS    Short-term residential
SET   HI    Hospital inpatient/24-hour hospital inpatient
SET   HID   Hospital inpatient detoxification
OM    MU    Methadone used in Treatment
OM    BU    Buprenorphine used in Treatment
OM    NU    Naltrexone used in Treatment
OT    OTP   Federally-certified Opioid Treatment Program
OT    UB    Prescribes buprenorphine
OT    UN    Prescribes naltrexone
OT    MOA   Accepts clients using MAT but prescribed elsewhere
OT    NMOA  Does not use MAT for opioid use disorders
OT    NOOP  Does not treat opioid use disorders
PHR   BWN   Buprenorphine with naloxone
PHR   BERI  Buprenorphine (extended-release, injectable)
PHR   METH  Methadone
PHR   NXN   Naltrexone (oral)
PHR   VTRL  Naltrexone (extended-release, injectable)
PHR   MPD   Medication for mental disorders
TAP   ANG   Anger management
TAP   CBT   Cognitive behavioral therapy
TAP   CMI   Contingency management/motivational incentives
TAP   DBT   Dialectical behavior therapy
TAP   EMDR  Eye Movement Desensitization and Reprocessing therapy
TAP   GT    Group therapy
TAP   IPT   Individual psychotherapy
TAP   MOTI  Motivational interviewing
TAP   RELP  Relapse prevention
TAP   TRC   Trauma-related counseling
TAP   TWFA  12-step facilitation
TAP   TELE  Telemedicine/telehealth therapy
FOP   PVTP  Private for-profit organization
FOP   PVTN  Private non-profit organization
FOP   LCCG  Local, county, or community government
LCA   STAG  State Substance use treatment agency
LCA   STMH  State mental health department
LCA   CARF  Commission on Accreditation of Rehabilitation Facilities (CARF)
LCA   JC    The Joint Commission
PAY   MD    Medicaid
PAY   MC    Medicare
PAY   PI    Private health insurance
PAY   MI    Federal military insurance (e.g., TRICARE)
PAY   SI    State-financed health insurance plan other than Medicaid
PAY   SF    Cash or self-payment
PYAS  SS    Sliding fee scale (fee is based on income and other factors)
PYAS  PA    Payment assistance (check with facility for details)
SG    TAY   Young adults
SG    WN    Adult women
SG    PW    Pregnant/postpartum women
SG    MN    Adult men
SG    SE    Seniors or older adults
SG    GL    Lesbian, gay, bisexual, transgender, or queer/questioning (LGBTQ)
SG    VET   Veterans
SG    CJ    Criminal justice (other than DUI/DWI)/Forensic clients
SG    CO    Clients with co-occurring mental and substance use disorders
SG    TRMA  Clients who have experienced trauma
TRSRV ACC   Aftercare/continuing care
TRSRV DP    Discharge Planning
TRSRV NOE   Naloxone and overdose education
AS    CM    Case management service
AS    CCC   Child care for clients' children
AS    HS    Housing services
AS    PEER  Mentoring/peer support
AS    RC    Recovery coach
AS    TA    Transportation assistance
EDU   ICO   Individual counseling
EDU   GCO   Group counseling
EDU   FCO   Family counseling
EDU   EMP   Employment counseling or training
EXCL  VO    Serves Veterans only
EXCL  DUO   Serves only DUI/DWI clients
SL    SP    Spanish
SL    AH    Sign language services for the deaf and hard of hearing
SL    FX    Other languages (excluding Spanish)
OL    F28   French
OL    F92   Vietnamese
AGE   CHLD  Children/Adolescents
AGE   YAD   Young Adults
AGE   ADLT  Adults
AGE   SNR   Seniors
GN    FEM   Female
GN    MALE  Male
"""

LABELS: dict[str, tuple[str, str]] = {}
"""Code to its category and its label."""

for _line in _LABELS.strip().splitlines():
    _category, _code, _label = _line.split(maxsplit=2)
    LABELS[_code] = (_category, _label)


def services(codes: list[str]) -> list[dict[str, str]]:
    """Return the `services` of a row: each category once, its labels joined as the API joins them."""
    found: dict[str, list[str]] = {}
    for code, (category, label) in LABELS.items():
        if code in codes:
            found.setdefault(category, []).append(label)
    return [
        {"f1": title, "f2": category, "f3": "; ".join(found[category])}
        for category, title in CATEGORIES.items()
        if category in found
    ]
