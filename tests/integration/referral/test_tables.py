"""The revisions make the tables that the code declares."""

from __future__ import annotations

from pathlib import Path

from aftercare_platform.sql.migrate import check, pending, upgrade


async def test_the_revisions_lead_to_the_tables_in_code(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/referral.sqlite"
    await upgrade(url, "aftercare_referral")
    assert await check(url, "aftercare_referral") == []
    assert not await pending(url, "aftercare_referral")
