"""The ORServices export: fifteen CSV files in which one service is spread over many rows.

A service is first written as one flat row, which is what the faults apply to; `tables` then spreads
it over the files as the export does.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from sample_world.dirt import Defect, Fields, Sheet
from sample_world.findtreatment import PLACEHOLDER_PHONE
from sample_world.orservices_columns import COLUMNS
from sample_world.orservices_offers import COMMON, LANDMARKS, UNKNOWN_TERM, Offer
from sample_world.world import Chance, World, slug, website

SERVICE_CATEGORY = "629864383953331"
SERVICE_ELIGIBILITY = "1081834932991779"
LANGUAGE_IDS = {"English": "136", "Spanish": "138", "French": "139"}
_ORGANIZATIONS = ("Partnership", "Neighbors", "Center", "Alliance", "Works", "Foundation", "Commons")

Tables = dict[str, list[Fields]]
"""File name (without .csv) to its rows; columns that are not there are blank."""


def sheet(world: World) -> Sheet:
    """Return one flat row for each service at its place."""
    chance = world.chance("orservices")
    common = [_service(chance, offer) for offer in COMMON for _ in range(world.count(offer.common))]
    landmarks = [
        _flat(chance, organization, zip_code, offer, languages)
        for organization, zip_code, offer, languages in LANDMARKS
    ]
    rows = Sheet(chance.rng, common=common, landmarks=landmarks)
    rows.spoil(Defect.BLANK_NAME, 1, lambda _: {"name": ""})
    rows.spoil(Defect.ZERO_POSITION, 1, lambda _: {"latitude": "0", "longitude": "0"})
    rows.spoil(
        Defect.SWAPPED_POSITION, 1, lambda row: {"latitude": row["longitude"], "longitude": row["latitude"]}
    )
    rows.spoil(Defect.FAR_FROM_ZIP, 1, lambda row: {"latitude": f"{float(row['latitude']) + 1.5:.7f}"})
    rows.spoil(Defect.BLANK_ZIP, 2, lambda _: {"zip": ""})
    rows.spoil(Defect.PLACEHOLDER_PHONE, 1, lambda _: {"phone": PLACEHOLDER_PHONE})
    rows.spoil(Defect.FREE_TEXT_WEEKDAYS, 5, lambda _: {"weekday": chance.pick(_FREE_TEXT)})
    rows.spoil(
        Defect.HTML_ENTITIES,
        3,
        lambda row: {"description": html.escape(f"{row['description']} Don't wait & call.")},
    )
    rows.spoil(Defect.UNKNOWN_CODE, 1, lambda row: {"terms": [*row["terms"], UNKNOWN_TERM]})
    rows.spoil(Defect.NO_ORGANIZATION, 1, lambda _: {"organization_id": ""})
    rows.repeat(1)
    for name in ("test", "testt"):
        rows.add(Defect.TEST_ROW, {**_service(chance, COMMON[0]), "name": name})
    return rows


_FREE_TEXT = (
    "Mon, Tue, Thur, Fri",
    "Mon - Wed, Fri",
    "Tuesday & Thursday",
    "Monday - Friday",
    "Second Saturday",
)


def _service(chance: Chance, offer: Offer) -> Fields:
    organization = f"{chance.name()} {chance.pick(_ORGANIZATIONS)}"
    languages = ("English", "Spanish") if chance.happens(0.3) else chance.pick((("English",), ()))
    return _flat(chance, organization, "", offer, languages)


def _flat(chance: Chance, organization: str, zip_code: str, offer: Offer, languages: Iterable[str]) -> Fields:
    address = chance.address(zip_code) if zip_code else chance.address()
    return {
        "id": _record_id(chance),
        "name": f"{offer.title} ({organization})" if not zip_code else offer.title,
        "organization": organization,
        "organization_id": _record_id(chance),
        "location_id": _record_id(chance),
        "address_id": _record_id(chance),
        "phone_id": _record_id(chance),
        "schedule_id": _record_id(chance),
        "description": f"{offer.title}, offered by {organization}.",
        "fees": offer.fees,
        "terms": list(offer.terms),
        "situations": list(offer.situations),
        "languages": list(languages),
        "weekday": offer.weekday,
        "opens": offer.opens,
        "closes": offer.closes,
        "street": address.street,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
        "latitude": f"{address.latitude:.7f}",
        "longitude": f"{address.longitude:.7f}",
        "phone": chance.world.phone(address.state),
        "is_accessible": chance.happens(0.2),
        "updated": f"{chance.world.days_ago(chance.rng.randint(10, 600)).isoformat()}T16:54:08.000000Z",
    }


def _record_id(chance: Chance) -> str:
    return str(chance.rng.randrange(500_000_000_000_000, 1_400_000_000_000_000))


def tables(world: World, rows: list[Fields]) -> Tables:
    """Return the export's files for these services.

    What is written twice repeats in services_at_location.csv only: its rows are those of an import.
    """
    chance = world.chance("orservices/tables")
    terms = _term_ids(chance, rows)
    once = list({row["id"]: row for row in rows}.values())
    found: Tables = {
        "services": [_services_row(row, terms) for row in once],
        "organizations": [_organizations_row(row) for row in once if row["organization_id"]],
        "locations": [_locations_row(row) for row in once],
        "physical_addresses": [_addresses_row(row) for row in once],
        "phones": [_phones_row(row) for row in once],
        "schedules": [_schedules_row(row) for row in once],
        "location_addresses": [_location_addresses_row(row) for row in once],
        "services_at_location": [
            {"service_id": row["id"], "location_id": row["location_id"]} for row in rows
        ],
        "service_attributes": [
            {"service_id": row["id"], "taxonomy_term_id": terms[term]} for row in once for term in _terms(row)
        ],
        "languages": [
            {"service_id": row["id"], "location_id": row["location_id"], "language": language}
            | {"language_recordid": LANGUAGE_IDS[language]}
            for row in once
            for language in row["languages"]
        ],
        # "Complaint" is how the export itself spells it.
        "accessibility_for_disabilities": [
            {"location_id": row["location_id"], "accessibility": "ADA Complaint"}
            for row in once
            if row["is_accessible"]
        ],
        "programs": [],
        **_taxonomy(once, terms),
    }
    return {name: _numbered(found[name]) if "id" in COLUMNS[name] else found[name] for name in COLUMNS}


def _numbered(rows: list[Fields]) -> list[Fields]:
    """Give the rows of a linking file their running number."""
    return [row if "id" in row else {"id": str(number), **row} for number, row in enumerate(rows, start=1)]


def _terms(row: Fields) -> list[str]:
    return [*row["terms"], *row["situations"]]


def _term_ids(chance: Chance, rows: list[Fields]) -> dict[str, str]:
    names = sorted({term for row in rows for term in _terms(row)})
    return {name: _record_id(chance) for name in names}


def _taxonomy(rows: list[Fields], terms: dict[str, str]) -> Tables:
    situations = {situation for row in rows for situation in row["situations"]}
    kind = {name: SERVICE_ELIGIBILITY if name in situations else SERVICE_CATEGORY for name in terms}
    return {
        "taxonomy_types": [
            {"taxonomy_type_recordid": SERVICE_CATEGORY, "name": "Service Category", "type": "internal"},
            {
                "taxonomy_type_recordid": SERVICE_ELIGIBILITY,
                "name": "Service Eligibility",
                "type": "internal",
            },
        ],
        "taxonomy_terms": [
            {
                "taxonomy_recordid": terms[name],
                "taxonomy_name": name,
                "taxonomy": kind[name],
                "status": "Published",
            }
            | {"taxonomy_services": ",".join(row["id"] for row in rows if name in _terms(row))}
            for name in terms
        ],
        "taxonomy_terms_types": [
            {"taxonomy_recordid": terms[name], "taxonomy_type_recordid": kind[name]} for name in terms
        ],
    }


def _services_row(row: Fields, terms: dict[str, str]) -> Fields:
    return {
        "service_recordid": row["id"],
        "service_name": row["name"],
        "service_organization": row["organization_id"],
        "service_description": row["description"],
        "service_locations": row["location_id"],
        "service_url": website(row["organization"]),
        "service_email": f"info@{slug(row['organization'])}.example.org",
        "service_status": "1",
        "access_requirement": "none",
        "service_taxonomy": ",".join(terms[term] for term in _terms(row)),
        "service_application_process": "Call or walk in.",
        "service_fees": row["fees"],
        "service_phones": row["phone_id"],
        "service_schedule": row["schedule_id"],
        "service_address": row["address_id"],
        "service_language": ",".join(LANGUAGE_IDS[language] for language in row["languages"]),
    }


def _organizations_row(row: Fields) -> Fields:
    return {
        "id": row["organization_id"],
        "name": row["organization"],
        "description": f"{row['organization']} serves people in {row['city']}.",
        "email": f"info@{slug(row['organization'])}.example.org",
        "url": website(row["organization"]),
        "organization_services": row["id"],
        "organization_phones": row["phone_id"],
        "organization_locations": row["location_id"],
    }


def _locations_row(row: Fields) -> Fields:
    return {
        "id": row["location_id"],
        "organization_id": row["organization_id"],
        "name": row["organization"],
        "latitude": row["latitude"],
        "longitude": row["longitude"],
        "location_services": row["id"],
        "location_phones": row["phone_id"],
        "location_schedule": row["schedule_id"],
        "location_address": row["address_id"],
    }


def _addresses_row(row: Fields) -> Fields:
    return {
        "id": row["address_id"],
        "location_id": row["location_id"],
        "address_1": row["street"],
        "city": row["city"],
        "state_province": row["state"],
        "postal_code": row["zip"],
        "country": "US",
        "address_services": row["id"],
        "address_organization": row["organization_id"],
    }


def _phones_row(row: Fields) -> Fields:
    return {
        "id": row["phone_id"],
        "location_id": row["location_id"],
        "service_id": row["id"],
        "organization_id": row["organization_id"],
        "number": row["phone"],
        "type": "voice",
        "priority": "0",
    }


def _schedules_row(row: Fields) -> Fields:
    return {
        "id": row["schedule_id"],
        "name": row["name"],
        "service_id": row["id"],
        "location_id": row["location_id"],
        "weekday": row["weekday"],
        "opens": row["opens"],
        "closes": row["closes"],
    }


def _location_addresses_row(row: Fields) -> Fields:
    return {
        "location_recordid": row["location_id"],
        "address_recordid": row["address_id"],
        "created_at": row["updated"],
        "updated_at": row["updated"],
    }
