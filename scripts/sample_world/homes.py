"""The CSV of sober homes: what each is, what it asks, and how many beds were open on which day."""

from __future__ import annotations

import html

from sample_world.dirt import Defect, Fields, Sheet
from sample_world.findtreatment import PLACEHOLDER_PHONE
from sample_world.geography import CITY, FAR, MARYLAND, NEAR, VIRGINIA
from sample_world.world import Chance, World, website

COLUMNS = tuple(
    "name operator address city state zip latitude longitude phone website gender beds_total "
    "beds_open vacancy_as_of weekly_fee deposit buprenorphine methadone naltrexone "
    "minimum_sobriety_days narr_level children wheelchair languages felony registry arson "
    "admission_by_vote philosophy notes".split()
)
COMMON_MEN = 23
COMMON_WOMEN = 9
COMMON_COED = 5

LANDMARKS: tuple[Fields, ...] = (
    # The last bed: near, affordable, accepts the medicine, speaks both languages.
    {
        "name": "Alder House",
        "zip": "20011",
        "gender": "women",
        "beds_total": 8,
        "beds_open": 1,
        "days_old": 1,
        "weekly_fee": 125,
        "deposit": 100,
        "buprenorphine": "yes",
        "methadone": "yes",
        "naltrexone": "yes",
        "minimum_sobriety_days": 0,
        "narr_level": 2,
        "languages": "English; Spanish",
        "felony": "yes",
        "admission_by_vote": "no",
        "notes": "House meeting Sunday 7 pm. Evening curfew 11 pm.",
    },
    {
        "name": "Rosewood Women's Home",
        "zip": "20012",
        "gender": "women",
        "beds_total": 10,
        "beds_open": 2,
        "days_old": 3,
        "weekly_fee": 170,
        "deposit": 200,
        "buprenorphine": "yes",
        "methadone": "",
        "naltrexone": "yes",
        "minimum_sobriety_days": 14,
        "narr_level": 3,
        "languages": "English",
        "children": "yes",
        "admission_by_vote": "no",
        "notes": "House meetings Monday and Thursday 8 pm. One child under 5 per mother.",
    },
    {
        "name": "Casa Girasol",
        "zip": "20010",
        "gender": "women",
        "beds_total": 6,
        "beds_open": 3,
        "days_old": 6,
        "weekly_fee": 140,
        "minimum_sobriety_days": 7,
        "narr_level": 2,
        "languages": "Spanish; English",
        "notes": "House meeting Wednesday 7:30 pm, in Spanish.",
    },
    {
        "name": "Bright Porch House",
        "zip": "20011",
        "gender": "women",
        "beds_total": 9,
        "beds_open": 2,
        "days_old": 2,
        "weekly_fee": 130,
        "buprenorphine": "no",
        "methadone": "no",
        "naltrexone": "yes",
        "minimum_sobriety_days": 30,
        "narr_level": 2,
        "languages": "English",
        "philosophy": "12-step",
        "notes": "Abstinence from all opioid medicines. House meeting Tuesday 8 pm.",
    },
    {
        "name": "Quackenbos Self-Run House",
        "zip": "20011",
        "gender": "women",
        "beds_total": 7,
        "beds_open": 2,
        "days_old": 4,
        "weekly_fee": 150,
        "deposit": 0,
        "minimum_sobriety_days": 14,
        "narr_level": 1,
        "languages": "English",
        "felony": "case by case",
        "admission_by_vote": "yes",
        "notes": "Residents vote on every applicant. House meeting Sunday 6 pm.",
    },
    {
        "name": "Takoma Commons",
        "zip": "20912",
        "gender": "co-ed",
        "beds_total": 14,
        "beds_open": 0,
        "days_old": 1,
        "weekly_fee": 160,
        "buprenorphine": "yes",
        "methadone": "yes",
        "naltrexone": "yes",
        "minimum_sobriety_days": 0,
        "narr_level": 3,
        "languages": "English; French",
        "wheelchair": "yes",
        "notes": "Full; keeps a waiting list. House meeting Friday 6 pm.",
    },
)
_TITLES = ("House", "Home", "Recovery Residence", "Sober Living", "Manor", "Cottage")
_NIGHTS = ("Sunday 7 pm", "Monday 8 pm", "Tuesday 7:30 pm", "Wednesday 8 pm", "Thursday 7 pm")


