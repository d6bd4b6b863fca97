"""The BMLT answer (GetSearchResults with its formats): Narcotics Anonymous. All values are strings."""

from __future__ import annotations

import html
from collections.abc import Iterator

from sample_world.dirt import Defect, Fields, Sheet
from sample_world.geography import Address
from sample_world.world import Chance, World

COMMON_MEETINGS = 112
VENUES_PER_MEETING = 0.5
FORMATS = (
    # key, name, world id, type, language of the key
    ("B", "Beginners", "BEG", "FC3"),
    ("BL", "Bi-Lingual", "LANG", "LANG"),
    ("BT", "Basic Text", "BT", "FC1"),
    ("C", "Closed", "CLOSED", "O"),
    ("CL", "Candlelight", "CAN", "FC2"),
    ("CW", "Children Welcome", "CW", "FC3"),
    ("D", "Discussion", "DISC", "FC1"),
    ("ES", "Español", "LANG", "LANG"),
    ("GL", "Gay/Lesbian/Transgender", "GL", "FC3"),
    ("HY", "Hybrid Meeting", "HYBR", "FC2"),
    ("IW", "It Works -How and Why", "IW", "FC1"),
    ("JT", "Just for Today", "JFT", "FC1"),
    ("M", "Men", "M", "FC3"),
    ("ME", "Meditation", "MED", "FC1"),
    ("NC", "No Children", "NC", "FC3"),
    ("O", "Open", "OPEN", "O"),
    ("SL", "ASL", "", "FC2"),
    ("So", "Speaker Only", "SPK", "FC1"),
    ("St", "Step", "STEP", "FC1"),
    ("TC", "Temporarily Closed Facility", "TC", "FC2"),
    ("To", "Topic", "TOP", "FC1"),
    ("VM", "Virtual Meeting", "VM", "FC2"),
    ("W", "Women", "W", "FC3"),
    ("WC", "Wheelchair", "WCHR", "FC2"),
    ("WC ♿", "Wheelchair, seen by us", "WCHR", "FC2"),
    ("YP", "Young People", "Y", "FC3"),
)
"""What this server knows; the key before the last but one is of its own making, its world id is not."""

LANDMARKS = (
    # name, ZIP, weekday from Sunday = 1, start, formats
    ("Grupo Libertad", "20010", "3", "19:00", ("O", "ES", "B")),
    ("Limpios y Serenos", "20011", "6", "20:00", ("O", "ES", "To")),
    ("Puente: Bilingual Step Night", "20912", "5", "18:30", ("O", "BL", "St")),
    ("Georgia Avenue Women's Circle", "20011", "2", "18:30", ("C", "W", "D", "CW")),
    ("Clean on Kennedy", "20011", "7", "11:00", ("O", "BT", "WC")),
)
_NAMES = (
    "Clean Start",
    "Just for Today",
    "New Attitudes",
    "Hope Shot",
    "Basic Needs",
    "Staying Clean",
    "We Do Recover",
    "Freedom Night",
    "Never Alone",
    "Miracles Happen",
    "Open Arms",
    "One Promise",
    "Living Proof",
    "Gratitude",
)
_VENUES = (
    "Church",
    "Baptist Church",
    "Hospital",
    "Community Center",
    "Recreation Center",
    "Fellowship Hall",
    "Clinic",
)
_STYLES = ("BT", "CL", "D", "IW", "JT", "ME", "So", "St", "To", "B")
_ODDS = {
    "WC": 0.12,
    "W": 0.07,
    "M": 0.06,
    "YP": 0.04,
    "GL": 0.03,
    "ES": 0.05,
    "CW": 0.04,
    "NC": 0.03,
    "SL": 0.02,
}
_STARTS = ("07:00:00", "12:00:00", "17:30:00", "18:30:00", "19:00:00", "19:30:00", "20:00:00", "20:30:00")
_STATES = {"DC": ("DC", "D.C."), "MD": ("MD", "Maryland", "Md"), "VA": ("VA", "Virginia", "Va")}
_NATIONS = ("US", "USA", "United States", "")

Venue = tuple[str, Address]


def formats() -> list[Fields]:
    """Return the format table that comes with the answer."""
    return [
        {
            "key_string": key,
            "name_string": name,
            "description_string": f"{name}.",
            "lang": "en",
            "id": str(number),
            "world_id": world_id,
            "root_server_id": "1",
            "root_server_uri": "https://bmlt.example.org/main_server",
            "format_type_enum": kind,
        }
        for number, (key, name, world_id, kind) in enumerate(FORMATS, start=1)
    ]


