"""Runs the proofs at full size; what each found is kept in build/prove/<figure>.json.

    python scripts/proofs/run.py [FIGURE …] [--small] [--seed N]

Exits 1 when one does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from time import monotonic

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from proofs.figures import FIGURES
from proofs.finding import Asked, Finding, commit, keep


def main() -> None:
    """Run what is asked for, or all; one line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"one of: {', '.join(FIGURES)}")
    parser.add_argument("--small", action="store_true", help="at the size of the tests, kept nowhere")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    unknown = [figure for figure in asked.figures if figure not in FIGURES]
    if unknown:
        parser.error(f"{', '.join(unknown)}: not one of {', '.join(FIGURES)}")
    found = [_run(figure, seed=asked.seed, is_small=asked.small) for figure in asked.figures or FIGURES]
    sys.exit(0 if all(finding.holds for finding in found) else 1)


def _run(figure: str, *, seed: int, is_small: bool) -> Finding:
    began, at = monotonic(), commit()
    folder = Path(tempfile.mkdtemp(prefix=f"aftercare-{figure}-"))
    try:
        finding = asyncio.run(_proof(figure, Asked(folder, seed, is_small)))
    except Exception:  # noqa: BLE001 (whatever it was, it is told, with where to look)
        traceback.print_exc()
        sys.exit(f"{figure}: broke off; what its processes said stands in {folder}")
    shutil.rmtree(folder)
    seconds = monotonic() - began
    if not is_small:
        keep(figure, finding, at=at, seed=seed, seconds=seconds)
    verdict = "holds" if finding.holds else "DOES NOT HOLD"
    seen = ", ".join(f"{number} {what}" for what, number in finding.seen.items())
    print(f"{figure:<14} {verdict:<6} {finding.value} (bar {finding.bar}) in {seconds:.0f} s; {seen}")
    print(f"{'':<14} control: {finding.control}", flush=True)
    return finding


async def _proof(figure: str, asked: Asked) -> Finding:
    return await FIGURES[figure](asked)


if __name__ == "__main__":
    main()