def sheet(world: World) -> Sheet:
    """Return the rows of the file."""
    chance = world.chance("sober_homes")
    common = [_home(chance, "men") for _ in range(world.count(COMMON_MEN))]
    common += [_home(chance, "women") for _ in range(world.count(COMMON_WOMEN))]
    common += [_home(chance, "co-ed") for _ in range(world.count(COMMON_COED))]
    rows = Sheet(chance.rng, common=common, landmarks=[_row(chance, home) for home in LANDMARKS])
    rows.spoil(Defect.NEGATIVE_BEDS, 1, lambda _: {"beds_open": -1})
    rows.spoil(Defect.BEDS_OPEN_ABOVE_TOTAL, 1, lambda row: {"beds_open": row["beds_total"] + 4})
    rows.spoil(
        Defect.OLD_VACANCY, 3, lambda _: {"beds_open": 2, "vacancy_as_of": world.days_ago(190).isoformat()}
    )
    rows.spoil(Defect.BLANK_NAME, 1, lambda _: {"name": "", "operator": ""})
    rows.spoil(Defect.BLANK_ZIP, 1, lambda _: {"zip": ""})
    rows.spoil(Defect.ZERO_POSITION, 1, lambda _: {"latitude": "0", "longitude": "0"})
    rows.spoil(
        Defect.SWAPPED_POSITION, 1, lambda row: {"latitude": row["longitude"], "longitude": row["latitude"]}
    )
    rows.spoil(Defect.FAR_FROM_ZIP, 1, lambda row: {"longitude": f"{float(row['longitude']) - 1.8:.5f}"})
    rows.spoil(Defect.PLACEHOLDER_PHONE, 2, lambda _: {"phone": PLACEHOLDER_PHONE})
    rows.spoil(Defect.HTML_ENTITIES, 1, lambda _: {"notes": html.escape('Bring ID & a towel; "no" pets')})
    rows.spoil(Defect.FEE_AS_TEXT, 2, lambda row: {"weekly_fee": f"${row['weekly_fee']}.00"})
    rows.repeat(1)
    rows.add(Defect.TEST_ROW, {**_row(chance, LANDMARKS[0]), "name": "test", "operator": "test"})
    return rows


def _home(chance: Chance, gender: str) -> Fields:
    """Return a common home. Those open to women lie far out: near the demo's person stand landmarks only."""
    zips = NEAR + CITY + MARYLAND + VIRGINIA if gender == "men" else FAR
    name, level, total = (
        f"{chance.name()} {chance.pick(_TITLES)}",
        chance.pick((1, 1, 2, 2, 2, 3, 4)),
        chance.rng.randint(5, 16),
    )
    # Many homes never said what they do about a medicine.
    accepts = chance.pick(("yes", "yes", "no", "", ""))
    given = {
        "name": name,
        "zip": chance.pick(zips),
        "gender": gender,
        "beds_total": total,
        "beds_open": chance.pick((0, 0, 0, 1, 1, 2, 3)),
        "days_old": chance.rng.randint(0, 20),
        "weekly_fee": chance.rng.randrange(110, 265, 5),
        "deposit": chance.pick(("", 0, 100, 150, 250)),
        "buprenorphine": accepts,
        "methadone": "no" if accepts == "no" else chance.pick(("yes", "no", "", "")),
        "naltrexone": chance.pick(("yes", "yes", "")),
        "minimum_sobriety_days": chance.pick(("", 0, 7, 14, 30, 30, 60, 90)),
        "narr_level": chance.pick((level, level, level, "")),
        "children": chance.pick(("no", "no", "")) if gender != "women" else chance.pick(("yes", "no", "")),
        "wheelchair": chance.pick(("yes", "no", "", "", "")),
        "languages": chance.pick(("English", "English", "English; Spanish", "")),
        "felony": chance.pick(("yes", "case by case", "")),
        "registry": chance.pick(("no", "no", "", "")),
        "arson": chance.pick(("no", "no", "", "")),
        "admission_by_vote": "yes" if level == 1 else chance.pick(("no", "")),
        "philosophy": chance.pick(("12-step", "12-step", "secular", "faith", "")),
        "notes": f"House meeting {chance.pick(_NIGHTS)}.",
    }
    return _row(chance, given)


def _row(chance: Chance, given: Fields) -> Fields:
    """Return the row of a home that is described by what is peculiar to it; the rest stays blank."""
    address = chance.address(str(given["zip"]))
    row: dict[str, object] = {column: given.get(column, "") for column in COLUMNS}
    return row | {
        "operator": f"{chance.name()} Recovery Homes",
        "address": address.street,
        "city": address.city,
        "state": address.state,
        "latitude": f"{address.latitude:.5f}",
        "longitude": f"{address.longitude:.5f}",
        "phone": chance.world.phone(address.state),
        "website": website(str(given["name"])) if chance.happens(0.6) else "",
        "vacancy_as_of": chance.world.days_ago(given["days_old"]).isoformat(),
    }
