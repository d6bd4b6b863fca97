"""The one door: every byte about a client that leaves the program passes `disclose`.

Nothing else in the service hands a client's fields to an agency. A disclosure and its entry in the log
stand or fall together: the caller's unit of work holds both.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from aftercare.type.v1 import criteria_pb2
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.paging import decode_token, encode_token
from aftercare_platform.kernel.paging import page_size as checked_size
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.model import Client, Gender
from aftercare_referral.client.usecases import episode_client, get_client
from aftercare_referral.consent.notices import NOTICES, OFFER_NOTICE
from aftercare_referral.consent.offer_fields import OFFER_FIELDS
from aftercare_referral.consent.tables import DisclosureRow
from aftercare_referral.consent.usecases import permit_for


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What leaves: the fields, and what must go with them."""

    fields: dict[str, str] = field(repr=False)
    """Value by name, in the order in which they are shown; what may not be told or is unknown is absent."""
    notice: str = field(repr=False)
    """42 CFR 2.32(a)."""
    notice_id: str
    consent_scope: str = field(repr=False)
    """42 CFR 2.32(b)."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One entry of the log: names of fields, never their values."""

    id: str
    disclosed_at: datetime
    organization_id: str
    recipient: str
    fields: tuple[str, ...]
    purpose: str
    consent_id: str
    consent_version: int
    offer_id: str
    notice_id: str


@dataclass(frozen=True, slots=True)
class DisclosurePage:
    """Some disclosures, oldest first, and the token of the next page (empty on the last)."""

    disclosures: list[Disclosure]
    next_token: str


async def disclose(
    unit: Unit,
    *,
    episode_id: str,
    offer_id: str,
    organization_id: str,
    kind: Kind,
    criteria: criteria_pb2.Criteria,
    withheld: AbstractSet[str],
    recipient: str,
) -> Disclosed:
    """Open an offer's view of its client to `recipient` ("agency:<account id>"), and log that it was.

    The consent is asked now, in this unit: ConsentMissing when it does not permit, and then nothing is
    written. Otherwise exactly one entry is added to the log, also where the planner withheld every field.
    """
    asked = {"episode_id": episode_id, "organization_id": organization_id}
    permit = await permit_for(unit, **asked, kind=kind, now=unit.now)
    client = await episode_client(unit, episode_id)
    known = _known(client, criteria)
    told = [name for name in OFFER_FIELDS[kind] if name in permit.fields - withheld and known[name]]
    entry = DisclosureRow(
        program_id=unit.program_id,
        id=new_id(),
        disclosed_at=unit.now,
        client_id=client.id,
        offer_id=offer_id,
        **asked,
        recipient=recipient,
        fields=told,
        purpose=permit.purpose.value,
        consent_id=permit.consent_id,
        consent_version=permit.consent_version,
        notice_id=OFFER_NOTICE,
    )
    unit.session.add(entry)
    await unit.session.flush()
    unit.touch("disclosure", entry.id)
    return Disclosed({name: known[name] for name in told}, NOTICES[OFFER_NOTICE], OFFER_NOTICE, permit.scope)


async def list_disclosures(
    unit: Unit, client_id: str, *, page_size: int = 0, page_token: str = ""
) -> DisclosurePage:
    """The disclosures made of a client, oldest first; NotFound for a client the program does not have."""
    size = checked_size(page_size)
    await get_client(unit, client_id)
    query = select(DisclosureRow).where(
        col(DisclosureRow.client_id) == client_id, col(DisclosureRow.id) > decode_token(page_token)
    )
    rows = list(await unit.session.exec(query.order_by(col(DisclosureRow.id)).limit(size + 1)))
    page = [_disclosure(row) for row in rows[:size]]
    return DisclosurePage(page, encode_token(page[-1].id if len(rows) > size else ""))


def _known(client: Client, criteria: criteria_pb2.Criteria) -> dict[str, str]:
    """What could be told at all, by name; empty where it is not known."""
    return {
        "given_name": client.given_name,
        "family_name": client.family_name,
        "birth_date": client.birth_date.isoformat(),
        "gender": "" if client.gender is Gender.UNSTATED else client.gender.value,
        "phone": client.phone,
        "medicines": ", ".join(criteria.medicines),
        "languages": ", ".join(criteria.languages),
        "access_needs": ", ".join(criteria.access_needs),
        "with_children": "yes" if criteria.with_children else "",
        "sober_days": str(criteria.sober_days) if criteria.HasField("sober_days") else "",
        "payers": ", ".join(criteria.payers),
    }


def _disclosure(row: DisclosureRow) -> Disclosure:
    return Disclosure(
        id=row.id,
        disclosed_at=row.disclosed_at,
        organization_id=row.organization_id,
        recipient=row.recipient,
        fields=tuple(row.fields),
        purpose=row.purpose,
        consent_id=row.consent_id,
        consent_version=row.consent_version,
        offer_id=row.offer_id,
        notice_id=row.notice_id,
    )
