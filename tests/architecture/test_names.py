"""Folders say what the system does, files say what they hold."""

from pathlib import PurePosixPath

from architecture.source import modules

SAYS_NOTHING = frozenset(
    {"base", "common", "core", "handlers", "helper", "helpers", "manager", "managers", "misc", "services"}
    | {"util", "utils"}
)


def empty_names(places: list[str]) -> list[str]:
    """The places whose file or folder says nothing by its name; the source root may be called services."""
    return [
        place for place in places if SAYS_NOTHING.intersection(PurePosixPath(place).with_suffix("").parts[1:])
    ]


def test_every_module_is_called_by_what_it_holds() -> None:
    assert empty_names([module.place for module in modules("services", "scripts", "tests")]) == []


def test_empty_names_are_caught() -> None:
    good = ["services/aftercare_referral/consent/model.py", "services/aftercare_platform/sql/outbox.py"]
    bad = ["services/aftercare_referral/core/model.py", "services/aftercare_directory/services.py"]
    assert empty_names(good + bad) == bad
