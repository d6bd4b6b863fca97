"""What the architecture tests read: the files of this checkout and their syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "services"
GENERATED = SERVICES / "aftercare"

NOT_OURS = frozenset(
    {".cache", ".data", ".git", ".hypothesis", ".mypy_cache", ".ruff_cache", ".tools", ".venv"}
    | {".import_linter_cache", ".pytest_cache", "__pycache__", "build", "dist", "node_modules"}
)
"""Folders that .gitignore keeps out of the repository."""


@dataclass(frozen=True)
class Module:
    """One Python file: where it stands and what it says."""

    place: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.place)


def committed_files() -> Iterator[Path]:
    """Every file that is, or would be, in the repository."""
    waiting = [ROOT]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.name in NOT_OURS or path.is_symlink():
                continue
            if path.is_dir():
                waiting.append(path)
            else:
                yield path


def modules(*folders: str) -> list[Module]:
    """The Python files below these folders, without the generated contract."""
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [
        Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in paths
        if GENERATED not in path.parents and not NOT_OURS.intersection(path.relative_to(ROOT).parts)
    ]


def dotted(node: ast.AST) -> str:
    """`a.b.c` for the expression a.b.c; the part that is no name, such as a call, is left out."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))
