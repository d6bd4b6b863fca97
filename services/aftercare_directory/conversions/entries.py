"""Organizations, services and locations, to and from the contract."""

from __future__ import annotations

from typing import Any

from aftercare.directory.v1 import directory_pb2, resources_pb2
from aftercare.type.v1 import place_pb2
from aftercare_directory.conversions.words import (
    PRECISION_OF,
    PRECISIONS,
    STATUSES,
    VISIBILITIES,
    edit_of,
    sources_from_proto,
    sources_to_proto,
    status_from_proto,
    visibility_from_proto,
)
from aftercare_directory.domain.edits import Edit
from aftercare_directory.domain.entries import Location, Organization, Point, Service
from aftercare_platform.contract.words import time_from_proto, time_to_proto


def organization_to_proto(organization: Organization) -> resources_pb2.Organization:
    """The organization as it is answered."""
    return resources_pb2.Organization(
        id=organization.id,
        name=organization.name,
        description=organization.description,
        url=organization.url,
        email=organization.email,
        phone=organization.phone,
        status=STATUSES[organization.status],
        etag=organization.etag,
        sources=sources_to_proto(organization.sources),
        update_time=time_to_proto(organization.updated_at),
    )


def organization_from_proto(message: resources_pb2.Organization) -> Organization:
    """The organization in an answer."""
    return Organization(**_kept(message), **organization_values(message))


def organization_values(message: resources_pb2.Organization) -> dict[str, Any]:
    """What a request may set of an organization."""
    return {
        "name": message.name,
        "description": message.description,
        "url": message.url,
        "email": message.email,
        "phone": message.phone,
        "status": status_from_proto(message.status),
    }


def organization_edit(request: directory_pb2.UpdateOrganizationRequest) -> Edit:
    """The change a request asks for."""
    values = organization_values(request.organization)
    return edit_of(Organization, request.organization, request.update_mask, values)


def service_to_proto(service: Service) -> resources_pb2.Service:
    """The service as it is answered."""
    return resources_pb2.Service(
        id=service.id,
        organization_id=service.organization_id,
        name=service.name,
        description=service.description,
        url=service.url,
        email=service.email,
        phone=service.phone,
        application_process=service.application_process,
        fees=service.fees,
        status=STATUSES[service.status],
        etag=service.etag,
        sources=sources_to_proto(service.sources),
        update_time=time_to_proto(service.updated_at),
    )


def service_from_proto(message: resources_pb2.Service) -> Service:
    """The service in an answer."""
    return Service(**_kept(message), organization_id=message.organization_id, **service_values(message))


def service_values(message: resources_pb2.Service) -> dict[str, Any]:
    """What a request may set of a service."""
    return {
        "name": message.name,
        "description": message.description,
        "url": message.url,
        "email": message.email,
        "phone": message.phone,
        "application_process": message.application_process,
        "fees": message.fees,
        "status": status_from_proto(message.status),
    }


def service_edit(request: directory_pb2.UpdateServiceRequest) -> Edit:
    """The change a request asks for."""
    return edit_of(Service, request.service, request.update_mask, service_values(request.service))


def location_to_proto(location: Location) -> resources_pb2.Location:
    """The location as it is answered; give `outline(location)` where it must not be seen."""
    return resources_pb2.Location(
        id=location.id,
        organization_id=location.organization_id,
        name=location.name,
        address=location.address,
        city=location.city,
        state=location.state,
        zip=location.zip,
        county=location.county,
        point=point_to_proto(location.point),
        precision=PRECISIONS[location.precision],
        time_zone=location.time_zone,
        is_virtual=location.is_virtual,
        visibility=VISIBILITIES[location.visibility],
        etag=location.etag,
        sources=sources_to_proto(location.sources),
        update_time=time_to_proto(location.updated_at),
    )


def location_from_proto(message: resources_pb2.Location) -> Location:
    """The location in an answer."""
    return Location(
        **_kept(message),
        organization_id=message.organization_id,
        precision=PRECISION_OF[message.precision],
        **location_values(message),
    )


def location_values(message: resources_pb2.Location) -> dict[str, Any]:
    """What a request may set of a location."""
    return {
        "name": message.name,
        "address": message.address,
        "city": message.city,
        "state": message.state,
        "zip": message.zip,
        "county": message.county,
        "point": point_from_proto(message),
        "time_zone": message.time_zone,
        "is_virtual": message.is_virtual,
        "visibility": visibility_from_proto(message.visibility),
    }


def location_edit(request: directory_pb2.UpdateLocationRequest) -> Edit:
    """The change a request asks for."""
    return edit_of(Location, request.location, request.update_mask, location_values(request.location))


def point_to_proto(point: Point | None) -> place_pb2.GeoPoint | None:
    """The position; None where there is none."""
    return place_pb2.GeoPoint(latitude=point.latitude, longitude=point.longitude) if point else None


def point_from_proto(message: resources_pb2.Location | resources_pb2.ListingPlace) -> Point | None:
    """The position in a message; None where it has none."""
    if not message.HasField("point"):
        return None
    return Point(message.point.latitude, message.point.longitude)


def _kept(
    message: resources_pb2.Organization | resources_pb2.Service | resources_pb2.Location,
) -> dict[str, Any]:
    return {
        "id": message.id,
        "version": int(message.etag),
        "sources": sources_from_proto(message.sources),
        "updated_at": time_from_proto(message.update_time),
    }
