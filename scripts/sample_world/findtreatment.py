"""The FindTreatment answer: licensed facilities, with services as labels under categories."""

from __future__ import annotations

import html
from dataclasses import dataclass

from sample_world.dirt import Defect, Fields, Row, Sheet
from sample_world.findtreatment_labels import services
from sample_world.world import Chance, World, website

PLACEHOLDER_PHONE = "(999) 999-9999"


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of facility: how many, what each has, and how often one has what."""

    title: str
    facility_type: str
    common: int
    always: str
    often: str = ""
    seldom: str = ""


SORTS = (
    Sort(
        "Outpatient Services",
        "SA",
        28,
        "SA OP ORT ICO GCO YAD ADLT FEM MALE STAG SF",
        "OIT MD MD MC PI CBT MOTI RELP MOA UB BU BWN SS PVTN ACC DP CM",
        "SP AH WN MN TRMA CJ TELE TA PEER CCC CARF JC VET GL NU UN PW TWFA PA F28 FX",
    ),
    Sort(
        "Opioid Treatment Program",
        "OTP",
        7,
        "SA OP OMB MU BU OTP METH BWN ADLT FEM MALE STAG SF ICO",
        "MD SS NOE CM PVTP",
        "SP PW PEER BERI CARF",
    ),
    Sort(
        "Counseling Center",
        "MH",
        16,
        "MH OP ICO IPT ADLT FEM MALE STMH",
        "MD PI SF CBT DBT TRC GT PVTN CO SS YAD",
        "SP EMDR TELE FCO SE GL MPD CHLD SNR TRMA VET F92 FX",
    ),
    Sort(
        "Women's Program",
        "SA",
        5,
        "SA OP ORT OIT WN FEM ADLT YAD ICO GCO STAG",
        "MD TRMA PW CCC UB BU MOA SS CBT",
        "SP TA HS RC",
    ),
    Sort(
        "Residential Center", "SA", 6, "SA RES RL ADLT STAG ICO", "MD PI MALE FEM MOA DP PVTP", "RS SP CO JC"
    ),
    Sort("Detoxification Unit", "SA", 3, "SA DT HI HID ADLT FEM MALE JC PI MC", "MD BU", "SP"),
    Sort("Transitional House", "SA", 4, "SA HH RES RL ADLT STAG", "MALE SF MOA", "FEM HS"),
    Sort("Veterans Outpatient", "SA", 2, "SA OP ORT VO VET ADLT FEM MALE", "MI CO TRMA BU", ""),
    Sort("Driver Program", "SA", 2, "SA OP ORT DUO ADLT FEM MALE SF", "GCO", "SP"),
)

LANDMARKS = (
    # name, ZIP, type, codes
    (
        "Piney Hollow Recovery Counseling",
        "20011",
        "SA",
        (
            "SA OP ORT OIT BU UB BWN MOA CBT MOTI RELP TRC TELE PVTN STAG CARF MD MC PI SF SS WN TRMA CO "
            "ACC CM TA ICO GCO SP YAD ADLT FEM MALE"
        ),
    ),
    (
        "Centro Claridad",
        "20010",
        "SA",
        (
            "SA OP ORT BU UB BWN MOA CBT RELP PVTN STAG MD SI SF SS PA WN PEER CM CCC ICO GCO FCO SP YAD "
            "ADLT FEM MALE"
        ),
    ),
    (
        "Brightwater Family Counseling",
        "20012",
        "MH",
        "MH SUMH OP IPT CBT DBT EMDR TRC TELE PVTN STMH MD PI SF SS CO TRMA ICO FCO SP ADLT FEM MALE",
    ),
    (
        "Upper Georgia Outpatient Center",
        "20012",
        "SA",
        "SA OP ORT OIT MOA CBT STAG PI SF ICO GCO ADLT FEM MALE",
    ),
    (
        "Clinica Puente Norte",
        "20783",
        "SA",
        "SA OP ORT OMB BU NU UB UN BWN VTRL MOA PVTN STAG MD SF SS ICO SP ADLT FEM MALE",
    ),
    (
        "Plain Path Outpatient",
        "20017",
        "SA",
        "SA OP ORT NMOA TWFA RELP PVTP STAG MD SF ICO GCO SP ADLT FEM MALE",
    ),
    (
        "Larch Street Opioid Treatment Program",
        "20002",
        "OTP",
        "SA OP OMB MU BU OTP METH BWN MD SF SS ICO SP PW ADLT FEM MALE STAG",
    ),
)

OLD_LABELS = {"f1": "Type of Opioid Treatment", "f2": "OT", "f3": "Accepts clients on opioid medication"}
UNKNOWN_LABEL = {"f1": "Treatment Approaches", "f2": "TAP", "f3": "Sound bath; Relapse prevention"}


def sheet(world: World) -> Sheet:
    """Return the rows of the answer."""
    chance = world.chance("findtreatment")
    common = [_facility(chance, sort) for sort in SORTS for _ in range(world.count(sort.common))]
    landmarks = [
        _row(chance, name, "", zip_code, kind, codes.split()) for name, zip_code, kind, codes in LANDMARKS
    ]
    rows = Sheet(chance.rng, common=common, landmarks=landmarks)
    rows.spoil(Defect.SERVICES_NULL, 2, lambda _: {"services": None})
    rows.spoil(Defect.BLANK_NAME, 1, lambda _: {"name1": ""})
    rows.spoil(Defect.ZERO_POSITION, 1, lambda _: {"latitude": "0", "longitude": "0"})
    rows.spoil(
        Defect.SWAPPED_POSITION, 2, lambda row: {"latitude": row["longitude"], "longitude": row["latitude"]}
    )
    rows.spoil(Defect.FAR_FROM_ZIP, 1, lambda row: {"latitude": f"{float(row['latitude']) - 1.3:.5f}"})
    rows.spoil(Defect.PLACEHOLDER_PHONE, 3, lambda _: {"phone": PLACEHOLDER_PHONE})
    rows.spoil(Defect.HTML_ENTITIES, 2, lambda _: {"name2": html.escape("Women's & Family Wing")})
    rows.spoil(Defect.OLD_LABEL, 2, lambda row: {"services": _with(row, OLD_LABELS)})
    rows.spoil(Defect.UNKNOWN_CODE, 2, lambda row: {"services": _with(row, UNKNOWN_LABEL)})
    rows.repeat(2)
    rows.add(Defect.TEST_ROW, _row(chance, "TEST - do not use", "", "20001", "SA", ["SA"]))
    return rows


def answer(rows: list[Row]) -> Fields:
    """Return the answer that holds these rows, numbered as the API numbers them."""
    numbered = [{**row.fields, "_irow": number} for number, row in enumerate(rows, start=1)]
    return {"page": 1, "totalPages": 1, "recordCount": len(rows), "rows": numbered}


def _facility(chance: Chance, sort: Sort) -> Fields:
    often = {code for code in sort.often.split() if chance.happens(0.62)}
    seldom = {code for code in sort.seldom.split() if chance.happens(0.16)}
    # The answer never says what a facility lacks: a code that is not there is not a no.
    codes = [*sort.always.split(), *sorted(often), *sorted(seldom)]
    return _row(chance, f"{chance.name()} {sort.title}", _second_name(chance), "", sort.facility_type, codes)


def _second_name(chance: Chance) -> str:
    return chance.pick(("", "", "", "Main Office", "North Site", "Adult Services", "Suite 200"))


def _row(chance: Chance, name: str, name2: str, zip_code: str, kind: str, codes: list[str]) -> Fields:
    address = chance.address(zip_code) if zip_code else chance.address()
    return {
        "_irow": 0,
        "name1": name,
        "name2": name2 or None,
        "street1": address.street,
        "street2": None,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
        "phone": chance.world.phone(address.state),
        "intake1": chance.world.phone(address.state) if chance.happens(0.3) else None,
        "hotline1": None,
        "website": website(name) if chance.happens(0.8) else None,
        "latitude": str(address.latitude),
        "longitude": str(address.longitude),
        "typeFacility": kind,
        "services": services(codes),
    }


def _with(row: Fields, service: dict[str, str]) -> list[dict[str, str]]:
    return [entry for entry in row["services"] if entry["f2"] != service["f2"]] + [service]
