"""A token proves what it says, to whom it is for, while it lives; any fault is the same refusal."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwt

from aftercare.identity.v1 import events_pb2
from aftercare_platform.access.caller import Agency, Member, Role
from aftercare_platform.access.keys import KeyRing, ServiceIdentity, UnsafeKey, load_identity
from aftercare_platform.access.revocation import MEMORY, Revocations
from aftercare_platform.access.tokens import (
    mint_person_token,
    mint_service_token,
    verify_person_token,
    verify_service_token,
)
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.kernel.clock import FixedClock
from aftercare_platform.kernel.errors import Unauthenticated

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLANNER = Member("m-1", "north", frozenset({Role.PLANNER, Role.SUPERVISOR}), "s-1")
HOUSE = Agency("a-1", "org-1", "s-2", "north")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def identity(folder, clock):
    return load_identity(folder, "identity", clock=clock)


@pytest.fixture
def matching(folder, clock):
    return load_identity(folder, "matching", clock=clock)


@pytest.fixture
def ring(folder, identity, matching) -> KeyRing:
    return KeyRing(folder)


def test_a_service_is_who_its_token_says(matching, ring):
    token = mint_service_token(matching, audience="referral")
    assert verify_service_token(token, keys=ring, audience="referral", now=NOON).service == "matching"


@pytest.mark.parametrize("person", [PLANNER, HOUSE])
def test_a_person_is_who_identity_says(person, identity, ring):
    assert verify_person_token(mint_person_token(identity, person), keys=ring, now=NOON).person == person


# seconds since it was made | is believed (a service token lives 600 s, a person's 300 s, leeway 30 s)
@pytest.mark.fault("AUT-04")
@pytest.mark.parametrize(
    ("kind", "seconds", "is_believed"),
    [
        ("service", -31, False),
        ("service", -29, True),
        ("service", 629, True),
        ("service", 631, False),
        ("person", -31, False),
        ("person", 329, True),
        ("person", 331, False),
    ],
)
def test_a_token_lives_its_time(kind, seconds, is_believed, identity, matching, ring):
    now = NOON + timedelta(seconds=seconds)
    try:
        if kind == "service":
            token = mint_service_token(matching, audience="referral", lifetime=timedelta(days=9))
            verify_service_token(token, keys=ring, audience="referral", now=now)
        else:
            verify_person_token(mint_person_token(identity, PLANNER), keys=ring, now=now)
    except Unauthenticated:
        assert not is_believed
    else:
        assert is_believed


def signed(by: ServiceIdentity, header: dict[str, object] | None = None, **claims: object) -> str:
    """A person token of our making, right but for what is given; None leaves a claim out."""
    right = {
        "iss": "identity",
        "aud": "aftercare",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 300,
        "sub": "m-1",
        "sid": "s-1",
        "kind": "member",
        "program_id": "north",
        "roles": ["planner"],
    } | claims
    head = {"alg": "Ed25519", "kid": "identity", "typ": "person"} | (header or {})
    body = {name: value for name, value in right.items() if value is not None}
    return jwt.encode(head, body, by.key, algorithms=["Ed25519"])


def parts(header: dict[str, object]) -> str:
    body = {"iss": "identity", "aud": "aftercare", "iat": 0, "exp": 9_999_999_999, "kind": "member"}
    return ".".join(encoded(json.dumps(part).encode()) for part in (header, body))


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def signed_with_a_password(password: bytes) -> str:
    text = parts({"alg": "HS256", "kid": "identity", "typ": "person"})
    return f"{text}.{encoded(hmac.digest(password, text.encode(), 'sha256'))}"


FORGED = {
    "nothing": lambda _i, _m: "",
    "a bare name": lambda _i, _m: "identity",
    "three dots": lambda _i, _m: "...",
    "not ASCII": lambda _i, _m: "é.é.é",
    "far too long": lambda i, _m: signed(i, sub="x" * 9000),
    "no signature": lambda _i, _m: parts({"alg": "none", "kid": "identity", "typ": "person"}) + ".",
    "one letter changed": lambda i, _m: signed(i).replace(".", ".A", 1),
    "signature cut": lambda i, _m: signed(i)[:-4],
    "another service's key": lambda _i, m: signed(m),
    "another service's key, named": lambda _i, m: signed(m, {"kid": "matching"}, iss="matching"),
    "no key named": lambda i, _m: signed(i, {"kid": ""}),
    "a path for a key": lambda i, _m: signed(i, {"kid": "../keys/identity"}),
    "a key of its own": lambda i, _m: signed(i, {"jwk": i.key.as_dict(private=False)}, iss="mallory"),
    "another audience": lambda i, _m: signed(i, aud="elsewhere"),
    "no audience": lambda i, _m: signed(i, aud=None),
    "another issuer": lambda i, _m: signed(i, iss="referral"),
    "no end": lambda i, _m: signed(i, exp=None),
    "no beginning": lambda i, _m: signed(i, iat=None),
    "an end that is no number": lambda i, _m: signed(i, exp="tomorrow"),
    "a life too long": lambda i, _m: signed(i, exp=int(NOON.timestamp()) + 301),
    "not a person's": lambda i, _m: signed(i, {"typ": "service"}),
    "no type": lambda i, _m: signed(i, {"typ": "JWT"}),
    "an unknown kind": lambda i, _m: signed(i, kind="robot"),
    "a session that is no text": lambda i, _m: signed(i, sid=["s-1"]),
    "a program that says nothing": lambda i, _m: signed(i, program_id=""),
    "an unknown role": lambda i, _m: signed(i, roles=["owner"]),
    "no program": lambda i, _m: signed(i, program_id=None),
    "the public key as a password": lambda i, _m: signed_with_a_password(i.key.as_pem(private=False)),
}


def test_the_right_token_passes(identity, ring):
    assert verify_person_token(signed(identity), keys=ring, now=NOON).person.session_id == "s-1"


@pytest.mark.fault("AUT-03")
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("forgery", FORGED)
def test_no_forged_person_passes(forgery, identity, matching, ring):
    token = FORGED[forgery](identity, matching)
    with pytest.raises(Unauthenticated) as refusal:
        verify_person_token(token, keys=ring, now=NOON)
    assert refusal.value.sentence == Unauthenticated().sentence


FORGED_SERVICES = {
    "a person's": lambda i, _m: mint_person_token(i, PLANNER),
    "for another": lambda _i, m: mint_service_token(m, audience="directory"),
    "of an unknown service": lambda _i, m: service_token(m, kid="gateway", iss="gateway"),
    "by a path": lambda _i, m: service_token(m, kid="../keys/matching", iss="matching"),
    "of another issuer": lambda _i, m: service_token(m, kid="matching", iss="gateway"),
    "by a number": lambda _i, _m: parts({"alg": "Ed25519", "kid": 7, "typ": "service"}) + ".AAAA",
    "a bare name": lambda _i, _m: "matching",
}


def service_token(by: ServiceIdentity, *, kid: str, iss: str) -> str:
    return signed(by, {"kid": kid, "typ": "service"}, iss=iss, aud="referral")


@pytest.mark.parametrize("forgery", FORGED_SERVICES)
def test_no_forged_service_passes(forgery, identity, matching, ring):
    token = FORGED_SERVICES[forgery](identity, matching)
    with pytest.raises(Unauthenticated):
        verify_service_token(token, keys=ring, audience="referral", now=NOON)


def test_a_key_is_made_once_and_for_its_owner_alone(folder):
    first, again = load_identity(folder, "courier"), load_identity(folder, "courier")
    assert first.key.as_pem(private=True) == again.key.as_pem(private=True)
    assert (folder.stat().st_mode & 0o777, (folder / "courier.key").stat().st_mode & 0o777) == (0o700, 0o600)
    assert sorted(path.name for path in folder.iterdir()) == ["courier.key", "courier.pub"]
    assert "PRIVATE" not in (folder / "courier.pub").read_text()
    assert "key" not in repr(first)


def test_an_opened_key_is_refused(folder):
    load_identity(folder, "courier")
    (folder / "courier.key").chmod(0o640)
    with pytest.raises(UnsafeKey):
        load_identity(folder, "courier")


@pytest.mark.parametrize("name", ["", "../x", "Referral", "a/b", "a b", "x" * 40])
def test_only_plain_names_name_a_service(name, folder):
    with pytest.raises(ValueError, match="cannot name"):
        load_identity(folder, name)
    assert KeyRing(folder).public_key(name) is None


def test_a_changed_key_is_read_again(folder, clock):
    ring = KeyRing(folder)
    assert ring.public_key("courier") is None
    old = load_identity(folder, "courier", clock=clock)
    token = mint_service_token(old, audience="referral")
    verify_service_token(token, keys=ring, audience="referral", now=NOON)
    (folder / "courier.key").unlink()
    load_identity(folder, "courier", clock=clock)
    with pytest.raises(Unauthenticated):
        verify_service_token(token, keys=ring, audience="referral", now=NOON)


def test_revocations_are_remembered_as_long_as_a_token_can_live():
    revocations = Revocations()
    revocations.revoke("s-1", at=NOON)
    assert "s-1" in revocations
    assert "s-2" not in revocations
    revocations.revoke("s-2", at=NOON + MEMORY - timedelta(seconds=1))
    assert "s-1" in revocations
    revocations.revoke("s-3", at=NOON + MEMORY + timedelta(seconds=1))
    assert "s-1" not in revocations
    assert len(revocations) == 2


async def test_the_identity_stream_feeds_the_revocations():
    revocations = Revocations()
    ended = events_pb2.SessionRevoked(session_id="s-1")
    ended.revoke_time.FromDatetime(NOON)
    event = Envelope(
        event_id="e-1",
        type="aftercare.identity.v1.SessionRevoked",
        subject="evt.identity.session.s-1",
        aggregate_id="s-1",
        version=1,
        occurred_at=NOON,
        traceparent="",
        body=ended.SerializeToString(),
    )
    await revocations.apply(replace(event, type="aftercare.identity.v1.SomethingElse"))
    assert "s-1" not in revocations
    await revocations.apply(event)
    assert "s-1" in revocations
