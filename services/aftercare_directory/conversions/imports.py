"""An import's order and news, from and to the contract."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final

from aftercare.directory.v1 import import_pb2
from aftercare_directory.sources.formats import FORMATS
from aftercare_directory.sources.mapping import SAVED
from aftercare_directory.usecases.importing.rows import RowReport, RowVerdict
from aftercare_directory.usecases.importing.running import ImportEnd, ImportNews, ImportOrder, RowsDone
from aftercare_platform.kernel.errors import invalid

_VERDICTS: Final = {word: import_pb2.Verdict.Value(f"VERDICT_{word.name}") for word in RowVerdict}


def order_from_proto(header: import_pb2.ImportHeader) -> ImportOrder:
    """What is to be imported, and how."""
    return ImportOrder(
        header.format, header.source, header.mapping, header.dry_run, _date_of_files(header.files_date)
    )


def news_to_proto(news: ImportNews) -> import_pb2.ImportListingsResponse:
    """One message of the answer."""
    match news:
        case RowsDone():
            progress = import_pb2.ImportProgress(rows_done=news.count)
            return import_pb2.ImportListingsResponse(progress=progress)
        case RowReport():
            return import_pb2.ImportListingsResponse(row=_row_to_proto(news))
        case ImportEnd():
            return import_pb2.ImportListingsResponse(report=_end_to_proto(news))


def formats_to_proto() -> import_pb2.ListFormatsResponse:
    """The formats that can be read."""
    return import_pb2.ListFormatsResponse(
        formats=[
            import_pb2.Format(
                name=name, description=each.description, mappings=SAVED if name == "csv" else ()
            )
            for name, each in FORMATS.items()
        ]
    )


def _row_to_proto(report: RowReport) -> import_pb2.RowReport:
    return import_pb2.RowReport(
        file=report.row.file,
        line=report.row.line,
        verdict=_VERDICTS[report.verdict] if report.verdict else import_pb2.VERDICT_UNSPECIFIED,
        field=report.field,
        value=report.value,
        reason=report.reason,
        changed_fields=report.changed_fields,
    )


def _end_to_proto(end: ImportEnd) -> import_pb2.ImportReport:
    counts = {str(verdict): count for verdict, count in end.account.counts.items()}
    return import_pb2.ImportReport(rows_in=end.account.rows_in, dry_run=end.dry_run, **counts)


def _date_of_files(text: str) -> datetime | None:
    """The first moment of that day; None where none is given."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        raise invalid("header.files_date", "is no date of the calendar; give YYYY-MM-DD") from None
