"""The CSV of vocational programs: what each teaches or finds, what it costs, when it is open."""

from __future__ import annotations

import html

from sample_world.dirt import Defect, Fields, Sheet
from sample_world.findtreatment import PLACEHOLDER_PHONE
from sample_world.world import Chance, World, website

COLUMNS = tuple(
    "provider program services address city state zip latitude longitude phone website cost languages felony "
    "diploma_required internet_required modality days opens closes wait_days populations notes".split()
)
COMMON = 29

LANDMARKS: tuple[Fields, ...] = (
    {
        "provider": "Quarry Street Evening Institute",
        "program": "Medical Office Evenings",
        "services": "skills training; job search",
        "zip": "20011",
        "cost": 0,
        "languages": "English; Spanish",
        "felony": "yes",
        "diploma_required": "no",
        "internet_required": "no",
        "modality": "in person",
        "days": "Mon, Tue, Thu",
        "opens": "18:00",
        "closes": "21:00",
        "wait_days": 10,
        "populations": "parents",
        "notes": "Evening classes; bus fare paid.",
    },
    {
        "provider": "Puertas Abiertas Learning",
        "program": "GED and English at Night",
        "services": "GED; ESL",
        "zip": "20010",
        "cost": 0,
        "languages": "Spanish; English",
        "diploma_required": "no",
        "internet_required": "no",
        "modality": "in person",
        "days": "Mon, Wed",
        "opens": "18:30",
        "closes": "20:30",
        "wait_days": 5,
        "notes": "Starts anew each month.",
    },
    {
        "provider": "Second Turn Employment",
        "program": "Supported Job Search",
        "services": "supported employment; job search; resume",
        "zip": "20012",
        "cost": 0,
        "languages": "English; Spanish",
        "felony": "yes",
        "diploma_required": "no",
        "internet_required": "no",
        "modality": "in person",
        "days": "Mon-Sat",
        "opens": "12:00",
        "closes": "20:00",
        "wait_days": 3,
        "populations": "justice-involved",
        "notes": "Flexible hours; meets clients where they are.",
    },
    {
        "provider": "Openwindow Online",
        "program": "Bookkeeping at Your Own Hours",
        "services": "skills training; computer",
        "zip": "20001",
        "cost": 120,
        "languages": "English",
        "diploma_required": "yes",
        "internet_required": "yes",
        "modality": "online",
        "days": "Mon-Sun",
        "opens": "06:00",
        "closes": "23:00",
        "wait_days": 0,
        "notes": "Flexible hours.",
    },
)
_PROVIDERS = (
    "Skills Center",
    "Career Works",
    "Training Institute",
    "Job Center",
    "Adult School",
    "Trades Academy",
)
_PROGRAMS = (
    ("Commercial Kitchen", "skills training"),
    ("Building Maintenance", "skills training; apprenticeship"),
    ("Electrical Pre-apprenticeship", "apprenticeship; skills training"),
    ("Nursing Assistant", "skills training"),
    ("Phlebotomy", "skills training"),
    ("Warehouse and Forklift", "skills training; job search"),
    ("Office Computer Skills", "computer; skills training"),
    ("High School Equivalency", "GED"),
    ("English for Work", "ESL"),
    ("Career Counseling", "job search; resume; interview"),
    ("Vocational Rehabilitation Intake", "vocational rehabilitation"),
    ("Individual Placement and Support", "supported employment; job search"),
    ("Fair Chance Hiring Hall", "job search; fair chance"),
)
_HOURS = (
    ("Mon-Fri", "9:00", "16:00"),
    ("Monday; Tuesday; Wednesday; Thursday", "8:30", "17:00"),
    ("Mon, Wed, Fri", "10:00", "14:00"),
    ("Tue, Thu", "17:30", "20:30"),
    ("Mon-Thu", "18:00", "21:00"),
    ("Saturday", "9:00", "15:00"),
)
_FREE_TEXT = ("Second Saturday", "by arrangement", "most weekdays but Friday")


def sheet(world: World) -> Sheet:
    """Return the rows of the file."""
    chance = world.chance("vocational_programs")
    common = [_program(chance) for _ in range(world.count(COMMON))]
    rows = Sheet(chance.rng, common=common, landmarks=[_row(chance, program) for program in LANDMARKS])
    rows.spoil(Defect.BLANK_NAME, 1, lambda _: {"program": "", "provider": ""})
    rows.spoil(Defect.BLANK_ZIP, 1, lambda _: {"zip": ""})
    rows.spoil(Defect.ZERO_POSITION, 1, lambda _: {"latitude": "0", "longitude": "0"})
    rows.spoil(Defect.FAR_FROM_ZIP, 1, lambda row: {"latitude": f"{float(row['latitude']) - 1.4:.5f}"})
    rows.spoil(Defect.PLACEHOLDER_PHONE, 2, lambda _: {"phone": PLACEHOLDER_PHONE})
    rows.spoil(
        Defect.HTML_ENTITIES, 1, lambda _: {"notes": html.escape('Bring ID & a pen; say "new student"')}
    )
    rows.spoil(Defect.FREE_TEXT_WEEKDAYS, 3, lambda _: {"days": chance.pick(_FREE_TEXT)})
    rows.repeat(1)
    rows.add(Defect.TEST_ROW, {**_row(chance, LANDMARKS[0]), "provider": "test", "program": "test"})
    return rows


def _program(chance: Chance) -> Fields:
    program, services = chance.pick(_PROGRAMS)
    days, opens, closes = chance.pick(_HOURS)
    given = {
        "provider": f"{chance.name()} {chance.pick(_PROVIDERS)}",
        "program": program,
        "services": services,
        "cost": chance.pick(("", 0, 0, 0, 150, 450, 1200, 3800)),
        "languages": chance.pick(("English", "English", "English; Spanish", "")),
        "felony": chance.pick(("yes", "case by case", "no", "", "")),
        "diploma_required": chance.pick(("yes", "no", "")),
        "internet_required": chance.pick(("yes", "no", "no", "")),
        "modality": chance.pick(("in person", "in person", "in person", "online", "in person; online")),
        "days": days,
        "opens": opens,
        "closes": closes,
        "wait_days": chance.pick(("", 0, 7, 14, 30, 60)),
        "populations": chance.pick(("", "", "", "veterans", "justice-involved", "young adults")),
        "notes": chance.pick(
            ("", "", "Drug test before placement.", "May be fundable; the job center decides.")
        ),
    }
    return _row(chance, given)


def _row(chance: Chance, given: Fields) -> Fields:
    """Return the row of a program that is described by what is peculiar to it; the rest stays blank."""
    address = chance.address(str(given["zip"])) if "zip" in given else chance.address()
    return {column: given.get(column, "") for column in COLUMNS} | {
        "address": address.street,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
        "latitude": f"{address.latitude:.5f}",
        "longitude": f"{address.longitude:.5f}",
        "phone": chance.world.phone(address.state),
        "website": website(str(given["provider"])) if chance.happens(0.7) else "",
    }
