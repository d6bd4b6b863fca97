"""Written consents, and what they permit; pure, with time given.

The elements of a consent are those of 42 CFR 2.31(a) as amended by 89 FR 12472 (2024). A consent that
lacks one is kept as a draft and permits nothing. Every denial names one element and its mend; every
permit names the consent, its version and its scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from aftercare_platform.kernel.errors import Conflict, invalid


class Category(StrEnum):
    """What a consent lets be told."""

    IDENTITY = "identity"
    CONTACT = "contact"
    TREATMENT = "treatment"
    MEDICATION = "medication"
    INSURANCE = "insurance"
    NEEDS = "needs"


class Purpose(StrEnum):
    """What a consent is for. Either purpose covers an offer: being referred is part of treatment."""

    TREATMENT_PAYMENT_OPERATIONS = "treatment_payment_operations"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Form:
    """What the signed paper says. What is empty, None or False does not stand on it."""

    discloser: str = field(default="", repr=False)
    categories: frozenset[Category] = frozenset()
    recipients: frozenset[str] = frozenset()
    """Organizations of the directory, by id; each is named, never meant by a class of recipients."""
    purposes: frozenset[Purpose] = frozenset()
    states_right_to_revoke: bool = False
    expires_on: date | None = None
    """The last day on which it holds, until midnight UTC."""
    expiration_event: str = field(default="", repr=False)
    """What ends it, in words. No machine sees it happen: whoever does withdraws the consent."""
    signer_name: str = field(default="", repr=False)
    signed_at: datetime | None = None
    states_redisclosure: bool = False
    states_consequences_of_refusal: bool = False
    states_hipaa_redisclosure: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """A recorded consent; what it says never changes, it can only be withdrawn."""

    id: str
    episode_id: str
    client_id: str
    form: Form
    version: int
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """What may be told, and by which consent."""

    consent_id: str
    consent_version: int
    fields: frozenset[str]
    """Names of the fields in its scope."""
    purpose: Purpose
    scope: str
    """The scope in words, which goes with each disclosure: 42 CFR 2.32(b)."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Why nothing may be told: the element that stands in the way, and what would mend it."""

    element: str
    why: str
    mend: str
    nearness: int = 0
    """How many checks had passed before; of several denials the nearest one is the useful one."""


class ConsentMissing(Conflict):
    """No consent permits this disclosure: {why}. {mend}."""

    reason = "CONSENT_MISSING"
    is_denial = True

    def __init__(self, denial: Denial) -> None:
        super().__init__(element=denial.element, why=denial.why, mend=denial.mend)


class RevokedAlready(Conflict):
    """Consent {id} is withdrawn already."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element that a consent must have."""

    name: str
    """As the contract calls its field."""
    cite: str
    what: str
    mend: str
    is_stated: Callable[[Form], bool]
    only_for: Purpose | None = None
    """Asked for only where the consent is for this purpose."""


_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_TPO: Final = Purpose.TREATMENT_PAYMENT_OPERATIONS

ELEMENTS: Final = (
    Element("discloser", "2.31(a)(2)", "who may disclose", "Record who may disclose, by name or class",
            lambda form: bool(form.discloser)),
    Element("categories", "2.31(a)(3)", "what may be disclosed", "Record at least one category",
            lambda form: bool(form.categories)),
    Element("recipient_organization_ids", "2.31(a)(4)(i)", "who may receive it",
            "Record each organization that may receive it",
            lambda form: bool(form.recipients)),
    Element("states_hipaa_redisclosure", "2.31(a)(4)(iii)", "the statement on redisclosure under HIPAA",
            "Have a form signed that states it, or one that is for the referral alone",
            lambda form: form.states_hipaa_redisclosure, _TPO),
    Element("purposes", "2.31(a)(5)", "what it is for", "Record each purpose",
            lambda form: bool(form.purposes)),
    Element("states_right_to_revoke", "2.31(a)(6)", "the right to revoke it",
            "Have a form signed that states the right to revoke, its limit and how",
            lambda form: form.states_right_to_revoke),
    Element("expiration_date_or_event", "2.31(a)(7)", "exactly one of a last day and an event that ends it",
            "Record a last day or an event, one of the two",
            lambda form: (form.expires_on is None) != (not form.expiration_event)),
    Element("signer_name", "2.31(a)(8)", "the signature",
            "Have it signed by the client, or by who may sign for them",
            lambda form: bool(form.signer_name)),
    Element("sign_time", "2.31(a)(9)", "when it was signed", "Record when it was signed",
            lambda form: form.signed_at is not None),
    Element("states_redisclosure", "2.31(a)(10)(i)", "the statement that it may be redisclosed",
            "Have a form signed that states it, or one that is for the referral alone",
            lambda form: form.states_redisclosure, _TPO),
    Element("states_consequences_of_refusal", "2.31(a)(10)(ii)", "the consequences of refusing to sign",
            "Have a form signed that states them, or one that is for the referral alone",
            lambda form: form.states_consequences_of_refusal, _TPO),
)  # fmt: skip
"""What must stand on a consent, in the order of the rule. (1), the client's name, is that of its episode."""


