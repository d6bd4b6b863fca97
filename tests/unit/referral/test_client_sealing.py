"""A sealed value opens at its own place with its own key, and nowhere else."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare_platform.sql.work import Sealer
from aftercare_referral.client.sealing import ClientVault, Place, SealBroken, SealKeyUnusable, open_vault

HERE = Place("north", "client", "family_name", "c1")
KEY_PLACE = Place("north", "client_key", "wrapped", "c1")
VAULT = ClientVault(bytes(range(32)))


@given(text=st.text())
def test_what_was_sealed_opens_again(text):
    key, wrapped = VAULT.new_key(KEY_PLACE)
    again = VAULT.open_key(wrapped, KEY_PLACE, version=1)
    assert again.unseal(key.seal(text, HERE), HERE) == text


def test_the_same_text_never_looks_the_same_twice():
    key, _ = VAULT.new_key(KEY_PLACE)
    assert key.seal("Quill", HERE) != key.seal("Quill", HERE)


@pytest.mark.parametrize(
    ("column", "elsewhere"),
    [
        ("program_id", "south"),
        ("table", "consent"),
        ("column", "given_name"),
        ("row_id", "c2"),
    ],
)
def test_a_value_moved_to_another_place_does_not_open(column, elsewhere):
    key, _ = VAULT.new_key(KEY_PLACE)
    sealed = key.seal("Quill", HERE)
    with pytest.raises(SealBroken):
        key.unseal(sealed, dataclasses.replace(HERE, **{column: elsewhere}))


def test_a_value_does_not_open_with_another_clients_key_nor_under_another_key_version():
    key, wrapped = VAULT.new_key(KEY_PLACE)
    other, _ = VAULT.new_key(dataclasses.replace(KEY_PLACE, row_id="c2"))
    sealed = key.seal("Quill", HERE)
    with pytest.raises(SealBroken):
        other.unseal(sealed, HERE)
    with pytest.raises(SealBroken):
        dataclasses.replace(key, version=2).unseal(sealed, HERE)
    with pytest.raises(SealBroken):
        VAULT.open_key(wrapped, KEY_PLACE, version=2)


def test_a_wrapped_key_opens_for_its_own_client_and_with_its_own_seal_key_only():
    _, wrapped = VAULT.new_key(KEY_PLACE)
    with pytest.raises(SealBroken):
        VAULT.open_key(wrapped, dataclasses.replace(KEY_PLACE, row_id="c2"), version=1)
    with pytest.raises(SealBroken):
        ClientVault(bytes(32)).open_key(wrapped, KEY_PLACE, version=1)


@given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_one_changed_byte_is_noticed(position, flip):
    key, _ = VAULT.new_key(KEY_PLACE)
    sealed = bytearray(key.seal("Quill", HERE))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(SealBroken):
        key.unseal(bytes(sealed), HERE)


@pytest.mark.parametrize("garbage", [b"", b"short", bytes(12), bytes(28)])
def test_garbage_is_broken_not_a_crash(garbage):
    key, _ = VAULT.new_key(KEY_PLACE)
    with pytest.raises(SealBroken):
        key.unseal(garbage, HERE)


def test_a_place_cannot_pretend_to_be_another():
    with pytest.raises(ValueError, match=r"\|"):
        Place("north|client", "x", "y", "z").bound(1)


def test_stored_replies_open_only_for_their_own_call():
    sealer: Sealer = VAULT
    sealed = sealer.seal(b"reply of Quill", bound_to=b"m1\nGetClient\nk1")
    assert b"Quill" not in sealed
    assert sealer.unseal(sealed, bound_to=b"m1\nGetClient\nk1") == b"reply of Quill"
    with pytest.raises(SealBroken):
        sealer.unseal(sealed, bound_to=b"m2\nGetClient\nk1")


def test_a_reply_cannot_be_passed_off_as_a_key():
    forged = VAULT.seal(bytes(32), bound_to=KEY_PLACE.bound(1))
    with pytest.raises(SealBroken):
        VAULT.open_key(forged, KEY_PLACE, version=1)


def test_nothing_shows_in_a_repr():
    key, _ = VAULT.new_key(KEY_PLACE)
    assert repr(key) == str(key) == "ClientKey(version=1)"
    assert "00010203" not in repr(VAULT)


def test_the_seal_key_is_made_once_for_the_owner_alone(tmp_path: Path):
    file = tmp_path / "keys" / "clients.seal"
    _, wrapped = open_vault(file).new_key(KEY_PLACE)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["clients.seal"]
    open_vault(file).open_key(wrapped, KEY_PLACE, version=1)


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        ("00" * 32, 0o640, "open to others"),
        ("00" * 31, 0o600, "holds no key"),
        ("not a key", 0o600, "holds no key"),
        ("", 0o600, "holds no key"),
    ],
)
def test_an_unsafe_or_broken_key_file_is_refused(tmp_path: Path, text, mode, why):
    file = tmp_path / "clients.seal"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(SealKeyUnusable, match=why):
        open_vault(file)
