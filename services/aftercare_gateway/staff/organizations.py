"""Organizations by name: consents and disclosures hold their ids."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aftercare.directory.v1 import directory_pb2
from aftercare_gateway.http.visit import Visit
from aftercare_platform.kernel.errors import NotFound, Unavailable


async def names_of(visit: Visit, ids: Iterable[str]) -> dict[str, str]:
    """The name of each organization; the id itself where the directory does not know it or is away."""
    wanted = sorted(set(ids))
    found = await asyncio.gather(*(_name(visit, id) for id in wanted))
    return dict(zip(wanted, found, strict=True))


async def named_like(visit: Visit, text: str) -> dict[str, str]:
    """Organizations whose listings bear this text in their name: id by id, with the organization's name."""
    request = directory_pb2.ListListingsRequest(name_contains=text, page_size=50)
    answer = await visit.ask(visit.doors.directory.ListListings, request)
    return {one.organization_id: one.organization_name for one in answer.listings}


async def _name(visit: Visit, id: str) -> str:
    request = directory_pb2.GetOrganizationRequest(id=id)
    try:
        return (await visit.ask(visit.doors.directory.GetOrganization, request)).name
    except (NotFound, Unavailable):
        return id
