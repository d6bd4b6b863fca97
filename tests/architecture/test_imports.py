"""The contracts of .importlinter hold, and each of them can fail."""

import os
import subprocess
import sysconfig
from configparser import ConfigParser
from pathlib import Path

import pytest

from architecture.source import ROOT, SERVICES

CONFIG = ROOT / ".importlinter"


def packages() -> list[str]:
    parser = ConfigParser()
    parser.read(CONFIG)
    return parser["importlinter"]["root_packages"].split()


def contracts() -> list[str]:
    parser = ConfigParser()
    parser.read(CONFIG)
    return [section.rpartition(":")[2] for section in parser.sections() if ":contract:" in section]


def write(folder: Path, files: dict[str, str]) -> None:
    """Write modules, and make every folder on the way a package."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in path.relative_to(folder).parents:
            if parent.name:
                (folder / parent / "__init__.py").touch()


def lint(world: Path, *, only: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [
        f"{sysconfig.get_path('scripts')}/lint-imports",
        "--config",
        str(CONFIG),
        "--no-cache",
        "--no-logo",
    ]
    return subprocess.run(
        command + ([f"--contract={only}"] if only else []),
        cwd=world,
        env={**os.environ, "PYTHONPATH": str(world)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_package_stands_in_the_contracts() -> None:
    present = {path.parent.name for path in SERVICES.glob("*/__init__.py")}
    assert present <= set(packages())


def test_nobody_imports_what_they_may_not(tmp_path: Path) -> None:
    # A package that nobody has begun yet stands in as an empty one.
    missing = [name for name in packages() if not (SERVICES / name).is_dir()]
    write(tmp_path, {f"{name}/__init__.py": "" for name in missing})
    outcome = lint(tmp_path)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


PLANTED = {
    "services-apart": {"aftercare_gateway/http/page.py": "import aftercare_directory.main"},
    "platform-below": {"aftercare_platform/bus/consumer.py": "from aftercare_referral import settings"},
    "contract-alone": {"aftercare/type/v1/kind_pb2.py": "import aftercare_platform"},
    "command-line-outside": {"aftercare_identity/main.py": "import aftercare_cli"},
    "command-line-by-the-door": {
        "aftercare_cli/match.py": "from aftercare_matching.domain import rank",
        "aftercare_cli/offers.py": "from aftercare_matching import usecases",
    },
    "layers": {"aftercare_directory/usecases/merge.py": "from aftercare_directory.storage import tables"},
    "subjects": {"aftercare_referral/consent/model.py": "from aftercare_referral.client import tables"},
    "pure-inside": {
        "aftercare_directory/domain/listing.py": "from aftercare_platform import rpc_text",
        "aftercare_platform/rpc_text.py": "import grpc",
    },
}
SURROUNDINGS = {
    "aftercare_directory/main.py": "",
    "aftercare_directory/storage/tables.py": "",
    "aftercare_matching/domain/rank.py": "",
    "aftercare_matching/usecases.py": "",
    "aftercare_platform/kernel/ids.py": "",
    "aftercare_referral/client/tables.py": "",
    "aftercare_referral/settings.py": "",
}


def test_every_contract_has_its_negative_control() -> None:
    assert sorted(PLANTED) == sorted(contracts())


@pytest.mark.parametrize("contract", sorted(PLANTED))
def test_a_planted_import_breaks_its_contract(contract: str, tmp_path: Path) -> None:
    write(tmp_path, {f"{name}/__init__.py": "" for name in packages()} | SURROUNDINGS)
    assert lint(tmp_path, only=contract).returncode == 0
    write(tmp_path, PLANTED[contract])
    assert "BROKEN" in lint(tmp_path, only=contract).stdout


def test_matching_a_file_needs_only_the_pure_domain(tmp_path: Path) -> None:
    allowed = {"aftercare_cli/match.py": PLANTED["command-line-by-the-door"]["aftercare_cli/match.py"]}
    write(tmp_path, {f"{name}/__init__.py": "" for name in packages()} | SURROUNDINGS | allowed)
    assert lint(tmp_path).returncode == 0
