"""Logs: a fixed event name and identifiers from an allow-list, one JSON object per line, on stderr.

    log.info("offer_accepted", offer=offer.id, version=offer.version)

A field that is not on the list, or whose value does not look like an identifier or a number, is
withheld and counted; so is the text of every exception and of every library's message. What is
known of a failure is its type, its place in the code and, where a caller was told one, its ref.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import structlog

ALLOWED: Final = frozenset(
    """
    event level at logger service port pid address profile version_of_code
    method code reason ref traceparent caller milliseconds
    error_type cause where withheld
    account aggregate client checkin clock consent delivery disclosure episode event_id follower import_job
    kind link listing location match_set member need offer option organization plan program referral
    revision session source task version
    stream subject durable sequence type attempt attempts after decision lag
    rows created updated unchanged merged quarantined rejected count seconds
    """.split()
)
"""The names of the fields that may be logged; all hold identifiers, codes or numbers."""

_EVENT: Final = re.compile(r"[a-z][a-z0-9_]{1,60}")
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9/<][A-Za-z0-9_.:/<>*@+\-]{0,199}")
_OUR_CODE: Final = Path(__file__).resolve().parent.parent
WITHHELD: Final = "<withheld>"

Fields = MutableMapping[str, Any]


def configure_logging(service: str, *, level: str = "info") -> None:
    """Send every log line of this process, ours and the libraries', through the allow-list to stderr."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            describe_failure,
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)
    _tame_libraries(number)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def failure(error: BaseException) -> dict[str, str]:
    """What may be logged of an exception: its type, what caused it, and where in the code; never its text."""
    fields = {"error_type": _type_name(error), "where": _place(error.__traceback__)}
    cause = error.__cause__ or error.__context__
    return fields | ({"cause": _type_name(cause)} if cause is not None else {})


def describe_failure(_logger: object, _name: str, fields: Fields) -> Fields:
    """Replace `exc_info` by what may be logged of it."""
    given = fields.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if isinstance(given, tuple) and isinstance(given[1], BaseException):
        error = given[1]
    if error is not None:
        fields.update(failure(error))
    return fields


def only_allowed(_logger: object, _name: str, fields: Fields) -> Fields:
    """Withhold every field that is not on the list or holds more than an identifier or a number."""
    kept = {name: value for name, value in fields.items() if name in ALLOWED and _is_plain(name, value)}
    withheld = len(fields) - len(kept)
    kept.setdefault("event", WITHHELD)
    return kept | ({"withheld": withheld} if withheld else {})


def _is_plain(name: str, value: object) -> bool:
    if name == "event":
        return isinstance(value, str) and _EVENT.fullmatch(value) is not None
    if isinstance(value, str):
        return value == "" or _IDENTIFIER.fullmatch(value) is not None
    return value is None or isinstance(value, bool | int | float)


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _place(trace: TracebackType | None) -> str:
    """The innermost line of our own code on the way to a failure, as "package/module.py:42"."""
    place = "unknown"
    for frame, line in traceback.walk_tb(trace):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_OUR_CODE):
            place = f"{path.relative_to(_OUR_CODE)}:{line}"
    return place


class _LibraryHandler(logging.Handler):
    """Logs that a library had something to say, and how grave it is; not what."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        about: Mapping[str, str] = failure(error) if error is not None else {}
        structlog.get_logger().log(record.levelno, "library_message", logger=record.name, **about)


def _tame_libraries(level: int) -> None:
    root = logging.getLogger()
    root.handlers = [_LibraryHandler()]
    root.setLevel(max(level, logging.WARNING))
    logging.captureWarnings(capture=True)


def _log_uncaught(
    _kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None
) -> None:
    about = failure(error) if error is not None else {}
    structlog.get_logger().error("uncaught", **about)
