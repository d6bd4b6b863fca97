"""The Meeting Guide feed: AA, some other fellowships, and the family groups that get in among them."""

from __future__ import annotations

import html
from collections.abc import Iterator

from sample_world.dirt import Defect, Fields, Sheet
from sample_world.geography import NEAR, Address
from sample_world.world import Chance, World, slug

COMMON_MEETINGS = 201
VENUES_PER_MEETING = 0.4
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
"""The feed counts from Sunday, 0."""

LANDMARKS = (
    # name, ZIP, day, start, types, entity
    ("Grupo Nuevo Amanecer", "20011", 1, "19:30", ("O", "S", "D"), "AA"),
    ("Grupo Camino de Esperanza", "20010", 3, "19:00", ("O", "S", "BE"), "AA"),
    ("Mujeres de Paso Firme", "20011", 5, "18:30", ("C", "S", "W"), "AA"),
    ("Petworth Women at Seven", "20011", 2, "19:00", ("C", "W", "D", "POA"), "AA"),
    ("Kennedy Street Newcomers", "20011", 4, "20:00", ("O", "BE", "X"), "AA"),
    ("Two Tongues, One Table", "20012", 6, "10:00", ("O", "EN", "S", "CF"), "AA"),
    ("Takoma Secular Steps", "20912", 0, "18:00", ("O", "A"), "AA"),
    ("Recovery Dharma: Rock Creek Sangha", "20012", 2, "18:30", ("O", "A", "MED"), "Recovery Dharma"),
    ("SMART Recovery Brightwood", "20011", 4, "18:30", ("O", "A"), "SMART Recovery"),
)
_FAMILY = ("Serenity", "Courage to Change", "Open Hands", "Letting Go", "One Day", "Familias")
_OTHERS = (
    "SMART Recovery",
    "Recovery Dharma",
    "LifeRing Secular Recovery",
    "Celebrate Recovery",
    "Women for Sobriety",
)
_TYPES_OF_OTHERS = {
    "SMART Recovery": ["A"],
    "LifeRing Secular Recovery": ["A"],
    "Recovery Dharma": ["A", "MED"],
}
_WORDS = (
    "Early Risers",
    "Noon Break",
    "Step Sisters",
    "Back to Basics",
    "Lunch Bunch",
    "Big Book Study",
    "Beginners",
    "Happy Hour",
    "Keep It Simple",
    "Candlelight",
    "Living Sober",
    "Just Today",
    "Rush Hour",
    "Saturday Speakers",
    "As Bill Sees It",
    "Open Discussion",
    "Nightcap",
    "Young and Sober",
    "Came to Believe",
    "Third Tradition",
)
_VENUES = (
    "Church",
    "Methodist Church",
    "Lutheran Church",
    "Community Center",
    "Library",
    "Club",
    "Parish Hall",
    "Clinic",
)
_STYLES = ("D", "B", "ST", "SP", "BE", "MED", "LIT", "12x12", "TR", "11")
_STARTS = (
    "06:45",
    "07:30",
    "10:00",
    "12:00",
    "12:15",
    "17:30",
    "18:00",
    "18:30",
    "19:00",
    "19:30",
    "20:00",
    "20:30",
)
_WEIGHTS = (2, 4, 4, 8, 5, 6, 8, 9, 12, 10, 10, 4)

Venue = tuple[str, Address]


def sheet(world: World) -> Sheet:
    """Return the rows of the feed."""
    chance = world.chance("meeting_guide")
    landmarks = [_landmark(chance, *landmark) for landmark in LANDMARKS]
    rows = Sheet(chance.rng, common=_common(chance), landmarks=landmarks)
    rows.spoil(Defect.BLANK_NAME, 3, lambda _: {"name": ""})
    rows.spoil(Defect.ZERO_POSITION, 2, lambda _: {"latitude": 0, "longitude": 0})
    rows.spoil(Defect.SWAPPED_POSITION, 1, _swap)
    rows.spoil(Defect.FAR_FROM_ZIP, 2, lambda row: {"latitude": round(row["latitude"] + 1.1, 5)})
    rows.spoil(Defect.BLANK_ZIP, 5, _without_zip)
    rows.spoil(Defect.DAY_NAME, 12, lambda row: {"day": DAYS[row["day"]]})
    rows.spoil(Defect.DAY_ARRAY, 6, lambda _: {"day": [1, 3, 5]}, where=_is_morning)
    rows.spoil(Defect.TIME_WITH_SECONDS, 8, lambda row: {"time": f"{row['time']}:00"})
    rows.spoil(
        Defect.UNKNOWN_CODE, 4, lambda row: {"types": [*row["types"], chance.pick(("ZZ", "QQ1", "PARK"))]}
    )
    rows.spoil(
        Defect.CONCURRENT_WITH_AL_ANON, 2, lambda row: {"types": [*row["types"], "AL-AN"]}, where=_is_aa
    )
    rows.spoil(Defect.HTML_ENTITIES, 6, _with_entities)
    rows.repeat(3)
    for number, name in enumerate(_FAMILY):
        rows.add(Defect.AL_ANON_IN_AA_FEED, _family(chance, number, name))
    rows.add(
        Defect.TEST_ROW,
        {**_family(chance, 99, "x"), "name": "TEST - please ignore", "slug": "test", "entity": "AA"},
    )
    return rows


