"""What an operator can set of identity: what every service has."""

from __future__ import annotations

from aftercare_platform.settings import PlatformSettings


class IdentitySettings(PlatformSettings):
    """The settings of the identity service."""
