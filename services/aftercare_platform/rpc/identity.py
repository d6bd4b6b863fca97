"""Who calls, read from the metadata: only what a token proves counts."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from aftercare_platform.access.caller import Agency, Caller, Member
from aftercare_platform.access.keys import KeyRing
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.tokens import (
    PersonProof,
    ServiceProof,
    verify_person_token,
    verify_service_token,
)
from aftercare_platform.kernel.clock import Clock
from aftercare_platform.kernel.errors import AftercareError, Unauthenticated, invalid

AUTHORIZATION: Final = "authorization"
SERVICE_TOKEN: Final = "x-aftercare-service"  # noqa: S105 (the name of a header)
IDEMPOTENCY_KEY: Final = "idempotency-key"
TRACEPARENT: Final = "traceparent"

_REMEMBERED: Final = 4096
"""How many checked tokens are kept; a signature costs a tenth of a millisecond to check."""
_LONGEST_KEY: Final = 128
_TRACEPARENT: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

Metadata = Iterable[tuple[str, str | bytes]]
Proof = TypeVar("Proof", ServiceProof, PersonProof)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What the metadata of a call says, proved."""

    caller: Caller
    person_token: str | None
    """The person's token as it came, to be passed on."""


class Gatekeeper:
    """Checks the tokens of calls to one service."""

    def __init__(self, name: str, *, keys: KeyRing, clock: Clock, revocations: Revocations) -> None:
        self._name = name
        self._keys = keys
        self._clock = clock
        self._revocations = revocations
        self._services: dict[str, ServiceProof] = {}
        self._persons: dict[str, PersonProof] = {}

    def introduce(self, metadata: Metadata) -> Introduction:
        """The caller behind the metadata; a stranger without tokens, Unauthenticated with a bad one."""
        pairs = tuple(metadata)
        service_token = single(pairs, SERVICE_TOKEN, otherwise=Unauthenticated)
        person_token = _bearer(single(pairs, AUTHORIZATION, otherwise=Unauthenticated))
        service = self._service(service_token) if service_token is not None else None
        if person_token is None:
            return Introduction(Caller(service), None)
        person = self._person(person_token)
        if person.session_id in self._revocations:
            raise Unauthenticated
        return Introduction(Caller(service, person), person_token)

    def _service(self, token: str) -> str:
        now = self._clock.now()
        proof = self._services.get(token)
        if proof is None:
            proof = verify_service_token(token, keys=self._keys, audience=self._name, now=now)
            _remember(self._services, token, proof)
        return _unexpired(proof, now).service

    def _person(self, token: str) -> Member | Agency:
        now = self._clock.now()
        proof = self._persons.get(token)
        if proof is None:
            proof = verify_person_token(token, keys=self._keys, now=now)
            _remember(self._persons, token, proof)
        return _unexpired(proof, now).person


def single(
    metadata: Metadata, name: str, *, otherwise: Callable[[], AftercareError] | type[AftercareError]
) -> str | None:
    """The one value of a header, None when it is absent; of two nobody could say which one counts."""
    values = [value for key, value in metadata if key == name]
    if not values:
        return None
    if len(values) > 1 or not isinstance(values[0], str):
        raise otherwise()
    return values[0]


def idempotency_key(metadata: Metadata) -> str | None:
    """The caller's idempotency key, if any; InvalidArgument unless it stands once, 1 to 128 long."""

    def wrong() -> AftercareError:
        return invalid(IDEMPOTENCY_KEY, f"stands at most once, with 1 to {_LONGEST_KEY} characters")

    key = single(metadata, IDEMPOTENCY_KEY, otherwise=wrong)
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise wrong()
    return key


def trace_of(metadata: Metadata) -> str:
    """The W3C trace context of a call; a fresh one when the caller brings none that is well-formed."""
    given = next((value for key, value in metadata if key == TRACEPARENT), "")
    if isinstance(given, str) and _TRACEPARENT.fullmatch(given):
        return given
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def _bearer(authorization: str | None) -> str | None:
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    return token


def _unexpired(proof: Proof, now: datetime) -> Proof:
    if proof.until <= now:
        raise Unauthenticated
    return proof


def _remember(proofs: dict[str, Proof], token: str, proof: Proof) -> None:
    """Keep a proof; the oldest ones make room."""
    while len(proofs) >= _REMEMBERED:
        del proofs[next(iter(proofs))]
    proofs[token] = proof
