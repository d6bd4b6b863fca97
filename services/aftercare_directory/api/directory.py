"""DirectoryService: each method converts, does, converts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from aftercare.directory.v1 import directory_pb2 as pb
from aftercare.directory.v1 import directory_pb2_grpc, resources_pb2
from aftercare.type.v1 import capacity_pb2
from aftercare_directory.conversions import capacity, changes, entries, listings
from aftercare_directory.domain.entries import Location, Organization, Service
from aftercare_directory.ports import DirectoryRecords, Transactions
from aftercare_directory.usecases import editing, exporting, reading, reporting
from aftercare_directory.usecases.reading import Paging
from aftercare_directory.usecases.rights import speaks
from aftercare_platform.rpc.call import caller_of, unit_of
from aftercare_platform.sql.work import Unit

Context = Any
"""The servicer context; who calls and in which unit is asked of the platform."""


class DirectoryServicer(directory_pb2_grpc.DirectoryServiceServicer):
    """Keeps what is publicly known of places that help."""

    def __init__(self, records_of: Callable[[Unit], DirectoryRecords], work: Transactions) -> None:
        self._records_of = records_of
        self._work = work

    def _records(self, context: Context) -> DirectoryRecords:
        return self._records_of(unit_of(context))

    async def CreateOrganization(
        self, request: pb.CreateOrganizationRequest, context: Context
    ) -> resources_pb2.Organization:
        values = entries.organization_values(request.organization)
        created = await editing.create_organization(values, self._records(context))
        return entries.organization_to_proto(created)

    async def GetOrganization(
        self, request: pb.GetOrganizationRequest, context: Context
    ) -> resources_pb2.Organization:
        found = await reading.get_entry(Organization, request.id, self._records(context))
        return entries.organization_to_proto(found)

    async def ListOrganizations(
        self, request: pb.ListOrganizationsRequest, context: Context
    ) -> pb.ListOrganizationsResponse:
        paging = Paging(request.page_size, request.page_token)
        page = await reading.list_entries(Organization, "", paging, self._records(context))
        return pb.ListOrganizationsResponse(
            organizations=map(entries.organization_to_proto, page.items), next_page_token=page.next_token
        )

    async def UpdateOrganization(
        self, request: pb.UpdateOrganizationRequest, context: Context
    ) -> resources_pb2.Organization:
        edit = entries.organization_edit(request)
        updated = await editing.update_organization(edit, self._records(context))
        return entries.organization_to_proto(updated)

    async def CreateService(
        self, request: pb.CreateServiceRequest, context: Context
    ) -> resources_pb2.Service:
        values, owner = entries.service_values(request.service), request.service.organization_id
        created = await editing.create_service(owner, values, self._records(context))
        return entries.service_to_proto(created)

    async def GetService(self, request: pb.GetServiceRequest, context: Context) -> resources_pb2.Service:
        found = await reading.get_entry(Service, request.id, self._records(context))
        return entries.service_to_proto(found)

    async def ListServices(
        self, request: pb.ListServicesRequest, context: Context
    ) -> pb.ListServicesResponse:
        paging = Paging(request.page_size, request.page_token)
        page = await reading.list_entries(Service, request.organization_id, paging, self._records(context))
        return pb.ListServicesResponse(
            services=map(entries.service_to_proto, page.items), next_page_token=page.next_token
        )

    async def UpdateService(
        self, request: pb.UpdateServiceRequest, context: Context
    ) -> resources_pb2.Service:
        updated = await editing.update_service(entries.service_edit(request), self._records(context))
        return entries.service_to_proto(updated)

    async def CreateLocation(
        self, request: pb.CreateLocationRequest, context: Context
    ) -> resources_pb2.Location:
        values, owner = entries.location_values(request.location), request.location.organization_id
        created = await editing.create_location(owner, values, self._records(context))
        return entries.location_to_proto(created)

    async def GetLocation(self, request: pb.GetLocationRequest, context: Context) -> resources_pb2.Location:
        found = await reading.get_entry(Location, request.id, self._records(context))
        return entries.location_to_proto(found)

    async def ListLocations(
        self, request: pb.ListLocationsRequest, context: Context
    ) -> pb.ListLocationsResponse:
        paging = Paging(request.page_size, request.page_token)
        page = await reading.list_entries(Location, request.organization_id, paging, self._records(context))
        return pb.ListLocationsResponse(
            locations=map(entries.location_to_proto, page.items), next_page_token=page.next_token
        )

    async def UpdateLocation(
        self, request: pb.UpdateLocationRequest, context: Context
    ) -> resources_pb2.Location:
        updated = await editing.update_location(entries.location_edit(request), self._records(context))
        return entries.location_to_proto(updated)

    async def CreateListing(
        self, request: pb.CreateListingRequest, context: Context
    ) -> resources_pb2.Listing:
        values, at = listings.listing_values(request.listing), listings.place_of_listing(request.listing)
        created = await editing.create_listing(*at, values, self._records(context))
        return listings.listing_to_proto(created)

    async def GetListing(self, request: pb.GetListingRequest, context: Context) -> resources_pb2.Listing:
        shown = await reading.get_listing(request.id, self._records(context))
        return listings.listing_to_proto(shown)

    async def ListListings(
        self, request: pb.ListListingsRequest, context: Context
    ) -> pb.ListListingsResponse:
        only, paging = listings.filter_from_proto(request), Paging(request.page_size, request.page_token)
        page = await reading.list_listings(only, paging, self._records(context))
        return pb.ListListingsResponse(
            listings=map(listings.listing_to_proto, page.items), next_page_token=page.next_token
        )

    async def UpdateListing(
        self, request: pb.UpdateListingRequest, context: Context
    ) -> resources_pb2.Listing:
        shown = await editing.update_listing(listings.listing_edit(request), self._records(context))
        return listings.listing_to_proto(shown)

    async def ReportCapacity(
        self, request: pb.ReportCapacityRequest, context: Context
    ) -> capacity_pb2.Capacity:
        report = capacity.report_from_proto(request, by=speaks(self._records(context)))
        standing = await reporting.report_capacity(request.listing_id, report, self._records(context))
        return capacity.capacity_to_proto(standing)

    async def ListChanges(self, request: pb.ListChangesRequest, context: Context) -> pb.ListChangesResponse:
        found = await reading.list_changes(request.cursor, request.page_size, self._records(context))
        return changes.changes_to_proto(found, cursor=request.cursor)

    async def ExportListings(
        self,
        request: pb.ExportListingsRequest,
        context: Context,
    ) -> AsyncIterator[pb.ExportListingsResponse]:
        async for item in exporting.export_listings(caller_of(context), self._work):
            yield changes.export_to_proto(item)
