"""Kinds and attributes between the contract and the vocabulary."""

from __future__ import annotations

from typing import Final

from aftercare.type.v1 import kind_pb2
from aftercare_platform.kernel.vocabulary import Attribute, Kind

_KINDS: Final = {
    kind_pb2.KIND_SUPPORT_GROUP: Kind.SUPPORT_GROUP,
    kind_pb2.KIND_SOBER_LIVING: Kind.SOBER_LIVING,
    kind_pb2.KIND_OUTPATIENT: Kind.OUTPATIENT,
    kind_pb2.KIND_VOCATIONAL: Kind.VOCATIONAL,
    kind_pb2.KIND_COMMUNITY: Kind.COMMUNITY,
}
_NUMBERS: Final = {kind: number for number, kind in _KINDS.items()}


def kind_from_proto(number: kind_pb2.Kind.ValueType) -> Kind:
    """The kind; shape rules have refused numbers that are none."""
    return _KINDS[number]


def kind_to_proto(kind: Kind) -> kind_pb2.Kind.ValueType:
    """The contract's number of a kind."""
    return _NUMBERS[kind]


def attribute_from_proto(number: kind_pb2.Attribute.ValueType) -> Attribute:
    """The attribute; both have the same names, and shape rules have refused numbers that are none."""
    return Attribute[kind_pb2.Attribute.Name(number).removeprefix("ATTRIBUTE_")]
