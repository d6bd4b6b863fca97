"""The revisions make the tables that the code declares."""

from __future__ import annotations

from pathlib import Path

from aftercare_platform.sql.migrate import check, pending, upgrade


async def test_the_revisions_lead_to_the_tables_in_code(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/directory.sqlite"
    await upgrade(url, "aftercare_directory")
    assert await check(url, "aftercare_directory") == []
    assert not await pending(url, "aftercare_directory")
