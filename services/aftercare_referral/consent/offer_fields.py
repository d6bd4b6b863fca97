"""What an offer of each kind may carry: the least that its agency needs to answer (42 CFR 2.13(a)).

A planner may withhold fields and can add none. Each field belongs to a category, which the consent
must cover. What the criteria know beyond these fields (records, budget, safety zones, where the client
will live) goes to nobody with an offer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from aftercare_platform.kernel.errors import invalid
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_referral.consent.model import Category

CATEGORY_OF: Final[Mapping[str, Category]] = MappingProxyType(
    {
        "given_name": Category.IDENTITY,
        "family_name": Category.IDENTITY,
        "birth_date": Category.IDENTITY,
        "phone": Category.CONTACT,
        "sober_days": Category.TREATMENT,
        "medicines": Category.MEDICATION,
        "payers": Category.INSURANCE,
        "gender": Category.NEEDS,
        "languages": Category.NEEDS,
        "access_needs": Category.NEEDS,
        "with_children": Category.NEEDS,
    }
)
"""Every field that can be told, with the category a consent must cover for it."""


def _of(names: str) -> Mapping[str, Category]:
    return MappingProxyType({name: CATEGORY_OF[name] for name in names.split()})


OFFER_FIELDS: Final[Mapping[Kind, Mapping[str, Category]]] = MappingProxyType(
    {
        # Mutual help is not asked (decision 8): nothing is told to anyone.
        Kind.SUPPORT_GROUP: _of(""),
        # A house decides who moves in: who they are, and what its rules turn on.
        Kind.SOBER_LIVING: _of(
            "given_name family_name birth_date gender phone medicines languages access_needs with_children "
            "sober_days payers"
        ),
        # A clinic opens a record, checks the insurance and goes on with the medicines.
        Kind.OUTPATIENT: _of(
            "given_name family_name birth_date gender phone medicines languages access_needs payers"
        ),
        # These call the person and learn the rest from them.
        Kind.VOCATIONAL: _of("given_name family_name phone languages access_needs"),
        Kind.COMMUNITY: _of("given_name family_name phone languages access_needs with_children"),
    }
)
"""The fields of an offer by kind, in the order in which they are shown."""


def check_withheld(kind: Kind, names: Iterable[str]) -> frozenset[str]:
    """The fields to withhold; InvalidArgument for a name that an offer of this kind does not have."""
    fields = OFFER_FIELDS[kind]
    withheld = frozenset(names)
    strange = sorted(withheld - fields.keys())
    if strange:
        known = ", ".join(fields) or "none"
        raise invalid(
            "withheld_fields", f"{', '.join(strange)}: not in an offer of this kind, which has: {known}"
        )
    return withheld
