"""The pages of an agency: its offers, its free places."""

from __future__ import annotations

from typing import Final

from aftercare_gateway.public.portal import capacity, offers

routers: Final = (offers.router, capacity.router)
"""The routes of the portal."""