def _common(chance: Chance) -> list[Fields]:
    count = chance.world.count(COMMON_MEETINGS)
    venues = [_venue(chance) for _ in range(max(1, round(count * VENUES_PER_MEETING)))]
    slots: Iterator[tuple[Venue, int, str]] = _slots(chance, venues)
    return [_meeting(chance, number, *next(slots)) for number in range(1, count + 1)]


def _slots(chance: Chance, venues: list[Venue]) -> Iterator[tuple[Venue, int, str]]:
    """Yield place, day and start; never the same three twice, because that would be the same meeting."""
    taken: set[tuple[str, int, str]] = set()
    while True:
        venue, day = chance.pick(venues), chance.rng.randrange(7)
        [start] = chance.rng.choices(_STARTS, _WEIGHTS)
        if (venue[1].street, day, start) not in taken:
            taken.add((venue[1].street, day, start))
            yield venue, day, start


def _venue(chance: Chance) -> Venue:
    return f"{chance.name()} {chance.pick(_VENUES)}", chance.address()


def _meeting(chance: Chance, number: int, venue: Venue, day: int, start: str) -> Fields:
    entity = chance.pick(_OTHERS) if chance.happens(0.12) else "AA"
    if entity == "AA":
        name, types = f"{venue[0].split()[0]} {chance.pick(_WORDS)}", _aa_types(chance)
    else:
        name, types = f"{entity} {venue[0].split()[0]}", ["O", *_TYPES_OF_OTHERS.get(entity, [])]
    row = _row(chance, name, f"{slug(name)}-{number}", venue, day, start, types, entity)
    if chance.happens(0.15):
        row |= {"conference_url": f"https://meet.example.org/{100000 + number}"}
    return row


def _aa_types(chance: Chance) -> list[str]:
    types = [chance.pick("OOC"), *chance.some(_STYLES, 2)]
    # Few meetings say that a wheelchair gets in, or whom they are for; the rest say nothing.
    odds = {
        "X": 0.15,
        "W": 0.08,
        "M": 0.06,
        "LGBTQ": 0.04,
        "Y": 0.04,
        "S": 0.07,
        "CF": 0.03,
        "POA": 0.05,
        "A": 0.03,
    }
    return types + [code for code, probability in odds.items() if chance.happens(probability)]


def _landmark(
    chance: Chance, name: str, zip_code: str, day: int, start: str, types: tuple[str, ...], entity: str
) -> Fields:
    venue = (f"{chance.name()} Community Center", chance.address(zip_code))
    return _row(chance, name, slug(name), venue, day, start, list(types), entity)


def _family(chance: Chance, number: int, name: str) -> Fields:
    venue = (f"{chance.name()} Church", chance.address(*NEAR))
    title = f"{name} Al-Anon Family Group" if number else f"Al-Anon {name}"
    types = ["C", "S"] if name == "Familias" else ["C", "D"]
    return _row(chance, title, slug(title), venue, number % 7, "19:30", types, "Al-Anon")


def _row(
    chance: Chance, name: str, key: str, venue: Venue, day: int, start: str, types: list[str], entity: str
) -> dict[str, object]:
    place, address = venue
    updated = chance.world.days_ago(chance.rng.randint(2, 500))
    return {
        "name": name,
        "slug": key[:64],
        "entity": entity,
        "day": day,
        "time": start,
        "end_time": f"{(int(start[:2]) + 1) % 24:02d}{start[2:]}",
        "timezone": "America/New_York",
        "types": types,
        "notes": "",
        "updated": f"{updated.isoformat()} 14:{chance.rng.randrange(60):02d}:00",
        "url": f"https://meetings.example.org/{key[:64]}",
        "location": place,
        "location_notes": chance.pick(("", "", "", "Side door", "Ring the bell", "Downstairs", "Room 2")),
        "address": address.street,
        "city": address.city,
        "state": address.state,
        "postal_code": address.zip,
        "country": "US",
        "latitude": address.latitude,
        "longitude": address.longitude,
        "approximate": "no",
        "region": address.city,
    }


def _with_entities(row: Fields) -> Fields:
    place = str(row["location"])
    return {
        "name": html.escape(f"{row['name']} & Friends"),
        "location": html.escape(f"{place} & Annex"),
        "notes": "Park behind the hall &mdash; not on the street",
    }


def _swap(row: Fields) -> Fields:
    return {"latitude": row["longitude"], "longitude": row["latitude"]}


def _without_zip(_: Fields) -> Fields:
    return {"postal_code": ""}


def _is_morning(row: Fields) -> bool:
    return str(row["time"]) < "12:00"


def _is_aa(row: Fields) -> bool:
    return str(row["entity"]) == "AA"