def missing_elements(form: Form) -> list[Element]:
    """The elements that apply to the form and are not on it; none for a complete consent."""
    asked = (element for element in ELEMENTS if element.only_for in {None, *form.purposes})
    return [element for element in asked if not element.is_stated(form)]


def check_form(form: Form, *, now: datetime) -> None:
    """Refuse what no paper can say: a signature in the future."""
    if form.signed_at is not None and form.signed_at > now:
        raise invalid("sign_time", f"lies in the future; it is {now:%Y-%m-%d %H:%M} (UTC) now")


def permit(
    consents: Iterable[Consent], organization_id: str, fields: Mapping[str, Category], now: datetime
) -> Permit | Denial:
    """Whether, and how far, the consents of an episode let these fields go to the organization now.

    `fields` names what would be told, each with the category it belongs to. Fields outside the scope
    are left out of the permit; with none inside it there is no permit. One consent is named, never a
    sum of several: the one with the widest scope, then the latest signed.
    """
    if not fields:
        return _denied("kind", "an offer of this kind tells nobody anything", "Tell the client instead")
    latest_first = sorted(consents, key=lambda consent: (consent.form.signed_at or _NEVER, consent.id))[::-1]
    verdicts = [_judged(consent, organization_id, fields, now) for consent in latest_first]
    permits = [verdict for verdict in verdicts if isinstance(verdict, Permit)]
    if permits:
        return max(permits, key=lambda found: len(found.fields))
    denials = [verdict for verdict in verdicts if isinstance(verdict, Denial)]
    nothing = _denied("consent", "none is recorded for this episode", "Record the consent the client signed")
    return max(denials, key=lambda found: found.nearness, default=nothing)


def is_in_force(consent: Consent, organization_id: str, now: datetime) -> bool:
    """Whether the consent names the organization and, as of now, permits anything at all."""
    every = {category.value: category for category in Category}
    return isinstance(_judged(consent, organization_id, every, now), Permit)


def _judged(
    consent: Consent, organization_id: str, fields: Mapping[str, Category], now: datetime
) -> Permit | Denial:
    obstacle = _obstacle(consent, organization_id, now)
    if obstacle is not None:
        return obstacle
    form = consent.form
    told = frozenset(name for name, category in fields.items() if category in form.categories)
    if not told:
        wanted = ", ".join(sorted({WORDS[category] for category in fields.values()}))
        return _denied(
            "categories", f"consent {consent.id} covers none of: {wanted}",
            "Have a consent signed that covers what this place needs to know", 5,
        )  # fmt: skip
    purpose = Purpose.REFERRAL if Purpose.REFERRAL in form.purposes else _TPO
    return Permit(consent.id, consent.version, told, purpose, scope_in_words(form))


def _obstacle(consent: Consent, organization_id: str, now: datetime) -> Denial | None:
    """The first thing in the way of any disclosure to the organization."""
    form, which = consent.form, f"consent {consent.id}"
    if organization_id not in form.recipients:
        return _denied(
            "recipient_organization_ids", f"{which} does not name organization {organization_id}",
            "Have a consent signed that names it", 0,
        )  # fmt: skip
    if consent.revoked_at is not None:
        return _denied(
            "revoke_time", f"{which} was withdrawn", "Only a new consent, signed by the client, helps", 1
        )
    missing = missing_elements(form)
    if missing:
        first = missing[0]
        return _denied(first.name, f"{which} lacks {first.what} (42 CFR {first.cite})", first.mend, 2)
    if form.signed_at is not None and form.signed_at > now:
        return _denied("sign_time", f"{which} is signed in the future", "Wait until then, or sign anew", 3)
    if form.expires_on is not None and now.date() > form.expires_on:
        return _denied(
            "expiration_date", f"{which} held until {form.expires_on}", "Have a new consent signed", 4
        )
    return None


def _denied(element: str, why: str, mend: str, nearness: int = 0) -> Denial:
    return Denial(element, why, mend, nearness)


WORDS: Final = {
    Category.IDENTITY: "name and birth date",
    Category.CONTACT: "phone",
    Category.TREATMENT: "that, and for what, the person was in treatment",
    Category.MEDICATION: "medicines",
    Category.INSURANCE: "how care is paid",
    Category.NEEDS: "what the person needs of the place",
}
"""The categories as a reader of an offer or a refusal is told them."""

_PURPOSE_WORDS: Final = {
    Purpose.TREATMENT_PAYMENT_OPERATIONS: "treatment, payment and health care operations",
    Purpose.REFERRAL: "being referred to you",
}


def scope_in_words(form: Form) -> str:
    """What a complete consent covers, for its recipient: 42 CFR 2.32(b)."""
    purposes = "; ".join(_PURPOSE_WORDS[purpose] for purpose in Purpose if purpose in form.purposes)
    categories = "; ".join(WORDS[category] for category in Category if category in form.categories)
    end = f"through {form.expires_on}" if form.expires_on else f"until this happens: {form.expiration_event}"
    return (
        f"Disclosed with the written consent of the client, signed on {form.signed_at:%Y-%m-%d}. "
        f"It is for: {purposes}. It covers: {categories}. "
        f"It holds {end}, unless the client withdraws it before."
    )
