"""The whole system, each part a process of its own, in a folder of the proof's."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from aftercare_cli.acts.status import unread
from aftercare_cli.connection.desk import Desk, open_desk
from aftercare_cli.connection.place import Place, place_of
from aftercare_cli.demo.clock import DemoClock
from aftercare_cli.supervisor.house import House, open_house
from aftercare_cli.supervisor.layout import lay_out
from aftercare_cli.supervisor.roster import WITH_DATABASE
from aftercare_platform.access.caller import Agency, Member
from aftercare_platform.access.keys import load_identity
from aftercare_platform.access.tokens import mint_person_token
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.roles import Role
from aftercare_platform.logging import configure_logging
from proofs.records import count

SETTLE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class System:
    """A running system, and anyone's desk in it."""

    house: House
    place: Place
    program_id: str = field(default_factory=new_id)

    @property
    def data_dir(self) -> Path:
        """The folder that holds everything it keeps."""
        return self.place.data_dir

    def database(self, service: str) -> Path:
        """The file of a service's record."""
        return self.data_dir / f"{service}.sqlite"

    def member(self, *roles: Role) -> Member:
        """A new member of this program."""
        return Member(new_id(), self.program_id, frozenset(roles), new_id())

    def agency(self, organization_id: str, *, program_id: str = "") -> Agency:
        """A new account of an organization, with this program unless another is named."""
        program_id = program_id or self.program_id
        return Agency(
            account_id=new_id(), organization_id=organization_id, session_id=new_id(), program_id=program_id
        )

    def token(self, person: Member | Agency) -> str:
        """A token for the next five minutes, signed as identity signs it."""
        identity = load_identity(self.data_dir / "keys", "identity", clock=self.place.clock)
        return mint_person_token(identity, person)

    @asynccontextmanager
    async def desk(self, person: Member | Agency) -> AsyncIterator[Desk]:
        """The desk of a person, for five minutes."""
        async with open_desk(self.place, token=self.token(person)) as desk:
            yield desk

    def signal(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Send a signal to a process; whether there was one."""
        pid = self.house.children[name].pid
        if pid is None:
            return False
        os.kill(pid, number)
        return True

    def move_clock(self, by: timedelta) -> None:
        """Let time run ahead; only where the system has the demo's clock."""
        with redirect_stdout(io.StringIO()):
            self.demo_clock.move(by)

    @property
    def demo_clock(self) -> DemoClock:
        """The clock that can be moved."""
        file = self.house.layout.clock_file
        if file is None:
            raise ValueError("this system's clock cannot be moved")
        return DemoClock(file)

    async def settled(self) -> None:
        """Wait until every event is published and read; TimeoutError after a minute."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while await self._waiting():  # noqa: ASYNC110 (other processes set no event)
                await asyncio.sleep(0.1)

    async def _waiting(self) -> int:
        unsent = sum(count(self.database(name), "outbox", published_at=None) for name in WITH_DATABASE)
        return unsent or await unread(self.place)


@asynccontextmanager
async def open_system(folder: Path, *, has_demo_clock: bool = False) -> AsyncIterator[System]:
    """Everything up; stopped in order at the end of the block."""
    configure_logging("prove", level="error")
    layout = lay_out(folder / "data", has_demo_clock=has_demo_clock)
    async with open_house(layout) as house:
        yield System(house, place_of(layout.data_dir, house.record()))


async def until(is_so: Callable[[], bool], *, seconds: float) -> bool:
    """Wait until it is so, at most so long; whether it came to pass."""
    try:
        async with asyncio.timeout(seconds):
            while not is_so():  # noqa: ASYNC110 (other processes set no event)
                await asyncio.sleep(0.05)
    except TimeoutError:
        return False
    return True
