"""Asking the copy: whether a listing can be offered, and whether a place is left."""

from __future__ import annotations

from sqlmodel import col, or_, update

from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.kernel.vocabulary import Kind
from aftercare_platform.sql.work import Unit
from aftercare_referral.listing_copy.tables import CapacityCopy, ListingCopy
from aftercare_referral.referral.model import ListingNotOfferable, NoPlaceLeft


async def offerable_listing(unit: Unit, listing_id: str, kind: Kind) -> ListingCopy:
    """The copy of a listing that can be offered for a need of this kind.

    `NotFound` for one that was never told of, `ListingNotOfferable` for one that is inactive or of
    other kinds.
    """
    listing = await unit.session.get(ListingCopy, listing_id)
    if listing is None:
        raise NotFound
    if not listing.is_active:
        raise ListingNotOfferable(why="is not in use any more")
    if kind.value not in listing.kinds:
        known = ", ".join(kind.replace("_", " ") for kind in listing.kinds) or "of no kind"
        raise ListingNotOfferable(why=f"is no {kind.value.replace('_', ' ')} but {known}")
    return listing


async def take_place(unit: Unit, listing_id: str) -> None:
    """Count an acceptance against the last report, in the same compare-and-set; `NoPlaceLeft` beyond it.

    A number that is unknown or has expired refuses nobody.
    """
    places = await unit.session.get(CapacityCopy, listing_id)
    if places is None:
        return
    is_stale = or_(col(CapacityCopy.available).is_(None), col(CapacityCopy.expires_at) <= unit.now)
    changed = await unit.session.execute(
        update(CapacityCopy)
        .where(col(CapacityCopy.listing_id) == listing_id)
        .where(or_(is_stale, col(CapacityCopy.taken) < col(CapacityCopy.available)))
        .values(taken=CapacityCopy.taken + 1)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise NoPlaceLeft(available=places.available)
