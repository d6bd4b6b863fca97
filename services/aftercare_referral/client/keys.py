"""Each client's data key: made with the client, opened when something of theirs is read."""

from __future__ import annotations

from sqlmodel import col, select

from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.sealing import (
    ClientKey,
    ClientVault,
    Place,
    SealBroken,
    SealKeyUnusable,
    vault_of,
)
from aftercare_referral.client.tables import ClientKeyRow, SealProof

_PROOF = "seal_key"


def new_client_key(unit: Unit, client_id: str) -> tuple[ClientKey, ClientKeyRow]:
    """A fresh key, and its row, to be added once the client's own row is stored."""
    key, wrapped = vault_of(unit).new_key(_place(unit.program_id, client_id))
    row = ClientKeyRow(
        program_id=unit.program_id, client_id=client_id, key_version=key.version, wrapped=wrapped
    )
    return key, row


async def client_key(unit: Unit, client_id: str) -> ClientKey:
    """The client's key; NotFound for a client who is absent, another program's, or forgotten."""
    found = await unit.session.exec(select(ClientKeyRow).where(col(ClientKeyRow.client_id) == client_id))
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return opened(unit, row)


def opened(unit: Unit, row: ClientKeyRow) -> ClientKey:
    """The key in a row; SealBroken where the row was changed or copied from another client."""
    place = _place(row.program_id, row.client_id)
    return vault_of(unit).open_key(row.wrapped, place, version=row.key_version)


async def prove_seal_key(unit: Unit, vault: ClientVault) -> None:
    """Make sure, at start, that this is the key that the database was begun with.

    The first start leaves a proof. Later a lost key file would be made anew in silence, and every
    client be unreadable: SealKeyUnusable says so before the first call is served.
    """
    row = await unit.session.get(SealProof, _PROOF)
    if row is None:
        unit.session.add(SealProof(name=_PROOF, sealed=vault.seal(_PROOF.encode(), bound_to=b"proof")))
        return
    try:
        vault.unseal(row.sealed, bound_to=b"proof")
    except SealBroken:
        raise SealKeyUnusable(
            "the seal key is not the one that this database was begun with; restore its file from its copy"
        ) from None


def _place(program_id: str, client_id: str) -> Place:
    return Place(program_id, "client_key", "wrapped", client_id)
