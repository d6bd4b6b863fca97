"""A real Chromium, and what a test asks of a page: keyboard alone, and the rules of WCAG."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
DESKTOP = {"width": 1366, "height": 768}
OLD_PHONE = {"width": 320, "height": 568}
MOST_STEPS = 300


def chromium() -> str | None:
    """The Chromium to test with: $AFTERCARE_CHROMIUM, else the system's."""
    found = (
        os.environ.get("AFTERCARE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    return found if found and Path(found).exists() else None


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module; each test opens contexts of its own.

    Not for longer: while it runs, the library keeps an event loop running in this thread, under which no
    other test could run one of its own.
    """
    path = chromium()
    if path is None:
        pytest.skip("no Chromium here: scripts/setup.sh --browser installs one where it may")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


def faults_of(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA on the page, as "rule: where"; skips without axe."""
    if not AXE.exists():
        pytest.skip("no axe-core here: scripts/setup.sh --browser installs it where npm is")
    page.evaluate(AXE.read_text())
    options = {"runOnly": {"type": "tag", "values": WCAG}}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


def reach(page: Page, name: str, role: str = "") -> None:
    """Press Tab until the thing of that name has the focus; AssertionError where Tab never gets there."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        has = page.evaluate(NAME_OF_FOCUSED)
        if has["name"].startswith(name) and role in ("", has["role"]):
            assert has["visible"], f"the focus on {name!r} cannot be seen"
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


def follow(page: Page) -> None:
    """Press Enter on what has the focus, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


NAME_OF_FOCUSED = """() => {
    const one = document.activeElement;
    const label = one.labels && one.labels[0] ? one.labels[0].innerText : one.innerText || one.value || "";
    const outline = getComputedStyle(one);
    return {
        name: label.trim(),
        role: one.tagName.toLowerCase(),
        visible: outline.outlineStyle !== "none" && parseFloat(outline.outlineWidth) >= 2,
    };
}"""
