"""How one host is laid out: where each part listens, and how each process is started."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aftercare_cli.supervisor.broker import BrokerAddress
from aftercare_cli.supervisor.child import Job
from aftercare_cli.supervisor.ports import free_ports
from aftercare_cli.supervisor.roster import CALLED, SERVICES, WITH_DATABASE

CLOCK_FILE: Final = "clock-offset"

_NOT_FOR_SERVICES: Final = ("AFTERCARE_SESSION", "AFTERCARE_AGENCY_KEY", "AFTERCARE_DATABASE_URL")
"""A person's secrets are no service's business, and one database for all would be nobody's."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are on this host during one run."""

    data_dir: Path
    broker: BrokerAddress
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Host and port by service."""
    has_demo_clock: bool = False

    @property
    def page(self) -> str:
        """Where the pages are."""
        return f"http://{self.addresses['gateway']}"

    @property
    def clock_file(self) -> Path | None:
        """The file by whose seconds the demo's time runs ahead; None outside the demo."""
        return self.data_dir / CLOCK_FILE if self.has_demo_clock else None

    @property
    def profile(self) -> str:
        """The profile that every service starts with."""
        return "demo" if self.has_demo_clock else "embedded"


def lay_out(data_dir: Path, *, has_demo_clock: bool, page_port: int = 0) -> Layout:
    """Choose a port for every part; `page_port` 0 takes a free one for the pages too."""
    broker, *ports = free_ports(1 + len(SERVICES))
    addresses = {name: f"127.0.0.1:{port}" for name, port in zip(SERVICES, ports, strict=True)}
    if page_port:
        addresses["gateway"] = f"127.0.0.1:{page_port}"
    return Layout(data_dir.resolve(), BrokerAddress(broker), addresses, has_demo_clock)


def service_job(layout: Layout, service: str) -> Job:
    """How a service is started; one with a database brings it up to date first."""
    command = [sys.executable, "-m", "aftercare_cli", "--data", str(layout.data_dir), "serve", service]
    command += ["--with-parent"]
    if service in WITH_DATABASE:
        command += ["--migrate"]
    return Job(service, command, _environment(layout, service), layout.data_dir / "log" / f"{service}.log")


def _environment(layout: Layout, service: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_SERVICES}
    own = {
        "AFTERCARE_PROFILE": layout.profile,
        "AFTERCARE_DATA_DIR": str(layout.data_dir),
        "AFTERCARE_NATS_URL": layout.broker.nats_url,
        "AFTERCARE_LISTEN": layout.addresses[service],
    }
    own |= {f"AFTERCARE_{name.upper()}_ADDRESS": layout.addresses[name] for name in CALLED}
    if layout.clock_file is not None:
        own["AFTERCARE_CLOCK_OFFSET_FILE"] = str(layout.clock_file)
    return inherited | own
