"""What a planner may ask for: words, places and times that make sense, with the field named where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from aftercare.type.v1 import criteria_pb2
from aftercare_platform.contract.words import ATTRIBUTE_OF
from aftercare_platform.kernel.errors import InvalidArgument, Violation
from aftercare_platform.kernel.vocabulary import FLAGS, QUANTITY_UNITS, Attribute, check_term
from aftercare_platform.places.zip import require_zip_place

DECIMALS = 3
"""Of a point, about a hundred meters: near enough to judge a distance, too coarse to name a door."""

_WORDS = {
    "languages": Attribute.LANGUAGE,
    "payers": Attribute.PAYER,
    "medicines": Attribute.MEDICINE_ACCEPTED,
    "access_needs": Attribute.ACCESSIBILITY,
    "records": Attribute.RECORD_ACCEPTED,
    "populations": Attribute.POPULATION,
}


def checked(criteria: criteria_pb2.Criteria) -> criteria_pb2.Criteria:
    """The criteria as they are kept: a point is rounded. InvalidArgument names every field that is wrong."""
    violations = [*_problems(criteria)]
    if violations:
        raise InvalidArgument(violations)
    kept = criteria_pb2.Criteria()
    kept.CopyFrom(criteria)
    if kept.HasField("point"):
        kept.point.latitude = round(kept.point.latitude, DECIMALS)
        kept.point.longitude = round(kept.point.longitude, DECIMALS)
    return kept


def _problems(criteria: criteria_pb2.Criteria) -> Iterator[Violation]:
    if criteria.HasField("zip"):
        yield from _refusal(partial(require_zip_place, criteria.zip, field="criteria.zip"))
    for name, attribute in _WORDS.items():
        yield from _wrong_words(f"criteria.{name}", attribute, getattr(criteria, name))
    for index, wish in enumerate(criteria.wishes):
        field = f"criteria.wishes[{index}]"
        attribute = ATTRIBUTE_OF[wish.attribute]
        if attribute in QUANTITY_UNITS:
            yield Violation(f"{field}.attribute", f"{attribute} is a quantity and cannot be wished for")
        else:
            yield from _wrong_words(f"{field}.term", attribute, [wish.term], is_list=False)
    for index, span in enumerate(criteria.free_times):
        if span.closes and span.closes <= span.opens:
            yield Violation(
                f"criteria.free_times[{index}].closes",
                f"{span.closes} is not after {span.opens} of the same day",
            )


def _wrong_words(
    field: str, attribute: Attribute, terms: Iterable[str], *, is_list: bool = True
) -> Iterator[Violation]:
    for index, term in enumerate(terms):
        place = f"{field}[{index}]" if is_list else field
        if not term and attribute not in FLAGS:
            yield Violation(place, f"give a term of {attribute}")
        else:
            yield from _refusal(partial(check_term, attribute, term, field=place))


def _refusal(check: Callable[[], object]) -> Iterator[Violation]:
    try:
        check()
    except InvalidArgument as error:
        yield from error.violations
