"""Reading a feed of the tests, and saying what became of its rows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aftercare_directory.domain.record import ListingRecord, MergedRow, Outcome, RowNote, RowProblem
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.formats import format_named

CHECKOUT = Path(__file__).parents[3]
FEEDS = CHECKOUT / "tests" / "feeds"


class Reading:
    """All that a reader gave for some files."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes
        self.records = {o.source_key: o for o in outcomes if isinstance(o, ListingRecord)}
        self.problems = [o for o in outcomes if isinstance(o, RowProblem)]
        self.merged = [o for o in outcomes if isinstance(o, MergedRow)]
        self.notes = {(o.field, o.value) for o in outcomes if isinstance(o, RowNote)}

    def counts(self) -> dict[str, int]:
        verdicts = Counter(str(problem.verdict) for problem in self.problems)
        records = [o for o in self.outcomes if isinstance(o, ListingRecord)]
        return {"records": len(records), "merged": len(self.merged), **verdicts}

    def facts(self, key: str) -> set[str]:
        """A record's facts, each as one phrase: "gender woman", "not gender man", "minimum_age 18"."""
        return {
            " ".join(
                filter(
                    None, ("" if f.holds is not False else "not", f.attribute, f.term, str(f.quantity or ""))
                )
            )
            for f in self.records[key].facts
        }

    def refusals(self) -> list[tuple[int, str, str]]:
        """Line, field and verdict of each problem."""
        return [(problem.row.line, problem.field, str(problem.verdict)) for problem in self.problems]


@pytest.fixture
def read() -> Callable[..., Reading]:
    def _read(
        name: str,
        *paths: Path | str,
        fellowship: str = "",
        timezone: str = "",
        mapping: Mapping[str, object] | None = None,
    ) -> Reading:
        files = [FEEDS / path for path in paths]
        files = [
            found for path in files for found in (sorted(path.glob("*.csv")) if path.is_dir() else [path])
        ]
        sources = [SourceFile(path.name, lambda path=path: path.open("rb")) for path in files]
        options = ReadOptions(fellowship=fellowship, timezone=timezone, mapping=mapping or {})
        return Reading(list(format_named(name).read(sources, options)))

    return _read


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real feeds, which are not ours to ship."""
    stated = os.environ.get("AFTERCARE_SHARED_DATA")
    folder = Path(stated) if stated else CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real feeds are not here: {folder}; set AFTERCARE_SHARED_DATA")
    return folder
