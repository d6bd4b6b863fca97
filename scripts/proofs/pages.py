"""The pages as a person without scripts uses them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx

_TOKEN: Final = re.compile(r'name="form_token" value="([^"]+)"')


class Browser:
    """One browser, signed in by a link."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def read(self, path: str) -> str:
        """A page; an error when it is not shown."""
        return (await self._client.get(path)).raise_for_status().text

    async def send(self, path: str, *, form: str = "", **fields: str) -> httpx.Response:
        """Send a form, found on the page `form` or else on the page it is sent to."""
        found = _TOKEN.search(await self.read(form or path))
        if found is None:
            raise LookupError(f"{form or path} has no form")
        return await self._client.post(path, data={"form_token": found.group(1), **fields})


@asynccontextmanager
async def open_browser(page: str, link_secret: str) -> AsyncIterator[Browser]:
    """A browser that has used the link; LookupError where it was not let in."""
    async with httpx.AsyncClient(base_url=page, timeout=10, trust_env=False) as client:
        browser = Browser(client)
        entered = await browser.send("/sign-in", form=f"/sign-in?link={link_secret}", link=link_secret)
        if entered.status_code != httpx.codes.SEE_OTHER:
            raise LookupError(f"not let in: {entered.status_code}")
        yield browser
