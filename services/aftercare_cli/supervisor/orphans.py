"""When the supervisor is killed, its services notice and stop; its broker is stopped by the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Final

LOOK_EVERY_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 10.0


def stop_with_parent() -> None:
    """From now on stop this process, in order, once the process that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while not never.wait(LOOK_EVERY_SECONDS):
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                return

    never = threading.Event()
    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def stop_left_over(pid: int, *, sign: str) -> bool:
    """Stop a process of an earlier run if it still runs and its command line bears the sign; whether it did.

    The sign is what only that process has there: a number alone may be another program's by now.
    """
    if sign not in _command_line(pid):
        return False
    os.kill(pid, signal.SIGTERM)
    waited = 0.0
    pause = threading.Event()
    while sign in _command_line(pid) and waited < PATIENCE_SECONDS:
        pause.wait(0.05)
        waited += 0.05
    if sign in _command_line(pid):
        os.kill(pid, signal.SIGKILL)
    return True


def _command_line(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        pass
    except OSError:
        return ""
    if Path("/proc/self").exists():
        return ""
    asked = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout
