"""What an operator can set of the gateway, beside what every service has."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from aftercare_platform.settings import PlatformSettings


class GatewaySettings(PlatformSettings):
    """The settings of the gateway. `listen` is where it speaks HTTP."""

    base_url: str = Field(default="", pattern=r"^(https?://[^/?#\s]+)?$")
    """The address by which people reach it, such as "https://example.org"; empty where it is `listen`."""
    time_zone: str = "UTC"
    """The IANA time zone in which pages tell and take times."""
    largest_body: int = Field(default=256 << 10, ge=1024)
    """How large the body of a request may be, in bytes."""

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name!r} is no IANA time zone")
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the pages."""
        return ZoneInfo(self.time_zone)

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it by TLS, so that its cookies may insist on that."""
        return self.base_url.startswith("https://") or self.tls_certificate_file is not None
