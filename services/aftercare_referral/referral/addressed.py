"""What an agency finds addressed to it: offers, with nothing about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aftercare_platform.access.caller import Caller
from aftercare_platform.kernel.paging import decode_token, encode_token
from aftercare_platform.kernel.paging import page_size as checked_size
from aftercare_platform.sql.work import SqlWork
from aftercare_referral.referral import storage
from aftercare_referral.referral.model import Offer
from aftercare_referral.signpost.finding import addressed_to
from aftercare_referral.signpost.tables import Signpost


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Some offers, newest first, and the token of the next page (empty on the last)."""

    offers: list[Offer]
    next_token: str


async def list_offers(
    work: SqlWork, caller: Caller, *, open_only: bool, page_size: int, page_token: str
) -> OfferPage:
    """The offers that were sent to the calling agency's organization.

    A unit sees one program, and an agency is asked by several: each program's offers are read in a unit
    of its own.
    """
    size = checked_size(page_size)
    organization_id = caller.require_agency().organization_id
    async with work.read(caller) as unit:
        posts = await addressed_to(
            unit, organization_id, open_only=open_only, before=decode_token(page_token), limit=size + 1
        )
    page = posts[:size]
    offers = [offer for program_id in {post.program_id for post in page}
              for offer in await _offers_in(work, caller, program_id, page)]  # fmt: skip
    offers.sort(key=lambda offer: offer.id, reverse=True)
    return OfferPage(offers, encode_token(page[-1].aggregate_id if len(posts) > size else ""))


async def _offers_in(
    work: SqlWork, caller: Caller, program_id: str, posts: Sequence[Signpost]
) -> list[Offer]:
    wanted = [post.aggregate_id for post in posts if post.program_id == program_id]
    async with work.read(caller) as unit:
        unit.enter_program(program_id)
        return list((await storage.offers_by_id(unit, wanted)).values())
