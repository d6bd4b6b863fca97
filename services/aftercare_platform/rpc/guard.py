"""What no request may hold, whatever its proto says: refused by field path before any handler sees it.

proto3 lets through NaN, infinities, enum numbers nobody defined and control characters; timestamps of
any size overflow in Python; a megabyte holds half a million items of a list. Each has broken a system
somewhere behind the parser, or would keep the rules of the protos busy for seconds, so none gets that far.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

from buf.validate import validate_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

from aftercare_platform.kernel.errors import Violation
from aftercare_platform.rpc.errors import BrokenMessage

Value = Any
"""What a field holds; its descriptor says which Python type that is."""

_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799  # years 1 to 9999
_LONGEST_SECONDS: Final = 315_576_000_000  # ten thousand years
_NANOS_PER_SECOND: Final = 1_000_000_000

MOST_FAULTS: Final = 20
"""How many wrong fields a refusal names: more would not help, and would not fit its trailer."""
_MOST_ITEMS: Final = 1000
"""Items of a list whose field states no maximum of its own."""
_CONTROL: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""What commands a terminal or ends a C string: nobody types it into a name. Tabs and line ends may stay."""

_CHECKED: Final = frozenset(
    {
        FieldDescriptor.CPPTYPE_FLOAT,
        FieldDescriptor.CPPTYPE_DOUBLE,
        FieldDescriptor.CPPTYPE_ENUM,
        FieldDescriptor.CPPTYPE_STRING,
    }
)


def parse(raw: bytes, parser: Callable[[bytes], Message], *, method: str) -> Message:
    """The message in the bytes; BrokenMessage when they hold none. Unknown fields are dropped."""
    try:
        message = parser(raw)
    except DecodeError:
        raise BrokenMessage(method=method) from None
    message.DiscardUnknownFields()
    return message


def faults_in(message: Message) -> list[Violation]:
    """The first values in the message, however deep, that no request may hold; by field path."""
    return list(islice(_faults(message, ""), MOST_FAULTS))


def _faults(message: Message, path: str) -> Iterator[Violation]:
    fault = _TIMES.get(message.DESCRIPTOR.full_name, _no_fault)(message)
    if fault:
        yield Violation(path, fault)
    if not _worth_walking(message.DESCRIPTOR):
        return
    for field, value in message.ListFields():
        yield from _faults_of_field(field, value, f"{path}.{field.name}" if path else field.name)


def _faults_of_field(field: FieldDescriptor, value: Value, path: str) -> Iterator[Violation]:
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        key_field, value_field = entry.fields_by_name["key"], entry.fields_by_name["value"]
        for number, (key, item) in enumerate(value.items()):
            yield from _faults_of_value(key_field, key, f"{path}[{number}].key")
            yield from _faults_of_value(value_field, item, f"{path}[{number}].value")
    elif field.is_repeated and len(value) > _most_items(field):
        yield Violation(path, f"holds more than {_most_items(field)} items")
    elif field.is_repeated:
        for number, item in enumerate(value):
            yield from _faults_of_value(field, item, f"{path}[{number}]")
    else:
        yield from _faults_of_value(field, value, path)


def _faults_of_value(field: FieldDescriptor, value: Value, path: str) -> Iterator[Violation]:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_MESSAGE:
            yield from _faults(value, path)
        case FieldDescriptor.CPPTYPE_FLOAT | FieldDescriptor.CPPTYPE_DOUBLE:
            if not math.isfinite(value):
                yield Violation(path, "is not a finite number")
        case FieldDescriptor.CPPTYPE_ENUM:
            if field.enum_type and value not in field.enum_type.values_by_number:
                yield Violation(path, f"has no meaning for the number {value}")
        case FieldDescriptor.CPPTYPE_STRING:
            if isinstance(value, str) and (found := _CONTROL.search(value)):
                yield Violation(path, f"holds the control character U+{ord(found[0]):04X}")


def _timestamp_fault(message: Value) -> str:
    in_range = _FIRST_SECOND <= message.seconds <= _LAST_SECOND and 0 <= message.nanos < _NANOS_PER_SECOND
    return "" if in_range else "is not a time in the years 1 to 9999"


def _duration_fault(message: Value) -> str:
    in_range = abs(message.seconds) <= _LONGEST_SECONDS and abs(message.nanos) < _NANOS_PER_SECOND
    same_sign = message.seconds * message.nanos >= 0
    return "" if in_range and same_sign else "is not a duration of at most 10000 years"


def _no_fault(_message: Value) -> str:
    return ""


_TIMES: Final[dict[str, Callable[[Value], str]]] = {
    "google.protobuf.Timestamp": _timestamp_fault,
    "google.protobuf.Duration": _duration_fault,
}


@cache
def _most_items(field: FieldDescriptor) -> int:
    """How many items a list may have: what its proto says. The proto's own check reads every item first."""
    return field.GetOptions().Extensions[validate_pb2.field].repeated.max_items or _MOST_ITEMS


@cache
def _worth_walking(descriptor: Descriptor) -> bool:
    """Whether the message, or one within it, has a field that can be at fault."""
    seen: set[str] = set()
    waiting = [descriptor]
    while waiting:
        message = waiting.pop()
        if message.full_name in seen:
            continue
        seen.add(message.full_name)
        if message.full_name in _TIMES and message is not descriptor:
            return True
        for field in message.fields:
            if field.cpp_type in _CHECKED or field.is_repeated:
                return True
            if field.message_type is not None:
                waiting.append(field.message_type)
    return False
