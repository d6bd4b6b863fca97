"""Requests for every method that takes the id of something that a program owns, made from its descriptor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from buf.validate import validate_pb2
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from aftercare.referral.v1 import client_pb2, consent_pb2, plan_pb2, referral_pb2, work_pb2
from proofs.cases import ADMITTED, CRITERIA

SERVICES: Final = tuple(
    service
    for file in (client_pb2, consent_pb2, plan_pb2, referral_pb2, work_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
)
"""What referral serves."""

OWNED: Final = frozenset({"client", "episode", "consent", "plan", "referral", "offer"})
"""What belongs to one program."""

_SUBJECT: Final = re.compile(r"[A-Z][a-z]+")
_SAID_OF: Final = {"OpenOffer": "offer", "RequestMatch": "plan"}
"""Methods whose name does not end with what their id is of, or not with one word of ours."""


@dataclass(frozen=True, slots=True)
class Target:
    """One field of one method that takes the id of something owned."""

    service: ServiceDescriptor
    method: MethodDescriptor
    field: str
    kind: str
    """What it is the id of, such as "episode"."""

    @property
    def path(self) -> str:
        """The method as it is called."""
        return f"/{self.service.full_name}/{self.method.name}"

    @property
    def is_filter(self) -> bool:
        """Whether the field only narrows a list, and may be left out."""
        return (
            _rules(self.method.input_type.fields_by_name[self.field]).ignore
            == validate_pb2.IGNORE_IF_ZERO_VALUE
        )

    def request(self, id_: str, *, etag: str, others: Mapping[str, str]) -> bytes:
        """A request that is right in its shape, with this id; `others` are ids by field."""
        message = GetMessageClass(self.method.input_type)()
        for field in self.method.input_type.fields:
            _fill(message, field, {"etag": etag, **others, self.field: id_})
        return message.SerializeToString()


def targets() -> Iterator[Target]:
    """Every such field of every method."""
    for service in SERVICES:
        for method in service.methods:
            for field in method.input_type.fields:
                kind = _kind(method, field)
                if kind in OWNED:
                    yield Target(service, method, field.name, kind)


def _kind(method: MethodDescriptor, field: FieldDescriptor) -> str:
    """What a field is the id of; empty where it is none."""
    if field.name != "id":
        return field.name.removesuffix("_id") if field.name.endswith("_id") else ""
    return _SAID_OF.get(method.name) or _SUBJECT.findall(method.name)[-1].lower()


def _fill(message: Message, field: FieldDescriptor, given: Mapping[str, str]) -> None:
    """Set a field to what is given, or else to something that its rules let through."""
    rules = _rules(field)
    if field.name in given:
        setattr(message, field.name, given[field.name])
    elif field.name == "criteria":
        getattr(message, field.name).CopyFrom(CRITERIA)
    elif field.type == FieldDescriptor.TYPE_MESSAGE and rules.required:
        getattr(message, field.name).SetInParent()
    elif rules.enum.not_in or rules.int64.gte:
        setattr(message, field.name, 1)
    elif rules.string.pattern.startswith("^[0-9]{4}"):
        setattr(message, field.name, ADMITTED)
    elif rules.string.min_len:
        setattr(message, field.name, "x" * rules.string.min_len)


def _rules(field: FieldDescriptor) -> validate_pb2.FieldRules:
    rules: validate_pb2.FieldRules = field.GetOptions().Extensions[validate_pb2.field]
    return rules
