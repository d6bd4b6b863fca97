"""A form counts only when it comes from a page of ours in the same browser.

Its token is a keyed digest of the browser's own cookie: it needs no store, differs for each session, and
tells nothing of the secret. Browsers that say where a request comes from are believed when it is foreign.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from starlette.requests import Request

from aftercare_platform.kernel.errors import Denied

FIELD: Final = "form_token"
_OURS: Final = frozenset({"", "same-origin", "none"})


class ForeignForm(Denied):
    """The form did not come from a page of this sign-in: open the page again and repeat what you did."""


def form_token(binding: str) -> str:
    """The token of all forms tied to this cookie value."""
    return hmac.new(binding.encode(), b"aftercare form", hashlib.sha256).hexdigest()


def check(request: Request, *, given: str, binding: str) -> None:
    """Refuse a form without the right token, or that a browser says another site sent; `ForeignForm`."""
    is_foreign = request.headers.get("sec-fetch-site", "") not in _OURS
    is_right = binding != "" and hmac.compare_digest(given.encode(), form_token(binding).encode())
    if is_foreign or not is_right:
        raise ForeignForm
