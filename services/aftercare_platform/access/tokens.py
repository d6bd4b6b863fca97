"""Short signed tokens (JWT, Ed25519 only) that prove which service calls and who acts through it.

A service token says "I am matching, and this is for referral"; a person token, signed by identity,
says who is signed in. A token names its kind in the signed header, so that neither passes as the
other; the key that checks it follows from the issuer alone. Any fault is one and the same error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError

from aftercare_platform.access.caller import Agency, Member, Role
from aftercare_platform.access.keys import KeyRing, ServiceIdentity
from aftercare_platform.kernel.errors import Unauthenticated

SERVICE_TOKEN_LIFE: Final = timedelta(minutes=10)
PERSON_TOKEN_LIFE: Final = timedelta(minutes=5)
LEEWAY: Final = timedelta(seconds=30)
"""By how much two clocks may differ."""

PERSON_ISSUER: Final = "identity"
PERSON_AUDIENCE: Final = "aftercare"
_ALGORITHM: Final = "Ed25519"
"""EdDSA over Curve25519, by its full name (RFC 9864)."""
_MAXIMUM_LENGTH: Final = 4096
"""Characters of a token; ours have under a thousand."""


@dataclass(frozen=True, slots=True)
class ServiceProof:
    """A service token held: who calls, and until when the proof may be believed (leeway included)."""

    service: str
    until: datetime


@dataclass(frozen=True, slots=True)
class PersonProof:
    """A person token held: who acts, and until when the proof may be believed (leeway included)."""

    person: Member | Agency
    until: datetime


def mint_service_token(
    identity: ServiceIdentity, *, audience: str, lifetime: timedelta = SERVICE_TOKEN_LIFE
) -> str:
    """A token by which the service proves itself to the audience; it lives ten minutes at most."""
    return _mint(identity, "service", {"aud": audience}, min(lifetime, SERVICE_TOKEN_LIFE))


def mint_person_token(
    identity: ServiceIdentity, person: Member | Agency, *, lifetime: timedelta = PERSON_TOKEN_LIFE
) -> str:
    """A token for a signed-in person; it lives five minutes at most. Only identity's are believed."""
    claims: dict[str, Any] = {
        "aud": PERSON_AUDIENCE,
        "sid": person.session_id,
        "program_id": person.program_id,
    }
    match person:
        case Member():
            claims |= {"kind": "member", "sub": person.id}
            claims["roles"] = sorted(person.roles)
        case Agency():
            claims |= {"kind": "agency", "sub": person.account_id, "organization_id": person.organization_id}
    return _mint(identity, "person", claims, min(lifetime, PERSON_TOKEN_LIFE))


def verify_service_token(token: str, *, keys: KeyRing, audience: str, now: datetime) -> ServiceProof:
    """Which service made the token for this audience; Unauthenticated on any fault."""
    issuer = _key_id(token)
    claims = _verify(token, "service", keys=keys, issuer=issuer, audience=audience, now=now)
    return ServiceProof(issuer, _until(claims, SERVICE_TOKEN_LIFE))


def verify_person_token(token: str, *, keys: KeyRing, now: datetime) -> PersonProof:
    """Who is signed in, as identity says; Unauthenticated on any fault. Revocation is not looked at here."""
    claims = _verify(token, "person", keys=keys, issuer=PERSON_ISSUER, audience=PERSON_AUDIENCE, now=now)
    return PersonProof(_person(claims), _until(claims, PERSON_TOKEN_LIFE))


def _mint(identity: ServiceIdentity, kind: str, claims: dict[str, Any], lifetime: timedelta) -> str:
    now = int(identity.clock.now().timestamp())
    header = {"alg": _ALGORITHM, "kid": identity.name, "typ": kind}
    stamped = {"iss": identity.name, "iat": now, "exp": now + int(lifetime.total_seconds()), **claims}
    return jwt.encode(header, stamped, identity.key, algorithms=[_ALGORITHM])


def _verify(
    token: str, kind: str, *, keys: KeyRing, issuer: str, audience: str, now: datetime
) -> dict[str, Any]:
    """The claims of a token, once signature, kind, issuer, audience and times all hold."""
    key = keys.public_key(issuer)
    if key is None or len(token) > _MAXIMUM_LENGTH:
        raise Unauthenticated
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=int(LEEWAY.total_seconds()),
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        decoded = jwt.decode(token, key, algorithms=[_ALGORITHM])
        rules.validate(decoded.claims)
    except (JoseError, ValueError, TypeError):
        raise Unauthenticated from None
    if (decoded.header.get("typ"), decoded.header.get("kid")) != (kind, issuer):
        raise Unauthenticated
    return decoded.claims


def _key_id(token: str) -> str:
    """The name of the key that a token says it was signed with; nothing is proved by it yet."""
    try:
        key_id = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, TypeError):
        raise Unauthenticated from None
    if not isinstance(key_id, str):
        raise Unauthenticated
    return key_id


def _until(claims: dict[str, Any], longest: timedelta) -> datetime:
    """When the proof ends. A token made to live longer than its kind may is refused."""
    if claims["exp"] - claims["iat"] > longest.total_seconds():
        raise Unauthenticated
    return datetime.fromtimestamp(claims["exp"], UTC) + LEEWAY


def _person(claims: dict[str, Any]) -> Member | Agency:
    """The person in the claims; Unauthenticated when one is missing or of an unknown kind."""
    try:
        if claims["kind"] == "agency":
            return Agency(
                _id(claims, "sub"),
                _id(claims, "organization_id"),
                _id(claims, "sid"),
                _id(claims, "program_id"),
            )
        if claims["kind"] == "member":
            roles = frozenset(Role(role) for role in claims["roles"])
            return Member(_id(claims, "sub"), _id(claims, "program_id"), roles, _id(claims, "sid"))
    except (KeyError, ValueError, TypeError):
        pass
    raise Unauthenticated


def _id(claims: dict[str, Any], name: str) -> str:
    """An id in the claims; ValueError unless it is text that says something."""
    value = claims[name]
    if not isinstance(value, str) or not value:
        raise ValueError(name)
    return value
