"""What an operator can set, for every service alike. Each field is an environment variable.

The name of the variable is the field's in capitals behind AFTERCARE_, such as AFTERCARE_LISTEN.
docs/SETTINGS.md lists them all. Durations are seconds or ISO 8601 ("30" or "PT30S").
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import grpc
from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from aftercare_platform.kernel.clock import Clock, OffsetClock, SystemClock


def _from_seconds(given: object) -> object:
    """A text that is a plain number counts as seconds; all else is left to be read as ISO 8601."""
    try:
        return float(given) if isinstance(given, str) else given
    except ValueError:
        return given


Duration = Annotated[timedelta, BeforeValidator(_from_seconds)]
"""A time span, written as seconds ("2.5") or ISO 8601 ("PT2.5S")."""


class Profile(StrEnum):
    """In what surroundings the process runs."""

    EMBEDDED = "embedded"
    """One host, SQLite files, a local broker; for production."""
    CLUSTER = "cluster"
    """Replicas behind TLS with a database server; for production."""
    DEMO = "demo"
    """The embedded profile with a clock that can be moved; never for production."""
    TEST = "test"
    """What the tests start."""


class PlatformSettings(BaseSettings):
    """The settings every service has; a service adds its own in a class derived from this one."""

    model_config = SettingsConfigDict(
        env_prefix="AFTERCARE_", frozen=True, use_attribute_docstrings=True, extra="ignore"
    )

    profile: Profile = Profile.EMBEDDED
    """In what surroundings the process runs: embedded, cluster, demo or test."""
    data_dir: Path = Path(".data")
    """The folder for databases, keys and the broker's files; made 0700."""
    keys_dir: Path | None = None
    """The folder of the signing keys; by default `keys` in the data folder."""
    database_url: str = ""
    """The service's own database; by default an SQLite file named after the service in the data folder."""
    nats_url: str = "nats://127.0.0.1:4222"
    """Where the broker listens, with the token that it asks for: nats://token@host:port."""
    listen: str = "127.0.0.1:0"
    """Host and port to serve on; port 0 takes a free one. Beyond loopback TLS is required."""
    directory_address: str = "127.0.0.1:7101"
    """Host and port of the directory service."""
    matching_address: str = "127.0.0.1:7102"
    """Host and port of the matching service."""
    referral_address: str = "127.0.0.1:7103"
    """Host and port of the referral service."""
    identity_address: str = "127.0.0.1:7104"
    """Host and port of the identity service."""
    tls_certificate_file: Path | None = None
    """The certificate chain (PEM) that this process shows; needed to listen beyond loopback."""
    tls_key_file: Path | None = None
    """The private key (PEM) of that certificate."""
    tls_authority_file: Path | None = None
    """The authority (PEM) that signs our services' certificates; with it each side asks for the other's."""
    call_deadline: Duration = Field(default=timedelta(seconds=30), gt=timedelta(0))
    """How long a call may take when its caller sets no deadline, in seconds."""
    stream_deadline: Duration = Field(default=timedelta(minutes=10), gt=timedelta(0))
    """The same for a streaming call, in seconds."""
    maximum_calls: int = Field(default=512, ge=1)
    """How many calls a process works on at once; further ones are refused."""
    maximum_calls_per_method: int = Field(default=128, ge=1)
    """How many calls of one method it works on at once; further ones are refused."""
    drain_notice: Duration = Field(default=timedelta(0), ge=timedelta(0))
    """How long health says "not serving" before it refuses calls, in seconds: a balancer's two polls."""
    drain_grace: Duration = Field(default=timedelta(seconds=10), ge=timedelta(0))
    """How long calls in flight may take to finish when the process stops, in seconds."""
    clock_offset_file: Path | None = None
    """A file with seconds by which the demo's time runs ahead; any other profile refuses to start with it."""
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    """The least important log lines to write: debug, info, warning or error."""

    @model_validator(mode="after")
    def _only_the_demo_moves_time(self) -> PlatformSettings:
        if self.clock_offset_file is not None and self.profile is not Profile.DEMO:
            raise ValueError("AFTERCARE_CLOCK_OFFSET_FILE belongs to the demo profile alone")
        return self

    @model_validator(mode="after")
    def _certificate_and_key_belong_together(self) -> PlatformSettings:
        if (self.tls_certificate_file is None) != (self.tls_key_file is None):
            raise ValueError("AFTERCARE_TLS_CERTIFICATE_FILE and AFTERCARE_TLS_KEY_FILE belong together")
        return self

    @property
    def keys_folder(self) -> Path:
        """Where the signing keys lie."""
        return self.keys_dir or self.data_dir / "keys"

    def database_of(self, service: str) -> str:
        """The URL of the service's database, such as "sqlite+aiosqlite:///.data/referral.sqlite"."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / service}.sqlite"

    def clock(self) -> Clock:
        """The clock by which this process lives."""
        return OffsetClock(self.clock_offset_file) if self.clock_offset_file else SystemClock()

    def channel_credentials(self) -> grpc.ChannelCredentials | None:
        """What a client shows and trusts when it calls beyond loopback; None without an authority."""
        if self.tls_authority_file is None:
            return None
        return grpc.ssl_channel_credentials(
            root_certificates=self.tls_authority_file.read_bytes(),
            private_key=self.tls_key_file.read_bytes() if self.tls_key_file else None,
            certificate_chain=self.tls_certificate_file.read_bytes() if self.tls_certificate_file else None,
        )

    def server_credentials(self) -> grpc.ServerCredentials | None:
        """What a server shows, and whom it asks for a certificate; None without a certificate."""
        if self.tls_certificate_file is None or self.tls_key_file is None:
            return None
        authority = self.tls_authority_file.read_bytes() if self.tls_authority_file else None
        return grpc.ssl_server_credentials(
            [(self.tls_key_file.read_bytes(), self.tls_certificate_file.read_bytes())],
            root_certificates=authority,
            require_client_auth=authority is not None,
        )
