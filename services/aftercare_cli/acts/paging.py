"""Reading lists whole, page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

PAGE: Final = 200
Item = TypeVar("Item")


class Page(Protocol):
    """One page of any list."""

    next_page_token: str


SomePage = TypeVar("SomePage", bound=Page)


async def every(
    read: Callable[[str], Awaitable[SomePage]], items: Callable[[SomePage], list[Item]], *, limit: int = 0
) -> list[Item]:
    """All items of a list, or the first `limit` of them; `read` returns the page of a token."""
    found: list[Item] = []
    token = ""
    while True:
        page = await read(token)
        found += items(page)
        token = page.next_page_token
        if not token or (limit and len(found) >= limit):
            return found[:limit] if limit else found
