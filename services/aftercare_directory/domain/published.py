"""A listing as everybody may see it: joined with its service, organization and place.

The one gate for a confidential place: whatever leaves the directory about a listing (answers,
events, exports) is made from here, and of a confidential place here is only its county.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aftercare_directory.domain.entries import Listing, Location, Organization, Point, Service, SourceKey
from aftercare_directory.domain.record import Precision, Visibility
from aftercare_directory.domain.statements import Statement, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a listing is, as far as everybody may know; fields as in `Location`."""

    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    county: str = ""
    point: Point | None = None
    precision: Precision = Precision.UNKNOWN
    time_zone: str = ""
    is_virtual: bool = False
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class Published:
    """A listing with what belongs to it. Its `place` is the public one; the location stays behind it."""

    listing: Listing
    service: Service
    organization: Organization
    place: Place | None

    @property
    def name(self) -> str:
        """As a planner would say it."""
        return self.listing.name or self.service.name

    @property
    def phone(self) -> str:
        """Of the service, else of the organization."""
        return self.service.phone or self.organization.phone

    @property
    def url(self) -> str:
        """Of the service, else of the organization."""
        return self.service.url or self.organization.url

    @property
    def sources(self) -> tuple[SourceKey, ...]:
        """Where it was read from; of a confidential place nothing, as keys may be made of addresses."""
        is_hidden = self.place is not None and self.place.visibility is Visibility.CONFIDENTIAL
        return () if is_hidden else self.listing.sources

    @property
    def facts(self) -> tuple[Statement, ...]:
        """The statements that stand."""
        return standing(self.listing.statements)


def published(
    listing: Listing, service: Service, organization: Organization, location: Location | None
) -> Published:
    """The public view of a listing."""
    return Published(listing, service, organization, place_of(location) if location else None)


def place_of(location: Location) -> Place:
    """The public place of a location: all of it, or of a confidential one county, state and time zone."""
    hidden = outline(location) if location.visibility is Visibility.CONFIDENTIAL else location
    return Place(
        address=hidden.address,
        city=hidden.city,
        state=hidden.state,
        zip=hidden.zip,
        county=hidden.county,
        point=hidden.point,
        precision=hidden.precision,
        time_zone=hidden.time_zone,
        is_virtual=hidden.is_virtual,
        visibility=hidden.visibility,
    )


def outline(location: Location) -> Location:
    """What an outsider may know of a confidential location; its name and keys could give it away too."""
    return replace(
        location,
        name="",
        address="",
        city="",
        zip="",
        point=None,
        precision=Precision.UNKNOWN,
        sources=(),
    )
