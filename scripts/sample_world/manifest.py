"""The manifest: what the files hold, and what an importer should make of each odd row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sample_world import geography
from sample_world.dirt import Defect, Fields, Row, Verdict, verdict_of
from sample_world.world import World


@dataclass(frozen=True, slots=True)
class FileAccount:
    """The rows of one file; `key` gives what a person would call a row by."""

    file: str
    format: str
    rows: list[Row]
    key: Callable[[Fields], str]

    def as_json(self) -> dict[str, object]:
        """Return the file's part of the manifest. Row numbers count from 1."""
        verdicts = Counter(verdict_of(row.defect) for row in self.rows)
        return {
            "format": self.format,
            "rows": len(self.rows),
            "expected": {str(verdict): verdicts[verdict] for verdict in Verdict},
            "dirt": [
                self._dirt(defect) for defect in Defect if any(row.defect is defect for row in self.rows)
            ],
        }

    def _dirt(self, defect: Defect) -> dict[str, object]:
        numbers = [number for number, row in enumerate(self.rows, start=1) if row.defect is defect]
        return {
            "defect": defect.name.lower(),
            "says": str(defect),
            "verdict": str(verdict_of(defect)),
            "count": len(numbers),
            "rows": numbers,
            "keys": [self.key(self.rows[number - 1].fields) for number in numbers],
        }


def manifest(world: World, accounts: list[FileAccount], landmarks: dict[str, list[str]]) -> dict[str, object]:
    """Return the whole manifest; `landmarks` gives the names that the demo relies on, by file."""
    return {
        "seed": world.seed,
        "scale": world.scale,
        "today": world.today.isoformat(),
        "home_zip": geography.HOME_ZIP,
        "files": {account.file: account.as_json() for account in accounts},
        "landmarks": landmarks,
    }
