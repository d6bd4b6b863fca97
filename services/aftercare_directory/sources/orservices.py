"""The CSV export of ORServices (a folder of tables, HSDS 2 in spirit), with Open Eligibility terms.

Row in: each row of services_at_location.csv, and each row of services.csv whose service no such row
names (it becomes a listing without a location). The other tables are looked up by record id; a
location or an address that no service uses is no row. `service_status` holds verification marks of the
export, which say nothing of whether a service runs; anything else in it quarantines the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from aftercare_directory.domain.record import (
    FactValue,
    ListingRecord,
    LocationPart,
    OrganizationPart,
    Outcome,
    ServicePart,
    Session,
    Status,
)
from aftercare_directory.domain.schedule import in_order, read_span
from aftercare_directory.sources.code_tables import Meaning, load, meaning, one_gender_only, settled
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.fellowships import facts_of_fellowship, family_fellowship_of
from aftercare_directory.sources.meetings import refuse_test
from aftercare_directory.sources.open_eligibility import SERVICES, SITUATIONS, meanings_of
from aftercare_directory.sources.orservices_tables import Cells, Export, Pair, ids
from aftercare_directory.sources.place import RawPlace, read_place
from aftercare_directory.sources.reading import Draft, Reading, doubtful, verdicts
from aftercare_directory.sources.text import (
    described,
    email_address,
    name_of,
    phone_numbers,
    plain,
    web_address,
)
from aftercare_platform.kernel.vocabulary import Attribute, Kind

_RUNNING: Final = frozenset({"", "verified", "active", *"0123456789"})
_STOPPED: Final = frozenset({"inactive", "defunct", "closed"})
_ALL_DAY: Final = "24 hours"
# The export's own words, its spelling included.
_ACCESS: Final = {"ADA Complaint": True, "ADA Compliant": True, "Not ADA Complaint": False}
_CREDENTIALS: Final = {"CARF": "carf", "The Joint Commission": "joint_commission"}


def read(files: Sequence[SourceFile], options: ReadOptions) -> Iterator[Outcome]:
    """Each service at a location, or why not. Raises `InvalidArgument` for missing or foreign files."""
    export = Export(files)
    return verdicts(export.pairs(), lambda pair, reading: _draft(pair, export, options, reading))


def _draft(pair: Pair, export: Export, options: ReadOptions, reading: Reading) -> Draft:
    service, key = pair.service, plain(pair.service["service_recordid"])
    name = name_of(service["service_name"], "service_name")
    refuse_test("service_name", name)
    organization = _organization(service, export, reading)
    location = _location(pair.location, export, options, reading) if pair.location is not None else None
    meanings = _meanings(key, export, reading)
    kinds = frozenset(kind for found in meanings for kind in found.kinds)
    sessions, hours = _hours(pair, export, location.timezone if location else options.timezone, reading)
    record = ListingRecord(
        source_key=f"{key}@{location.source_key}" if location else key,
        organization=organization,
        service=_service(service, key, name, export, reading),
        location=location,
        row=reading.row,
        status=_status(service),
        kinds=kinds,
        facts=settled(
            one_gender_only(
                (*_facts(pair, key, meanings, export, reading), *_family_facts(kinds, name, organization))
            )
        ),
        sessions=sessions,
        hours_text=hours,
    )
    return Draft(record)


def _status(service: Cells) -> Status:
    text = plain(service.get("service_status"))
    if text.casefold() in _STOPPED:
        return Status.INACTIVE
    if text.casefold() not in _RUNNING:
        raise doubtful("service_status", text, "is no status of this export")
    return Status.ACTIVE


def _organization(service: Cells, export: Export, reading: Reading) -> OrganizationPart:
    key = plain(service["service_organization"])
    row = export.organizations.get(key)
    if row is None:
        raise doubtful(
            "service_organization", key, "names no organization; somebody must say whose service this is"
        )
    name = name_of(row["name"], "organization name")
    refuse_test("organization name", name)
    return OrganizationPart(
        source_key=key,
        name=name,
        description=described(row.get("description")),
        url=web_address(row.get("url"), "organization url", reading),
        email=email_address(row.get("email"), "organization email", reading),
        phones=_phones(row.get("organization_phones"), export, reading),
    )


def _service(service: Cells, key: str, name: str, export: Export, reading: Reading) -> ServicePart:
    return ServicePart(
        source_key=key,
        name=name,
        description=described(service.get("service_description"), service.get("service_application_process")),
        url=web_address(service.get("service_url"), "service_url", reading),
        email=email_address(service.get("service_email"), "service_email", reading),
        phones=_phones(service.get("service_phones"), export, reading),
    )


def _location(row: Cells, export: Export, options: ReadOptions, reading: Reading) -> LocationPart:
    addresses = [
        export.addresses[key] for key in ids(row.get("location_address", "")) if key in export.addresses
    ]
    address: Cells = addresses[0] if addresses else {}
    raw = RawPlace(
        address_1=address.get("address_1"),
        address_2=address.get("address_2"),
        city=address.get("city"),
        state=address.get("state_province"),
        postal_code=address.get("postal_code"),
        country=address.get("country"),
        latitude=row["latitude"],
        longitude=row["longitude"],
        timezone=options.timezone,
    )
    location = LocationPart(
        source_key=plain(row["id"]),
        name=plain(row["name"]),
        description=described(row.get("description"), row.get("transportation")),
        phones=_phones(row.get("location_phones"), export, reading),
    )
    return read_place(raw, location, reading)


def _phones(cell: str | None, export: Export, reading: Reading) -> tuple[str, ...]:
    rows = [export.phones[key] for key in ids(cell or "") if key in export.phones]
    numbers: list[object] = []
    for row in rows:
        extension = "".join(sign for sign in row.get("extension", "") if sign.isdigit())
        number = plain(row["number"])
        numbers.append(f"{number} x{extension}" if number and extension else number)
    return phone_numbers(numbers, "phones", reading)


def _meanings(key: str, export: Export, reading: Reading) -> list[Meaning]:
    found: list[Meaning] = []
    for term_id in dict.fromkeys(export.terms_of.get(key, [])):
        term = export.terms.get(term_id)
        title = plain(term["taxonomy_name"]) if term is not None else ""
        meanings = (
            meanings_of(title, _parents(term, export), _branch(term, export)) if term is not None else []
        )
        if not meanings:
            reading.note("taxonomy_term", title or term_id, "is not an Open Eligibility term; not used")
        found += meanings
    return found


def _parents(term: Cells, export: Export) -> list[str]:
    parents = ids(term.get("taxonomy_parent_name", ""))
    return [plain(export.terms[parent]["taxonomy_name"]) for parent in parents if parent in export.terms]


def _branch(term: Cells, export: Export) -> str:
    """Service terms and client situations share titles ("Housing"); the term's taxonomy tells them apart."""
    named = export.branches.get(term.get("taxonomy", ""), {}).get("name", "") or term.get(
        "taxonomy_vocabulary", ""
    )
    if not named:
        return ""
    return SITUATIONS if "situation" in named.casefold() or "eligibility" in named.casefold() else SERVICES


