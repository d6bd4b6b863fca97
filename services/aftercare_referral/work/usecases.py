"""The work list: every open referral of a program, the most pressing first."""

from __future__ import annotations

from dataclasses import dataclass, field

from aftercare_platform.kernel.paging import decode_token, encode_token
from aftercare_platform.kernel.paging import page_size as checked_size
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.model import Client
from aftercare_referral.client.usecases import clients_by_id
from aftercare_referral.referral.following import Holder
from aftercare_referral.referral.model import Terms
from aftercare_referral.referral.standing import Standing, standings
from aftercare_referral.referral.storage import open_referrals


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One open referral, with the name of its client."""

    standing: Standing
    client_name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Some work, and the token of the next page (empty on the last)."""

    items: list[WorkItem]
    next_token: str


async def list_work(
    unit: Unit,
    terms: Terms,
    *,
    holder: Holder | None,
    overdue_only: bool,
    page_size: int = 0,
    page_token: str = "",
) -> WorkPage:
    """Open referrals by due time, so that what is overdue comes first; only the page's clients are opened."""
    size, after = checked_size(page_size), decode_token(page_token)
    found = [
        (_place(standing), standing)
        for standing in await standings(unit, await open_referrals(unit), terms)
        if (holder is None or standing[1].holder is holder)
        and (not overdue_only or standing[1].is_overdue(unit.now))
    ]
    rest = sorted((item for item in found if item[0] > after), key=lambda item: item[0])
    page = rest[:size]
    clients = await clients_by_id(unit, {standing[0].client_id for _, standing in page})
    items = [WorkItem(standing, _name(clients, standing)) for _, standing in page]
    return WorkPage(items, encode_token(page[-1][0] if len(rest) > size else ""))


def _place(standing: Standing) -> str:
    """Where it stands in the list: by due time, then by age."""
    referral, status = standing
    return f"{status.due_at.isoformat() if status.due_at else '9'}|{referral.id}"


def _name(clients: dict[str, Client], standing: Standing) -> str:
    client = clients.get(standing[0].client_id)
    return f"{client.given_name} {client.family_name}" if client else ""
