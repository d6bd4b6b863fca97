"""What an operator can set of matching: what every service has."""

from __future__ import annotations

from aftercare_platform.settings import PlatformSettings


class MatchingSettings(PlatformSettings):
    """The settings of the matching service."""
