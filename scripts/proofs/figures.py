"""Every figure by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from proofs import canary, import_twice, last_bed, tenancy, walk_a_kills
from proofs.finding import Proof

FIGURES: Final[Mapping[str, Proof]] = {
    "walk-a-kills": walk_a_kills.prove,
    "import-twice": import_twice.prove,
    "last-bed": last_bed.prove,
    "canary": canary.prove,
    "tenancy": tenancy.prove,
}
