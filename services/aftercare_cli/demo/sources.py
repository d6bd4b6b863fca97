"""The directories of the sample world, and how each is read in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aftercare.directory.v1.import_pb2 import ImportHeader
from aftercare_platform.kernel.errors import invalid


@dataclass(frozen=True, slots=True)
class SourceOfWorld:
    """One file or folder of the sample world."""

    title: str
    path: str
    header: ImportHeader


SOURCES: Final = (
    SourceOfWorld(
        "AA meetings (Meeting Guide feed)",
        "meeting_guide.json",
        ImportHeader(format="meeting_guide", source="aa-metro"),
    ),
    SourceOfWorld("NA meetings (BMLT answer)", "bmlt.json", ImportHeader(format="bmlt", source="na-metro")),
    SourceOfWorld(
        "treatment (FindTreatment answer)",
        "findtreatment.json",
        ImportHeader(format="findtreatment", source="findtreatment"),
    ),
    SourceOfWorld(
        "community resources (ORServices tables)",
        "orservices",
        ImportHeader(format="orservices", source="metro-resources"),
    ),
    SourceOfWorld(
        "sober homes (CSV with vacancies)",
        "sober_homes.csv",
        ImportHeader(format="csv", source="sober-homes", mapping="sober_homes"),
    ),
    SourceOfWorld(
        "vocational programs (CSV)",
        "vocational_programs.csv",
        ImportHeader(format="csv", source="vocational", mapping="vocational_programs"),
    ),
)


def check_world(world: Path) -> None:
    """Refuse a folder that is no sample world, before anything starts."""
    missing = [source.path for source in SOURCES if not (world / source.path).exists()]
    if missing:
        raise invalid(
            "--world", f"{world} lacks {', '.join(missing)}: make one with scripts/sample_world.py --out"
        )
