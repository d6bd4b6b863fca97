"""What is about a client is stored sealed: AES-256-GCM-SIV (RFC 8452), with a key of each client.

Two layers. The seal key (256 bit) lies in a file of its own, 0600, in the folder of keys and never
beside the data. Each client has a random data key (256 bit), stored wrapped by the seal key; a field
is sealed with the data key and bound to its program, table, column, row and key version, so that a
sealed value that is moved anywhere else does not open. Without its wrapped key a client's fields are
noise for good: deleting that one row forgets the person.

GCM-SIV, because a nonce that repeats (a restored virtual machine, a copied random state) then tells
only that two values are equal. It needs OpenSSL 3.2 or newer, which the wheels of `cryptography`
bring along. Where it is absent the service refuses to start; there is no weaker second format, as
data in two formats would be a trap for years.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from aftercare_platform.sql.work import Unit

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class SealBroken(RuntimeError):
    """A sealed value does not open here: it was changed or moved, or its key is another one."""


class SealKeyUnusable(RuntimeError):
    """The seal key cannot be used; the message says why and what to do."""


class VaultMissing(RuntimeError):
    """The unit was opened without a vault: give `SqlWork(..., sealer=open_vault(...))`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands: it opens nowhere else."""

    program_id: str
    table: str
    column: str
    row_id: str

    def bound(self, key_version: int) -> bytes:
        """The place and the version of the key, as associated data; `|` stands in none of the parts."""
        parts = (self.program_id, self.table, self.column, self.row_id, str(key_version))
        if any("|" in part for part in parts):
            raise ValueError("no part of a place holds a |")
        return "|".join(parts).encode()


@dataclass(frozen=True, slots=True)
class ClientKey:
    """The data key of one client, unwrapped; lives as long as the unit of work that asked for it."""

    version: int
    _cipher: AESGCMSIV = field(repr=False)

    def seal(self, text: str, place: Place) -> bytes:
        """The text as it may be stored: nonce, ciphertext and tag."""
        return _close(self._cipher, text.encode(), place.bound(self.version))

    def unseal(self, sealed: bytes, place: Place) -> str:
        """The text that was sealed at this place; SealBroken for any other bytes, place or key."""
        return _open(self._cipher, sealed, place.bound(self.version)).decode()


class ClientVault:
    """Wraps the clients' data keys, and seals the replies that are stored for repeated calls.

    It is the platform's `Sealer`: `SqlWork(..., sealer=vault)` hands it to every unit, and `vault_of`
    takes it from there. Its repr shows nothing.
    """

    def __init__(self, seal_key: bytes) -> None:
        """`seal_key` has 32 bytes. SealKeyUnusable where the OpenSSL at hand has no GCM-SIV."""
        if len(seal_key) != KEY_BYTES:
            raise SealKeyUnusable(f"a seal key has {KEY_BYTES} bytes, this one {len(seal_key)}")
        self._wrapping = _cipher(_derived(seal_key, b"aftercare client keys"))
        self._replies = _cipher(_derived(seal_key, b"aftercare stored replies"))

    def new_key(self, place: Place, *, version: int = 1) -> tuple[ClientKey, bytes]:
        """A fresh data key, and how it is stored at `place`."""
        plain = secrets.token_bytes(KEY_BYTES)
        return ClientKey(version, _cipher(plain)), _close(self._wrapping, plain, place.bound(version))

    def open_key(self, wrapped: bytes, place: Place, *, version: int) -> ClientKey:
        """The data key that was stored at `place`; SealBroken for any other."""
        return ClientKey(version, _cipher(_open(self._wrapping, wrapped, place.bound(version))))

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """The bytes to store; they open only together with `bound_to`."""
        return _close(self._replies, plain, bound_to)

    def unseal(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """The bytes that were sealed; SealBroken where they or `bound_to` differ."""
        return _open(self._replies, sealed, bound_to)


def open_vault(seal_key_file: Path) -> ClientVault:
    """The vault whose key lies in the file; at the first start the key is made, 0600.

    SealKeyUnusable when others may read the file or it holds no key.
    """
    seal_key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not seal_key_file.exists():
        _write_new(seal_key_file, secrets.token_hex(KEY_BYTES) + "\n")
    if seal_key_file.stat().st_mode & 0o077:
        raise SealKeyUnusable(f"{seal_key_file} is open to others; make it 0600")
    try:
        seal_key = bytes.fromhex(seal_key_file.read_text(encoding="ascii"))
    except ValueError:
        seal_key = b""
    if len(seal_key) != KEY_BYTES:
        raise SealKeyUnusable(f"{seal_key_file} holds no key of {KEY_BYTES} bytes; restore it from its copy")
    return ClientVault(seal_key)


def vault_of(unit: Unit) -> ClientVault:
    """The vault that the unit was opened with; VaultMissing where there is none."""
    if not isinstance(unit.sealer, ClientVault):
        raise VaultMissing
    return unit.sealer


def _write_new(path: Path, text: str) -> None:
    """Write the file whole or not at all; who comes second keeps what the first one wrote."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _derived(seal_key: bytes, use: bytes) -> bytes:
    # One key per use: what is sealed for one use can never be taken for the other.
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(seal_key)


def _cipher(key: bytes) -> AESGCMSIV:
    try:
        return AESGCMSIV(key)
    except UnsupportedAlgorithm:
        raise SealKeyUnusable("OpenSSL lacks AES-GCM-SIV: install the wheel of cryptography") from None


def _close(cipher: AESGCMSIV, plain: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound_to)


def _open(cipher: AESGCMSIV, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise SealBroken from None
