"""What the repository holds names no machine and no registry, so that it builds the same everywhere."""

import re
import tomllib

import pytest

from architecture.source import ROOT, committed_files

# Each pattern has a bracket in it, so that this file does not match itself.
FOREIGN = re.compile(
    r"/w[o]rk/(main|shared|\.)"
    r"|/opt/(p[y]pi|wh[e]els)"
    r"|/tmp/b[a]sh_jobs"
    r"|/h[o]me/[a-z]"
    r"|/r[o]ot/[.\w]"
    r"|files\.pythonh[o]sted|p[y]pi\.org|registry\.n[p]mjs"
)


def foreign_names(text: str) -> list[str]:
    return [match.group() for match in FOREIGN.finditer(text)]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in committed_files()
        for name in foreign_names(path.read_bytes().decode("utf-8", errors="ignore"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "--find-links /opt/" + "wheels",
        "cd /work/" + "main && make",
        '"resolved": "https://registry.' + 'npmjs.org/htmx"',
        "--index-url https://pypi" + ".org/simple",
    ],
)
def test_a_foreign_name_is_caught(planted: str) -> None:
    assert foreign_names(planted)


def test_a_path_of_our_own_service_passes() -> None:
    assert foreign_names("GET /work/items, /hsds/services, ~/work") == []


def locked_names() -> set[str]:
    lock = (ROOT / "requirements.lock").read_text()
    return set(re.findall(r"^([\w.-]+)==", lock, flags=re.MULTILINE))


def test_every_dependency_is_locked_with_its_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.match(r"[\w.-]+", line).group().lower() for line in wanted}  # type: ignore[union-attr]
    assert names <= locked_names()

    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    "script", [".ci/run", "scripts/setup.sh", "scripts/setup-browser.sh", "scripts/timed.sh"]
)
def test_scripts_can_be_run(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111
