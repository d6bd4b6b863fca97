"""What a proof found, and the file in which it is kept."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[2]
KEPT_IN: Final = CHECKOUT / "build" / "prove"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one proof."""

    value: int
    """How often the promise was broken, unless the figure says otherwise."""
    bar: int
    """The largest value at which the promise holds."""
    control: str
    """What the run without the guard showed, in a sentence."""
    control_shows: bool
    """Whether that run failed as it must: a proof whose control passes proves nothing."""
    seen: Mapping[str, int | float] = field(default_factory=dict)
    """How much was looked at."""

    @property
    def holds(self) -> bool:
        """Whether the promise was kept, and would have been seen to be broken."""
        return self.value <= self.bar and self.control_shows


@dataclass(frozen=True, slots=True)
class Asked:
    """How a proof is to be run."""

    folder: Path
    """An empty folder of its own."""
    seed: int
    is_small: bool = False

    def size(self, *, full: int, small: int) -> int:
        """The one that was asked for."""
        return small if self.is_small else full


Proof = Callable[[Asked], Awaitable[Finding]]


def keep(
    figure: str, finding: Finding, *, at: str, seed: int, seconds: float, folder: Path = KEPT_IN
) -> Path:
    """Write the finding where the docs quote it from; `at` is the commit it began with."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{figure}.json"
    kept = {
        "figure": figure,
        "commit": at,
        "seed": seed,
        "value": finding.value,
        "bar": finding.bar,
        "holds": finding.holds,
        "control": finding.control,
        "seconds": round(seconds, 1),
        "seen": dict(finding.seen),
    }
    path.write_text(json.dumps(kept, indent=1) + "\n")
    return path


def commit() -> str:
    """The commit that is checked out; with "+" where files differ from it."""
    head = _git("rev-parse", "HEAD").strip()
    return f"{head}+" if _git("status", "--porcelain", "--untracked-files=no") else head


def _git(*arguments: str) -> str:
    command = ["/usr/bin/env", "git", "-C", str(CHECKOUT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
