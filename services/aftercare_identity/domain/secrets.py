"""Secrets that prove their bearer: made here, shown once, kept only as a digest.

Each is 256 random bits, so a plain SHA-256 is enough to keep it: there is nothing to guess.
The prefix tells what a secret is when it turns up where it should not be.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from enum import StrEnum


class SecretKind(StrEnum):
    """What a secret opens; the value is its prefix."""

    LINK = "link"
    SESSION = "sess"
    AGENCY_KEY = "akey"


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret just made."""

    text: str = field(repr=False)
    """What the bearer gets to see, once."""
    digest: str
    """What is kept, 64 hexadecimal characters."""


def new_secret(kind: SecretKind) -> NewSecret:
    """A fresh secret of a kind."""
    text = f"{kind}_{secrets.token_urlsafe(32)}"
    return NewSecret(text, digest_of(text))


def digest_of(text: str) -> str:
    """The digest under which a secret is kept and looked up."""
    return hashlib.sha256(text.encode()).hexdigest()
