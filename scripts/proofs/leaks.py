"""Looking for planted words where none belong."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path


def files_that_hold(folder: Path, planted: Iterable[str | float]) -> list[str]:
    """Every "file: word" below the folder, whatever the file is: logs, streams, databases, their WALs.

    A word is found in any case; a number as text and as the eight bytes of a protobuf double.
    """
    words = list(planted)
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            content += b"\0" + content.lower()
            found += [
                f"{path.relative_to(folder)}: {word}"
                for word in words
                if any(form in content for form in forms_of(word))
            ]
    return found


def forms_of(word: str | float) -> list[bytes]:
    """The bytes by which a word or number would be seen."""
    if isinstance(word, float):
        return [str(word).encode(), struct.pack("<d", word)]
    return [word.encode(), word.lower().encode()]
