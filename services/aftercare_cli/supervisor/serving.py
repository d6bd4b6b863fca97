"""One service in this process, by its name: all that is known of it is where its main stands."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from aftercare_cli.connection.asked import ASKED
from aftercare_cli.supervisor.roster import SERVICES, WITH_DATABASE, package_of
from aftercare_platform.kernel.errors import invalid


def main_of(service: str) -> Callable[[], None]:
    """The main of a service; an error lists the names."""
    if service not in SERVICES:
        raise invalid("service", f"{service!r} is not one of: {', '.join(SERVICES)}")
    _name_folder()
    main: Callable[[], None] = importlib.import_module(f"{package_of(service)}.main").main
    return main


async def migrate(services: Sequence[str]) -> None:
    """Bring the databases of these services, or of all, to the newest revision."""
    for service in services:
        if service not in WITH_DATABASE:
            raise invalid("service", f"{service!r} has no database; one of: {', '.join(WITH_DATABASE)}")
    _name_folder()
    from aftercare_platform.settings import PlatformSettings
    from aftercare_platform.sql.migrate import upgrade

    settings = PlatformSettings()
    for service in services or WITH_DATABASE:
        await upgrade(settings.database_of(service), package_of(service))


def _name_folder() -> None:
    """Let the settings see the folder that `--data` named."""
    if ASKED.get().data_dir != Path(".data"):
        os.environ["AFTERCARE_DATA_DIR"] = str(ASKED.get().data_dir)
