"""Every RPC has an access rule, and every rule an RPC: nothing is served by oversight."""

import importlib

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pool import DescriptorPool

from architecture.source import GENERATED, SERVICES


def served_areas() -> list[str]:
    """The services that can be started: they have a main, so they must have rules."""
    mains = SERVICES.glob("aftercare_*/main.py")
    return sorted(
        area for path in mains if (GENERATED / (area := path.parent.name.removeprefix("aftercare_"))).is_dir()
    )


def file_descriptors(area: str) -> list[FileDescriptor]:
    """Everything the contract of one service declares."""
    paths = sorted((GENERATED / area).rglob("*_pb2.py"))
    names = [".".join(path.relative_to(SERVICES).with_suffix("").parts) for path in paths]
    return [importlib.import_module(name).DESCRIPTOR for name in names]


def methods_of(files: list[FileDescriptor]) -> set[str]:
    """The full method names, as gRPC writes them: /package.Service/Method."""
    return {
        f"/{service.full_name}/{method.name}"
        for file in files
        for service in file.services_by_name.values()
        for method in service.methods
    }


def disagreements(methods: set[str], rules: set[str]) -> list[str]:
    return sorted(
        [f"no rule for {method}" for method in methods - rules]
        + [f"no RPC {rule}" for rule in rules - methods]
    )


@pytest.mark.parametrize("area", served_areas())
def test_every_rpc_has_its_rule(area: str) -> None:
    access = importlib.import_module(f"aftercare_{area}.access")
    assert disagreements(methods_of(file_descriptors(area)), set(access.RULES)) == []


def test_an_rpc_without_a_rule_and_a_rule_without_an_rpc_are_caught() -> None:
    planted = descriptor_pb2.FileDescriptorProto(name="planted.proto", package="planted.v1", syntax="proto3")
    planted.message_type.add(name="Thing")
    service = planted.service.add(name="ThingService")
    for verb in ("GetThing", "DropThing"):
        service.method.add(name=verb, input_type=".planted.v1.Thing", output_type=".planted.v1.Thing")
    pool = DescriptorPool()
    pool.Add(planted)

    methods = methods_of([pool.FindFileByName("planted.proto")])
    rules = {"/planted.v1.ThingService/GetThing", "/planted.v1.ThingService/GoneThing"}
    assert disagreements(methods, rules) == [
        "no RPC /planted.v1.ThingService/GoneThing",
        "no rule for /planted.v1.ThingService/DropThing",
    ]
