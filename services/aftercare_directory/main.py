"""The directory service as a process."""

from __future__ import annotations

from aftercare.directory.v1 import directory_pb2, directory_pb2_grpc, import_pb2, import_pb2_grpc
from aftercare_directory.access import RULES
from aftercare_directory.api.directory import DirectoryServicer
from aftercare_directory.api.imports import ImportServicer
from aftercare_directory.events.answers import AnswerReader
from aftercare_directory.settings import DirectorySettings
from aftercare_directory.storage.records import SqlRecords, SqlTransactions
from aftercare_platform.process import Process, open_process
from aftercare_platform.rpc.server import Registration
from aftercare_platform.run import run
from aftercare_platform.sql.dead_letters import SqlDeadLetters


async def serve() -> None:
    """Serve DirectoryService and ImportService, and read how agencies answer, until told to stop."""
    settings = DirectorySettings()
    async with open_process(
        settings, "directory", package="aftercare_directory", reads=("referral",)
    ) as process:
        work = process.record.work
        answers = AnswerReader(work, SqlRecords)
        consumer = answers.consumer(process.bus, SqlDeadLetters(work, service="directory"))
        await process.serve(RULES, registrations(process, settings), answers=consumer.run())


def registrations(process: Process, settings: DirectorySettings) -> list[Registration]:
    """The servicers with what they stand on."""
    transactions = SqlTransactions(process.record.work)
    directory = DirectoryServicer(SqlRecords, transactions)
    imports = ImportServicer(
        transactions,
        maximum_bytes=settings.import_maximum_bytes,
        batch_rows=settings.import_batch_rows,
    )
    return [
        (
            directory_pb2_grpc.add_DirectoryServiceServicer_to_server,
            directory,
            directory_pb2.DESCRIPTOR.services_by_name["DirectoryService"],
        ),
        (
            import_pb2_grpc.add_ImportServiceServicer_to_server,
            imports,
            import_pb2.DESCRIPTOR.services_by_name["ImportService"],
        ),
    ]


def main() -> None:
    """Run the process."""
    run(serve)