def sheet(world: World) -> Sheet:
    """Return the meetings of the answer."""
    chance = world.chance("bmlt")
    landmarks = [_landmark(chance, number, *landmark) for number, landmark in enumerate(LANDMARKS, start=1)]
    rows = Sheet(chance.rng, common=_common(chance), landmarks=landmarks)
    rows.spoil(Defect.UNPUBLISHED, 4, lambda _: {"published": "0"})
    rows.spoil(Defect.BLANK_NAME, 2, lambda _: {"meeting_name": ""})
    rows.spoil(Defect.ZERO_POSITION, 2, lambda _: {"latitude": "0", "longitude": "0"}, where=_in_person)
    rows.spoil(Defect.SWAPPED_POSITION, 1, _swap, where=_in_person)
    rows.spoil(
        Defect.FAR_FROM_ZIP,
        1,
        lambda row: {"longitude": f"{float(row['longitude']) + 2:.5f}"},
        where=_in_person,
    )
    rows.spoil(Defect.BLANK_ZIP, 4, lambda _: {"location_postal_code_1": ""}, where=_in_person)
    rows.spoil(
        Defect.UNKNOWN_CODE,
        5,
        _with_unknown_format,
    )
    rows.spoil(
        Defect.HTML_ENTITIES,
        3,
        lambda row: {"location_text": html.escape(f"{row['location_text']} & School")},
    )
    rows.repeat(2)
    rows.add(Defect.TEST_ROW, {**_landmark(chance, 9, "test meeting", "20001", "1", "12:00", ("O",))})
    return rows


def _common(chance: Chance) -> list[Fields]:
    count = chance.world.count(COMMON_MEETINGS)
    venues = [_venue(chance) for _ in range(max(1, round(count * VENUES_PER_MEETING)))]
    slots = _slots(chance, venues)
    return [_meeting(chance, 1000 + number, *next(slots)) for number in range(count)]


def _slots(chance: Chance, venues: list[Venue]) -> Iterator[tuple[Venue, str, str]]:
    """Yield place, weekday and start; never the same three twice, because that would be the same meeting."""
    taken: set[tuple[str, str, str]] = set()
    while True:
        venue, weekday, start = chance.pick(venues), chance.pick("1234567"), chance.pick(_STARTS)
        if (venue[1].street, weekday, start) not in taken:
            taken.add((venue[1].street, weekday, start))
            yield venue, weekday, start


def _venue(chance: Chance) -> Venue:
    return f"{chance.name()} {chance.pick(_VENUES)}", chance.address()


def _meeting(chance: Chance, number: int, venue: Venue, weekday: str, start: str) -> Fields:
    keys = [chance.pick("OOC"), *chance.some(_STYLES, 2)]
    keys += [key for key, probability in _ODDS.items() if chance.happens(probability)]
    keys += ["WC ♿"] if "WC" not in keys and chance.happens(0.05) else []
    venue_type = chance.pick("1111111123")
    keys += {"1": [], "2": ["VM"], "3": ["HY"]}[venue_type]
    row = _row(chance, number, f"{venue[0].split()[0]} {chance.pick(_NAMES)}", venue, weekday, start, keys)
    if venue_type != "1":
        row |= {"venue_type": venue_type, "virtual_meeting_link": f"https://meet.example.org/na/{number}"}
    return row


def _landmark(
    chance: Chance, number: int, name: str, zip_code: str, weekday: str, start: str, keys: tuple[str, ...]
) -> Fields:
    venue = (f"{chance.name()} Fellowship Hall", chance.address(zip_code))
    return _row(chance, number, name, venue, weekday, f"{start}:00", list(keys))


def _row(
    chance: Chance, number: int, name: str, venue: Venue, weekday: str, start: str, keys: list[str]
) -> dict[str, object]:
    place, address = venue
    ids = {row[0]: str(number) for number, row in enumerate(FORMATS, start=1)}
    return {
        "id_bigint": str(number),
        "worldid_mixed": f"G{number:08d}",
        "service_body_bigint": chance.pick(("11", "12", "13")),
        "weekday_tinyint": weekday,
        "venue_type": "1",
        "start_time": start,
        "duration_time": chance.pick(("01:00:00", "01:00:00", "01:30:00")),
        "time_zone": "America/New_York",
        "formats": ",".join(keys),
        "format_shared_id_list": ",".join(ids[key] for key in keys),
        "lang_enum": "en",
        "latitude": str(address.latitude),
        "longitude": str(address.longitude),
        "meeting_name": name,
        "location_text": place,
        "location_info": "",
        "location_street": address.street,
        "location_municipality": address.city,
        "location_province": chance.pick(_STATES[address.state]),
        "location_postal_code_1": address.zip,
        "location_nation": chance.pick(_NATIONS),
        "comments": "",
        "phone_meeting_number": "",
        "virtual_meeting_link": "",
        "virtual_meeting_additional_info": "",
        "root_server_uri": "https://bmlt.example.org/main_server",
        "published": "1",
    }


def _with_unknown_format(row: Fields) -> Fields:
    # A format that was deleted on the server stays in its meetings, under a number no table has.
    number = len(FORMATS) + 1
    return {
        "formats": f"{row['formats']},PPE",
        "format_shared_id_list": f"{row['format_shared_id_list']},{number}",
    }


def _swap(row: Fields) -> Fields:
    return {"latitude": row["longitude"], "longitude": row["latitude"]}


def _in_person(row: Fields) -> bool:
    return str(row["venue_type"]) == "1"
