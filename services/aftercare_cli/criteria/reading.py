"""From what was said to the criteria of the contract. Unknown words are answered with the right ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aftercare.type.v1 import criteria_pb2 as pb
from aftercare.type.v1 import kind_pb2
from aftercare.type.v1.place_pb2 import GeoPoint
from aftercare_cli.criteria.times import weekly_times
from aftercare_cli.criteria.words import CriteriaWords
from aftercare_cli.shown.words import normal, number_of, unknown_word
from aftercare_platform.kernel.errors import invalid
from aftercare_platform.kernel.vocabulary import TERMS, Attribute

METERS_PER_MILE: Final = 1609.344

LANGUAGES: Final = {
    "english": "en",
    "spanish": "es",
    "french": "fr",
    "amharic": "am",
    "arabic": "ar",
    "chinese": "zh",
    "haitian-creole": "ht",
    "hindi": "hi",
    "korean": "ko",
    "portuguese": "pt",
    "russian": "ru",
    "somali": "so",
    "tagalog": "tl",
    "urdu": "ur",
    "vietnamese": "vi",
    "sign-language": "ase",
}
"""Names of languages that may be said in place of their ISO 639 codes."""


def criteria_of(words: CriteriaWords) -> pb.Criteria:
    """The criteria; every word that is not known fails with its option's name and the right words."""
    criteria = pb.Criteria(
        needs=[_need(word) for word in words.need],
        languages=[_language(word) for word in words.language or ()],
        payers=_terms(Attribute.PAYER, words.insurance, "--insurance"),
        medicines=_terms(Attribute.MEDICINE_ACCEPTED, words.medicine, "--medicine"),
        free_times=[time for text in words.free or () for time in weekly_times(text, field="--free")],
        access_needs=_terms(Attribute.ACCESSIBILITY, words.access, "--access"),
        with_children=words.children,
        records=_terms(Attribute.RECORD_ACCEPTED, words.record, "--record"),
        populations=_terms(Attribute.POPULATION, words.population, "--population"),
        sober_days=words.sober_days,
        wishes=[_wish(text) for text in words.wish or ()],
        excluded_listing_ids=words.exclude or (),
        safety_zones=[_zone(text) for text in words.avoid or ()],
        max_distance_meters=None if words.miles is None else words.miles * METERS_PER_MILE,
        budget_cents_per_month=None if words.budget is None else _cents(words.budget),
    )
    if words.point:
        latitude, longitude = _numbers(words.point, 2, "--point")
        criteria.point.CopyFrom(GeoPoint(latitude=latitude, longitude=longitude))
    elif words.zip:
        criteria.zip = words.zip
    else:
        raise invalid("--zip", "say where the client will live: --zip 20011, or --point latitude,longitude")
    return criteria


def profile_of(words: CriteriaWords, *, age: int | None, gender: str) -> pb.MatchProfile:
    """A profile for a preview: criteria, an age and a gender of nobody in particular."""
    number = number_of(pb.Gender.DESCRIPTOR, gender, field="--gender") if gender else 0
    return pb.MatchProfile(
        criteria=criteria_of(words),
        age_years=age,
        gender=pb.Gender.ValueType(number),
        tie_key="preview",
    )


def _need(text: str) -> pb.Need:
    word, _, count = text.partition(":")
    if count and not count.isdecimal():
        raise invalid("--need", f"{text!r}: behind the colon stands how many options, 1 to 20")
    kind = kind_pb2.Kind.ValueType(number_of(kind_pb2.Kind.DESCRIPTOR, word, field="--need"))
    return pb.Need(kind=kind, option_count=int(count or 0))


def _wish(text: str) -> pb.Wish:
    wanted, _, kinds = text.partition("@")
    name, equals, term = wanted.partition("=")
    if not equals:
        raise invalid("--wish", f"{text!r} is not attribute=term, such as population=lgbtq")
    number = number_of(kind_pb2.Attribute.DESCRIPTOR, name, field="--wish")
    numbers = [number_of(kind_pb2.Kind.DESCRIPTOR, kind, field="--wish") for kind in kinds.split(",") if kind]
    attribute = Attribute(normal(name).replace("-", "_"))
    return pb.Wish(
        attribute=kind_pb2.Attribute.ValueType(number),
        term=_language(term) if attribute is Attribute.LANGUAGE else _term(attribute, term, "--wish"),
        kinds=[kind_pb2.Kind.ValueType(kind) for kind in numbers],
    )


def _terms(attribute: Attribute, words: Sequence[str] | None, field: str) -> list[str]:
    return [_term(attribute, word, field) for word in words or ()]


def _term(attribute: Attribute, word: str, field: str) -> str:
    """A term of a closed list, however it is spelt; of an attribute without a list, the word as it is."""
    terms = TERMS.get(attribute)
    if terms is None:
        return word
    found = {normal(term): term for term in terms}
    if normal(word) not in found:
        raise unknown_word(field, word, list(found))
    return found[normal(word)]


def _language(word: str) -> str:
    known = normal(word)
    if known in LANGUAGES:
        return LANGUAGES[known]
    if known.isascii() and known.isalpha() and len(known) in {2, 3}:
        return known
    raise unknown_word("--language", word, list(LANGUAGES))


def _zone(text: str) -> pb.SafetyZone:
    latitude, longitude, miles = _numbers(text, 3, "--avoid")
    center = GeoPoint(latitude=latitude, longitude=longitude)
    return pb.SafetyZone(center=center, radius_meters=miles * METERS_PER_MILE)


def _numbers(text: str, count: int, field: str) -> list[float]:
    """So many numbers with commas between; their bounds are the service's to check."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise invalid(field, f"{text!r} is not {count} numbers with commas between")
    return numbers


def _cents(dollars: float) -> int:
    """Whole cents; of a number that is none the service would never hear, so it is refused here."""
    if not 0 <= dollars <= 100_000:
        raise invalid("--budget", f"{dollars} is not between 0 and 100000 dollars per month")
    return round(dollars * 100)
