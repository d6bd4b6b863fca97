"""Free places, as an agency or an administrator reports them."""

from __future__ import annotations

from aftercare_directory.domain.capacity import Capacity, CapacityReport, check_report, reported
from aftercare_directory.domain.entries import Listing
from aftercare_directory.ports import Records
from aftercare_directory.usecases.rights import own


async def report_capacity(listing_id: str, report: CapacityReport, records: Records) -> Capacity:
    """The capacity that now counts: the one reported, or a newer one that stands."""
    listing = await own(records, Listing, listing_id)
    check_report(report, now=records.now)
    current = (await records.capacities([listing_id])).get(listing_id)
    new = reported(current, report, listing_id=listing_id, kinds=listing.kinds, now=records.now)
    if new is not None:
        await records.report([new])
        records.touch(listing)
    standing = new or current
    if standing is None:
        raise AssertionError  # a first report is always taken
    return standing
