"""What the tests of plans, offers and clocks share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from aftercare_platform.sql.engine import Database
from aftercare_referral.migrations import TABLES
from integration.referral.practice import Practice, opened_practice


@pytest.fixture
def tables():
    return TABLES


@pytest_asyncio.fixture
async def practice(tmp_path: Path, database: Database) -> AsyncIterator[Practice]:
    async with opened_practice(tmp_path, database) as opened:
        yield opened
