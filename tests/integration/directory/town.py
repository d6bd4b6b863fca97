"""A directory as its real process: who calls it, and what its stream and its database hold."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc.aio
import pytest

from aftercare.directory.v1 import directory_pb2 as pb
from aftercare.directory.v1 import events_pb2, import_pb2, resources_pb2
from aftercare.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from aftercare.directory.v1.import_pb2_grpc import ImportServiceStub
from aftercare_platform.access.caller import Agency, Member
from aftercare_platform.bus.connection import Bus
from aftercare_platform.kernel.errors import AftercareError
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.roles import Role
from aftercare_platform.rpc.errors import error_of
from support.nats import Broker
from support.processes import Service

ADMINISTRATOR = Member(new_id(), new_id(), frozenset({Role.ADMINISTRATOR}), new_id())
PLANNER = Member(new_id(), ADMINISTRATOR.program_id, frozenset({Role.PLANNER}), new_id())


@dataclass
class Town:
    """A running directory, its broker and its folder."""

    service: Service
    broker: Broker
    bus: Bus

    @property
    def desk(self) -> DirectoryServiceStub:
        """The administrator's."""
        return self.stub(ADMINISTRATOR)

    def stub(self, person: Member | Agency) -> DirectoryServiceStub:
        return DirectoryServiceStub(self.service.channel(person=person))

    def agency(self, organization_id: str) -> DirectoryServiceStub:
        return self.stub(Agency(new_id(), organization_id, new_id(), new_id()))

    @property
    def imports(self) -> ImportServiceStub:
        return ImportServiceStub(self.service.channel(person=ADMINISTRATOR))

    @property
    def as_matching(self) -> DirectoryServiceStub:
        return DirectoryServiceStub(self.service.channel(as_service="matching"))

    @property
    def database(self) -> Path:
        return self.service.folder / "directory.sqlite"

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What the database holds, read beside the service."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    async def listing(
        self, name: str = "Harbor House", *, zip_code: str = "20001", **fields: object
    ) -> resources_pb2.Listing:
        """A listing with an organization, a service and a location of its own."""
        organization = await self.desk.CreateOrganization(
            pb.CreateOrganizationRequest(organization=resources_pb2.Organization(name=f"{name} Inc"))
        )
        service = await self.desk.CreateService(
            pb.CreateServiceRequest(service=resources_pb2.Service(organization_id=organization.id, name=name))
        )
        location = await self.desk.CreateLocation(
            pb.CreateLocationRequest(
                location=resources_pb2.Location(organization_id=organization.id, zip=zip_code)
            )
        )
        listing = resources_pb2.Listing(service_id=service.id, location_id=location.id, **fields)
        return await self.desk.CreateListing(pb.CreateListingRequest(listing=listing))

    async def take_in(
        self, files: dict[str, bytes], *, feed_format: str = "meeting_guide", source: str, **header: object
    ) -> Imported:
        """An import of these files, in small pieces."""

        async def requests() -> AsyncIterator[import_pb2.ImportListingsRequest]:
            yield import_pb2.ImportListingsRequest(
                header=import_pb2.ImportHeader(format=feed_format, source=source, **header)
            )
            for name, content in files.items():
                for start in range(0, max(len(content), 1), 1000):
                    piece = import_pb2.FilePiece(name=name, content=content[start : start + 1000])
                    yield import_pb2.ImportListingsRequest(piece=piece)

        answers = [answer async for answer in self.imports.ImportListings(requests())]
        return Imported(answers)

    async def published(self) -> list[tuple[str, int, bytes]]:
        """Every event of the directory, once all are published: subject, version, body."""
        for _ in range(500):
            if not self.rows("SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1"):
                break
            await asyncio.sleep(0.02)
        info = await self.bus.jetstream.stream_info("evt_directory")
        messages = [
            await self.bus.jetstream.get_msg("evt_directory", seq)
            for seq in range(1, info.state.last_seq + 1)
        ]
        return [(m.subject or "", int((m.headers or {})["version"]), m.data or b"") for m in messages]

    async def listing_events(self, listing_id: str) -> list[resources_pb2.Listing]:
        """The listing as each of its events told it, in order."""
        subject = f"evt.directory.listing.{listing_id}"
        return [
            events_pb2.ListingChanged.FromString(body).listing
            for told, _, body in await self.published()
            if told == subject
        ]


@dataclass
class Imported:
    """The answer to an import."""

    answers: Sequence[import_pb2.ImportListingsResponse]

    @property
    def report(self) -> dict[str, int]:
        """The account, without what is zero."""
        last = self.answers[-1].report
        counts = {field.name: getattr(last, field.name) for field in last.DESCRIPTOR.fields}
        return {name: count for name, count in counts.items() if count}

    @property
    def rows(self) -> list[tuple[str, int, str, str]]:
        """Each row that was worth a word: verdict, line, field, reason."""
        return [
            (
                import_pb2.Verdict.Name(answer.row.verdict).removeprefix("VERDICT_").lower(),
                answer.row.line,
                answer.row.field,
                answer.row.reason,
            )
            for answer in self.answers
            if answer.HasField("row")
        ]


async def refused(call: Awaitable[object]) -> AftercareError:
    """The error that a call is answered with."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return error_of(caught.value)


def meeting(slug: str, **fields: object) -> dict[str, object]:
    """A row of a Meeting Guide feed."""
    row = {
        "slug": slug,
        "name": f"Group {slug}",
        "day": 1,
        "time": "19:00",
        "end_time": "20:00",
        "types": ["O", "D"],
        "location": "Community Church",
        "address": "1 Main St",
        "city": "Washington",
        "state": "DC",
        "postal_code": "20001",
        "latitude": 38.9101,
        "longitude": -77.0182,
        "entity": "WAIA",
        "entity_phone": "202-555-0100",
        "updated": "2026-10-01 00:00:00",
    }
    return {name: value for name, value in (row | fields).items() if value is not None}


def feed(rows: Iterable[dict[str, object]]) -> dict[str, bytes]:
    """A Meeting Guide feed of these rows, one per line, so that line n+1 holds row n."""
    lines = ",\n".join(json.dumps(row) for row in rows)
    return {"meetings.json": f"[\n{lines}\n]".encode()}
