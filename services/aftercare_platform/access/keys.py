"""Each process's signing key, made at its first start, and the ring of public keys it trusts.

`<name>.key` (PKCS 8, 0600) stays with its process; `<name>.pub` lies beside it for the others. The
name of the file is the key's `kid`: a token cannot choose which key it is checked with.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc.jwk import OKPKey

from aftercare_platform.kernel.clock import Clock, SystemClock

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


class UnsafeKey(Exception):
    """A key file can be read by others than its owner."""


@dataclass(frozen=True, slots=True)
class ServiceIdentity:
    """A process's own name and signing key."""

    name: str
    """Such as "referral"; the issuer of its tokens."""
    key: OKPKey = field(repr=False)
    """Ed25519, private."""
    clock: Clock = field(default_factory=SystemClock, repr=False)
    """Dates the tokens that it signs."""


def load_identity(folder: Path, name: str, *, clock: Clock | None = None) -> ServiceIdentity:
    """The service's identity from the key folder; at its first start the key is made.

    The folder is made 0700, the key 0600. UnsafeKey when someone widened the key file since.
    """
    _check_name(name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = folder / f"{name}.key"
    try:
        _write_new(private, _fresh_key())
    except FileExistsError:
        if private.stat().st_mode & 0o077:
            raise UnsafeKey(f"{private} is open to others; it must be 0600") from None
    key = OKPKey.import_key(private.read_bytes())
    _publish(folder / f"{name}.pub", key)
    return ServiceIdentity(name, key, clock or SystemClock())


class KeyRing:
    """The public keys in a folder, read when first needed and again when a file changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[int, OKPKey]] = {}

    def public_key(self, name: str) -> OKPKey | None:
        """The public key of a service; None when there is no such service."""
        if not _NAME.fullmatch(name):
            return None
        path = self._folder / f"{name}.pub"
        try:
            changed_at = path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        known = self._read.get(name)
        if known is None or known[0] != changed_at:
            known = self._read[name] = (changed_at, OKPKey.import_key(path.read_bytes()))
        return known[1]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a service: lower-case letters, digits and hyphens only")


def _fresh_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, whole or not at all, for the owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def _publish(path: Path, key: OKPKey) -> None:
    public = key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if path.exists() and path.read_bytes() == public:
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(public)
    draft.replace(path)
