"""The inside of a service imports the standard library, the kernel, itself, and few libraries."""

import ast
import re
import sys
from collections.abc import Iterator

import pytest

from architecture.source import Module, modules

INSIDE = re.compile(
    r"^services/("
    r"aftercare_platform/kernel/.*"
    r"|(?P<service>aftercare_\w+)/domain(\.py|/.*)"
    r"|aftercare_referral/\w+/model(\.py|/.*)"
    r")$"
)
LIBRARIES = frozenset({"geopy", "geographiclib", "numpy", "rapidfuzz", "scipy"})
"""What this product exists for; none of them does I/O as we use them."""


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def may_import(place: str, name: str) -> bool:
    top = name.partition(".")[0]
    package = place.split("/", 2)[1]
    own_inside = top == package and bool(re.match(rf"{package}\.(domain|ports|\w+\.model|kernel)\b", name))
    return (
        top in sys.stdlib_module_names
        or top in LIBRARIES
        or name.startswith("aftercare_platform.kernel")
        or name == "aftercare_platform.kernel"
        or own_inside
    )


def strangers(module: Module) -> list[str]:
    return [f"{module.place}: {name}" for name in imported(module.tree) if not may_import(module.place, name)]


def test_the_inside_stays_pure() -> None:
    inside = [module for module in modules("services") if INSIDE.match(module.place)]
    assert [stranger for module in inside for stranger in strangers(module)] == []


@pytest.mark.parametrize(
    ("place", "line", "is_caught"),
    [
        ("services/aftercare_directory/domain/listing.py", "import sqlalchemy", True),
        (
            "services/aftercare_directory/domain/listing.py",
            "from aftercare.directory.v1 import listing_pb2",
            True,
        ),
        (
            "services/aftercare_directory/domain/listing.py",
            "from aftercare_directory.storage import tables",
            True,
        ),
        (
            "services/aftercare_directory/domain/listing.py",
            "from aftercare_directory.domain import capacity",
            False,
        ),
        (
            "services/aftercare_directory/domain/listing.py",
            "from aftercare_platform.kernel import ids",
            False,
        ),
        ("services/aftercare_directory/domain/listing.py", "from aftercare_platform import bus", True),
        ("services/aftercare_directory/domain/listing.py", "from datetime import datetime", False),
        (
            "services/aftercare_referral/consent/model.py",
            "from aftercare_referral.client.model import Client",
            False,
        ),
        (
            "services/aftercare_referral/consent/model.py",
            "from aftercare_referral.client import tables",
            True,
        ),
    ],
)
def test_a_stranger_is_caught(place: str, line: str, is_caught: bool) -> None:
    assert INSIDE.match(place)
    assert bool(strangers(Module(place, line))) is is_caught
