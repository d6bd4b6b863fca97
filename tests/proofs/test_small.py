"""Every proof at a small size: the harness of `make prove`, with a fixed seed, controls included."""

import pytest

from proofs.figures import FIGURES
from proofs.finding import Asked

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("figure", FIGURES)
async def test_the_figure_holds_and_its_control_fails(figure, tmp_path):
    finding = await FIGURES[figure](Asked(tmp_path, seed=7, is_small=True))
    assert finding.value <= finding.bar, finding
    assert finding.control_shows, finding.control