def _facts(
    pair: Pair, key: str, meanings: list[Meaning], export: Export, reading: Reading
) -> Iterator[FactValue]:
    for found in meanings:
        yield from found.facts
    for language in export.languages_of.get(key, []):
        if entry := load("languages.json").get(plain(language).casefold()):
            yield from meaning(entry).facts
    for access in export.access_of.get(pair.location["id"], []) if pair.location is not None else ():
        if access in _ACCESS:
            yield FactValue(Attribute.ACCESSIBILITY, "wheelchair", holds=_ACCESS[access])
    for column, attribute in (("minimum_age", Attribute.MINIMUM_AGE), ("maximum_age", Attribute.MAXIMUM_AGE)):
        text = plain(pair.service.get(column))
        if text.isdecimal() and len(text) < 3:
            yield FactValue(attribute, quantity=int(text))
        elif text:
            reading.note(column, text, "is not a whole number of years; not used")
    if credential := _CREDENTIALS.get(plain(pair.service.get("service_accreditations"))):
        yield FactValue(Attribute.CREDENTIAL, credential, holds=True)


def _family_facts(kinds: frozenset[Kind], name: str, organization: OrganizationPart) -> tuple[FactValue, ...]:
    family = family_fellowship_of(name, organization.name) if Kind.SUPPORT_GROUP in kinds else None
    return facts_of_fellowship(family) if family else ()


def _hours(pair: Pair, export: Export, timezone: str, reading: Reading) -> tuple[tuple[Session, ...], str]:
    """The weekly hours that can be read, and all hours as text. A service's own come before its place's."""
    keys = ids(pair.service.get("service_schedule", ""))
    if not keys and pair.location is not None:
        keys = ids(pair.location.get("location_schedule", ""))
    rows = [export.schedules[key] for key in dict.fromkeys(keys) if key in export.schedules]
    sessions: list[Session] = []
    words: list[str] = []
    for row in rows:
        text = " ".join(filter(None, (plain(row["weekday"]), plain(row["opens"]))))
        text += f" - {closes}" if (closes := plain(row["closes"])) else ""
        found = _weekly(row, timezone)
        if found is None and text:
            reading.note("schedule", text, "is kept as text only: not weekly, or not understood")
        sessions += found or ()
        words.append(text)
    return in_order(sessions), "; ".join(dict.fromkeys(filter(None, words)))


def _weekly(row: Cells, timezone: str) -> tuple[Session, ...] | None:
    """The spans of a schedule row; none on days stated as closed; None where it cannot be read."""
    opens, closes = plain(row["opens"]), plain(row["closes"])
    if opens.casefold() == "closed":
        return ()
    if row.get("schedule_holiday") == "1" or not timezone:
        return None
    if opens.casefold() == _ALL_DAY:
        opens = closes = "00:00"
    return read_span(plain(row["weekday"]), opens, closes, timezone)
