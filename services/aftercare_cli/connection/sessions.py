"""Sessions kept between commands: one secret per name, in a file of its owner's alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

from aftercare_platform.kernel.errors import Unauthenticated, invalid

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")


class SignedOut(Unauthenticated):
    """Nobody is signed in here as {name}: `aftercare login <link>`, or name another session with --as."""


def kept_session(data_dir: Path, name: str) -> str:
    """The secret in AFTERCARE_SESSION, else the one kept under the name; `SignedOut` without."""
    given = os.environ.get("AFTERCARE_SESSION")
    if given:
        return given
    try:
        return _file(data_dir, name).read_text().strip()
    except FileNotFoundError:
        raise SignedOut(name=name) from None


def keep_session(data_dir: Path, name: str, secret: str) -> None:
    """Keep a secret under a name, in place of the one before."""
    path = _file(data_dir, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret)
    draft.replace(path)


def forget_session(data_dir: Path, name: str) -> None:
    """Keep nothing under the name any more."""
    _file(data_dir, name).unlink(missing_ok=True)


def _file(data_dir: Path, name: str) -> Path:
    """In the data folder where there is one; elsewhere in the user's own settings."""
    if not _NAME.fullmatch(name):
        raise invalid("--as", f"{name!r} cannot name a session: letters, digits, dots and hyphens only")
    at_home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "aftercare"
    return (data_dir if data_dir.is_dir() else at_home) / "sessions" / name
