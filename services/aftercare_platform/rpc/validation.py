"""The shape rules that stand in the protos (buf.validate), evaluated on a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import protovalidate
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from protovalidate import FieldPathPb

from aftercare_platform.kernel.errors import InvalidArgument, Violation
from aftercare_platform.rpc.guard import MOST_FAULTS, faults_in

_VALIDATOR: Final = protovalidate.Validator()


def check(message: Message) -> None:
    """Refuse a request that breaks a rule of its proto or holds what none may, naming each field."""
    violations = faults_in(message) or [
        Violation(_path(found.proto.field), found.proto.message)
        for found in _VALIDATOR.collect_violations(message)
    ]
    if violations:
        raise InvalidArgument(violations[:MOST_FAULTS])


def compile_rules(descriptors: Iterable[Descriptor]) -> None:
    """Compile the rules of these messages now, so that a broken one fails at start."""
    for descriptor in descriptors:
        _VALIDATOR.collect_violations(GetMessageClass(descriptor)())


def _path(field: FieldPathPb | None) -> str:
    """A field path as one writes it: `criteria.needs[2].kind`."""
    parts = []
    for element in field.elements if field else ():
        key = element.subscript
        parts.append(element.field_name + (f"[{key.value}]" if key is not None else ""))
    return ".".join(parts)
