"""What a call meets before and after its handler, on a real server over a real socket."""

from __future__ import annotations

import asyncio
import json
import math
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import StringValue
from sqlmodel import Field, SQLModel, select

from aftercare.type.v1.criteria_pb2 import Criteria, Need, Wish
from aftercare.type.v1.place_pb2 import GeoPoint
from aftercare_platform.access.caller import Agency, Caller, Member, Role
from aftercare_platform.access.keys import KeyRing, ServiceIdentity, load_identity
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.rules import UnitKind, agencies, anyone, members, service
from aftercare_platform.access.tokens import mint_person_token, mint_service_token
from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.kernel.errors import (
    AftercareError,
    Conflict,
    Denied,
    Exhausted,
    InvalidArgument,
    NotFound,
    Stale,
    Unauthenticated,
    Unavailable,
    Violation,
    invalid,
)
from aftercare_platform.rpc.call import acting_for, caller_of, unit_of
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.rpc.errors import error_of
from aftercare_platform.rpc.methods import RuleTableError
from aftercare_platform.rpc.server import Server, UnsafeListener, open_server, serving
from aftercare_platform.settings import PlatformSettings, Profile
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.tables import AuditEntry
from aftercare_platform.sql.work import SqlWork
from integration.platform import probe as acts
from integration.platform.probe import DESCRIPTOR, Probe, ProbeStub, add_probe_to_server, path

PLANNER = Member("m-1", "north", frozenset({Role.PLANNER}), "s-1")
OFFICER = Member("m-2", "north", frozenset({Role.PRIVACY_OFFICER}), "s-2")
HOUSE = Agency("a-1", "o-1", "s-3", "north")

STREAM = members(Role.PLANNER, unit=UnitKind.NONE)
RULES = {
    path("Ask"): members(Role.PLANNER, unit=UnitKind.NONE) | service("matching", unit=UnitKind.NONE),
    path("Look"): members(Role.PLANNER, unit=UnitKind.READ),
    path("Change"): members(Role.PLANNER),
    path("Shout"): anyone(unit=UnitKind.NONE),
    path("When"): agencies(unit=UnitKind.NONE),
    path("List"): STREAM,
    path("Gather"): STREAM,
    path("Talk"): STREAM,
}
EVERY_SHAPE = ["Ask", "Look", "Change", "List", "Gather", "Talk"]
GOOD = Criteria(needs=[Need(kind="KIND_SOBER_LIVING")], zip="20001")


class Mark(SQLModel, table=True):
    __tablename__ = "test_mark"
    id: int | None = Field(default=None, primary_key=True)


@pytest.fixture
def tables():
    return (Mark,)


@dataclass
class World:
    """A running probe, and what it takes to call it."""

    server: Server
    probe: Probe
    folder: Path
    revocations: Revocations
    work: SqlWork

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def identity(self, name: str) -> ServiceIdentity:
        return load_identity(self.folder, name)

    def person_token(self, person: Member | Agency) -> str:
        return mint_person_token(self.identity("identity"), person)

    def stub(self, person: Member | Agency | None = None, service_name: str | None = None) -> ProbeStub:
        return ProbeStub(
            open_channel(
                self.address,
                to="probe",
                identity=self.identity(service_name) if service_name else None,
                person_token=self.person_token(person) if person else None,
            )
        )

    def stranger(self) -> ProbeStub:
        """A client of another make: nothing is added to what it sends."""
        return ProbeStub(grpc.aio.insecure_channel(self.address))

    async def marks(self) -> int:
        async with self.work.read(Caller()) as unit:
            return len((await unit.session.exec(select(Mark))).all())

    async def audit(self) -> list[tuple[str, str, bool]]:
        async with self.work.read(Caller()) as unit:
            entries = (await unit.session.exec(select(AuditEntry))).all()
        return [(entry.actor, entry.action.rpartition("/")[2], entry.allowed) for entry in entries]


@pytest.fixture
def opened(tmp_path: Path, database: Database) -> Callable[..., World]:
    """Makes a world; what is given replaces a setting or a part."""

    def make(*, rules: Any = RULES, without_database: bool = False, **settings: Any) -> World:
        probe, revocations = Probe(), Revocations()
        work = SqlWork(database, SystemClock(), service="probe")
        server = open_server(
            PlatformSettings(profile=Profile.TEST, **settings),
            name="probe",
            rules=rules,
            servicers=[(add_probe_to_server, probe, DESCRIPTOR)],
            work=None if without_database else work,
            keys=KeyRing(tmp_path / "keys"),
            clock=SystemClock(),
            revocations=revocations,
        )
        return World(server, probe, tmp_path / "keys", revocations, work)

    return make


@pytest_asyncio.fixture
async def world(opened) -> AsyncIterator[World]:
    made = opened()
    async with serving(made.server, grace=timedelta(seconds=1)):
        yield made


async def error_from(call: Any) -> AftercareError:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await call
    return error_of(refusal.value)


async def code_from(call: Any) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await call
    return refusal.value.code().name


# Parsing.


BROKEN = {
    "invalid UTF-8": b"\x12\x02\xff\xfe",
    "an unpaired surrogate": b"\x12\x03\xed\xa0\x80",
    "cut in a length": b"\x0a\x7f\x08",
    "cut in a number": b"\x22\xff",
    "a group never closed": b"\x0b",
    "nothing of ours": b"\xff" * 40,
    "nested 10,000 deep": b"\x0a\x80\x80\x04" * 10_000,
}


@pytest.mark.fault("PB-01")
@pytest.mark.fault("PB-02")
@pytest.mark.fault("PB-03")
@pytest.mark.parametrize("body", BROKEN)
@pytest.mark.parametrize("method", ["Ask", "Change", "List", "Gather", "Talk"])
async def test_a_broken_body_is_an_invalid_argument(world, method, body):
    error = await error_from(world.stub(PLANNER).raw(method, BROKEN[body]))
    assert (type(error).__name__, error.reason) == ("InvalidArgument", "BROKEN_MESSAGE"), error
    assert error.sentence == "The body is not the message that this method takes."
    assert world.probe.seen == []


async def test_of_500_random_bodies_none_is_anything_but_valid_or_invalid(world):
    chance = random.Random(20261124)
    stub, heard = world.stub(PLANNER), Counter[str]()
    for _ in range(500):
        body = bytearray(GOOD.SerializeToString())
        for _ in range(chance.randint(1, 4)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        try:
            await stub.raw("Ask", bytes(body + chance.randbytes(chance.randint(0, 9))))
        except grpc.aio.AioRpcError as refusal:
            heard[refusal.code().name] += 1
    assert heard.keys() == {"INVALID_ARGUMENT"}


async def test_a_health_check_with_a_broken_body_is_an_invalid_argument(world):
    channel = grpc.aio.insecure_channel(world.address)
    check = channel.unary_unary("/grpc.health.v1.Health/Check")
    assert await code_from(check(b"\x0a\x02\xff\xfe")) == "INVALID_ARGUMENT"


@pytest.mark.fault("PB-04")
async def test_a_field_nobody_knows_is_dropped(world):
    await world.stub(PLANNER).raw("Ask", GOOD.SerializeToString() + b"\xfa\xf0\x04\x04Anna")
    assert world.probe.seen == [GOOD]
    assert b"Anna" not in world.probe.seen[0].SerializeToString()


@pytest.mark.fault("PB-08")
async def test_a_body_over_a_mebibyte_is_too_large(world):
    fits, too_large = StringValue(value="x" * 1_000_000), StringValue(value="x" * 1_100_000)
    assert await world.stub().call("Shout", fits) == "nobody"
    error = await error_from(world.stub().call("Shout", too_large))
    assert (isinstance(error, Exhausted), error.reason) == (True, "MESSAGE_TOO_LARGE")


# What no request may hold, and the rules of the protos.


def criteria(**changes: Any) -> Criteria:
    return Criteria(needs=GOOD.needs, **{"zip": "20001", **changes})


def point(latitude: float, longitude: float) -> Criteria:
    return Criteria(needs=GOOD.needs, point=GeoPoint(latitude=latitude, longitude=longitude))


FORBIDDEN = [
    pytest.param(criteria(max_distance_meters=math.nan), "max_distance_meters", id="NaN"),
    pytest.param(criteria(max_distance_meters=math.inf), "max_distance_meters", id="infinite"),
    pytest.param(
        point(math.nan, 0), "point.latitude", id="NaN in a message", marks=pytest.mark.fault("GEO-01")
    ),
    pytest.param(point(91, 0), "point.latitude", id="beyond the pole", marks=pytest.mark.fault("GEO-02")),
    pytest.param(
        Criteria(needs=[Need(kind=3), Need(kind=99)], zip="20001"),
        "needs[1].kind",
        id="an enum number nobody defined",
        marks=pytest.mark.fault("PB-05"),
    ),
    pytest.param(
        Criteria(needs=[Need()], zip="20001"),
        "needs[0].kind",
        id="an enum left out",
        marks=pytest.mark.fault("PB-06"),
    ),
    pytest.param(
        criteria(languages=["es", "e\0"]), "languages[1]", id="U+0000", marks=pytest.mark.fault("PB-07")
    ),
    pytest.param(criteria(payers=["\x1b[2J"]), "payers[0]", id="what commands a terminal"),
    pytest.param(criteria(payers=["\x9b2J"]), "payers[0]", id="the same in one character"),
    pytest.param(criteria(languages=["en"] * 11), "languages", id="one item too many"),
    pytest.param(
        Criteria(needs=GOOD.needs, zip="20001", wishes=[Wish(attribute=1, kinds=[1] * 6)]),
        "wishes[0].kinds",
        id="one item too many in a message",
    ),
    pytest.param(criteria(zip="2001"), "zip", id="a pattern"),
    pytest.param(criteria(sober_days=-1), "sober_days", id="a range", marks=pytest.mark.fault("PB-12")),
    pytest.param(
        Criteria(needs=GOOD.needs), "origin", id="a oneof left out", marks=pytest.mark.fault("PB-14")
    ),
]


@pytest.mark.parametrize(("request_", "field"), FORBIDDEN)
@pytest.mark.parametrize("method", ["Ask", "Talk"])
async def test_a_forbidden_value_is_refused_by_field(world, method, request_, field):
    error = await error_from(world.stub(PLANNER).call(method, request_))
    assert isinstance(error, InvalidArgument)
    assert [violation.field for violation in error.violations] == [field]
    assert error.reason == "INVALID_FIELD"
    assert world.probe.seen == []


@pytest.mark.fault("PB-13")
@pytest.mark.parametrize(
    "moment",
    [
        Timestamp(nanos=-1),
        Timestamp(nanos=10**9),
        Timestamp(seconds=253402300800),
        Timestamp(seconds=-(2**62)),
    ],
)
async def test_a_time_outside_of_the_calendar_is_refused(world, moment):
    assert isinstance(await error_from(world.stub(HOUSE).call("When", moment)), InvalidArgument)


async def test_a_megabyte_of_items_is_refused_before_it_keeps_anyone_waiting(world):
    started = time.monotonic()
    refusal = await error_from(world.stub(PLANNER).call("Ask", criteria(languages=["a"] * 330_000)))
    assert isinstance(refusal, InvalidArgument)
    assert [violation.field for violation in refusal.violations] == ["languages"]
    assert time.monotonic() - started < 1  # ten seconds where each item is read by the rule


@pytest.mark.parametrize("text", ["x" * 500_000, "\u20ac" * 200_000], ids=["ASCII", "three bytes each"])
async def test_a_refusal_fits_its_trailer_whatever_it_repeats(world, text):
    async def refuse(context: object) -> str:
        raise invalid("mapping", f"{text} is not a saved mapping")

    world.probe.act = refuse
    refusal = await error_from(world.stub(PLANNER).call("Ask", GOOD))
    assert isinstance(refusal, InvalidArgument)
    assert [violation.field for violation in refusal.violations] == ["mapping"]


async def test_of_many_wrong_fields_the_first_are_named(world):
    wishes = [Wish(attribute=99, term="x" * 61) for _ in range(30)]
    refusal = await error_from(
        world.stub(PLANNER).call("Ask", Criteria(needs=GOOD.needs, zip="20001", wishes=wishes))
    )
    assert isinstance(refusal, InvalidArgument)
    assert refusal.violations[0].field == "wishes[0].attribute"
    assert len(refusal.violations) <= 20


async def test_a_whole_request_reaches_its_handler(world):
    for method in EVERY_SHAPE:
        assert set((await world.stub(PLANNER).call(method, GOOD)).split(",")) == {"member:m-1"}
    assert world.probe.seen == [GOOD] * 8


# Who calls, and what they may.


@pytest.mark.fault("AUT-10")
@pytest.mark.parametrize("method", EVERY_SHAPE)
async def test_a_stranger_must_sign_in(world, method):
    assert isinstance(await error_from(world.stranger().call(method, GOOD)), Unauthenticated)
    assert world.probe.seen == []


@pytest.mark.fault("AUT-11")
@pytest.mark.parametrize("method", EVERY_SHAPE)
async def test_who_has_no_right_is_denied_and_it_is_noted(world, method):
    for person in (OFFICER, HOUSE):
        assert isinstance(await error_from(world.stub(person).call(method, GOOD)), Denied)
    assert await world.audit() == [("member:m-2", method, False), ("agency:a-1", method, False)]
    assert world.probe.seen == []


async def test_a_denial_by_the_use_case_is_noted_too(world):
    world.probe.act = acts.deny
    assert isinstance(await error_from(world.stub(PLANNER).call("Change", GOOD)), Denied)
    assert await world.audit() == [("member:m-1", "Change", False)]


@pytest.mark.fault("AUT-12")
async def test_a_service_acts_for_itself_or_for_a_person_never_as_the_better_of_both(world):
    assert await world.stub(service_name="matching").call("Ask", GOOD) == "service:matching"
    assert await world.stub(PLANNER, "matching").call("Ask", GOOD) == "member:m-1"
    assert isinstance(await error_from(world.stub(OFFICER, "matching").call("Ask", GOOD)), Denied)
    assert isinstance(await error_from(world.stub(service_name="gateway").call("Ask", GOOD)), Denied)


async def test_a_header_that_merely_claims_a_service_is_refused(world):
    elsewhere = mint_service_token(world.identity("matching"), audience="referral")
    for claim in ("matching", "", "Bearer matching", elsewhere):
        call = world.stranger().call("Ask", GOOD, metadata=[("x-aftercare-service", claim)])
        assert isinstance(await error_from(call), Unauthenticated)


@pytest.mark.fault("PB-20")
async def test_of_two_credentials_none_counts(world):
    good = ("authorization", f"Bearer {world.person_token(PLANNER)}")
    assert await world.stranger().call("Ask", GOOD, metadata=[good]) == "member:m-1"
    for second in (good, ("authorization", "Bearer x")):
        call = world.stranger().call("Ask", GOOD, metadata=[good, second])
        assert isinstance(await error_from(call), Unauthenticated)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "token", "Bearer a b c"])
async def test_a_broken_credential_is_refused_even_where_none_is_needed(world, header):
    call = world.stranger().call("Shout", metadata=[("authorization", header)])
    assert isinstance(await error_from(call), Unauthenticated)


@pytest.mark.fault("AUT-05")
async def test_a_revoked_session_ends_at_once(world):
    stub = world.stub(PLANNER)
    await stub.call("Ask", GOOD)
    world.revocations.revoke("s-1", at=SystemClock().now())
    assert isinstance(await error_from(stub.call("Ask", GOOD)), Unauthenticated)


async def test_an_unknown_method_is_not_served(world):
    channel = grpc.aio.insecure_channel(world.address)
    assert await code_from(channel.unary_unary(path("Nothing"))(b"")) == "UNIMPLEMENTED"


# Deadlines and limits.


@pytest.mark.fault("RPC-01")
@pytest.mark.parametrize("method", EVERY_SHAPE)
async def test_a_call_without_deadline_is_given_one(opened, method):
    world = opened(call_deadline=timedelta(seconds=0.2), stream_deadline=timedelta(seconds=0.2))
    world.probe.act = acts.wait_long
    async with serving(world.server, grace=timedelta(0)):
        metadata = [("authorization", f"Bearer {world.person_token(PLANNER)}")]
        error = await error_from(world.stranger().call(method, GOOD, metadata=metadata))
        assert error.reason == "DEADLINE_PASSED"
        assert isinstance(error, Unavailable)


@pytest.mark.fault("RPC-02")
async def test_a_call_whose_deadline_has_passed_is_not_begun(world):
    assert await code_from(world.stub(PLANNER).call("Ask", GOOD, timeout=-1)) == "DEADLINE_EXCEEDED"
    assert world.probe.seen == []


@pytest.mark.fault("RPC-02")
async def test_the_deadline_is_passed_on_less_a_little(world):
    async def ask_on(_context: object) -> str:
        world.probe.act = acts.say_remaining
        return await inner.call("Ask", GOOD, timeout=99)

    inner = world.stub(service_name="matching")
    world.probe.act = ask_on
    assert 0.2 < float(await world.stub(PLANNER).call("Ask", GOOD, timeout=0.5)) < 0.46


async def test_the_person_and_the_trace_are_passed_on(world):
    traces: list[str] = []

    async def ask_on(context: Any) -> str:
        traces.append(dict(context.invocation_metadata())["traceparent"])
        if len(traces) == 1:
            return await inner.call("Ask", GOOD)
        return f"{caller_of(context).service} for {caller_of(context).actor}"

    inner = world.stub(service_name="matching")
    world.probe.act = ask_on
    assert await world.stub(PLANNER).call("Ask", GOOD) == "matching for member:m-1"
    assert traces[0] == traces[1]
    world.probe.act = acts.say_who
    with acting_for(world.person_token(PLANNER)):
        assert await inner.call("Ask", GOOD) == "member:m-1"
    assert await inner.call("Ask", GOOD) == "service:matching"


@pytest.mark.fault("RPC-09")
async def test_beyond_the_limits_calls_are_refused_and_it_recovers(opened):
    world = opened(maximum_calls=5, maximum_calls_per_method=3)
    async with serving(world.server, grace=timedelta(seconds=1)):
        stub = world.stub(PLANNER)
        for _ in range(3):
            gate = asyncio.Event()

            async def wait_at(_context: object, gate: asyncio.Event = gate) -> str:
                await gate.wait()
                return "done"

            world.probe.act = wait_at
            ended: asyncio.Queue[asyncio.Task[str]] = asyncio.Queue()
            calls = [asyncio.create_task(stub.call(method, GOOD)) for method in ["Ask"] * 6 + ["Look"] * 6]
            for call in calls:
                call.add_done_callback(ended.put_nowait)
            refused = [await error_from(await ended.get()) for _ in range(7)]
            gate.set()
            assert {error.reason for error in refused} == {"TOO_BUSY"}
            assert (await asyncio.gather(*calls, return_exceptions=True)).count("done") == 5


# Units of work and repeated calls.


async def leave_a_mark(context: object) -> str:
    unit_of(context).session.add(Mark())
    return str(id(unit_of(context)))


async def leave_a_mark_now(context: object) -> str:
    mark = await leave_a_mark(context)
    await unit_of(context).session.flush()
    return mark


async def test_a_write_commits_with_its_audit_entry(world):
    world.probe.act = leave_a_mark
    await world.stub(PLANNER).call("Change", GOOD)
    assert await world.marks() == 1
    assert await world.audit() == [("member:m-1", "Change", True)]


async def test_a_read_sees_one_program_and_writes_nothing(world):
    world.probe.act = acts.say_program
    assert await world.stub(PLANNER).call("Look", GOOD) == "north"
    world.probe.act = leave_a_mark_now
    assert await code_from(world.stub(PLANNER).call("Look", GOOD)) == "INTERNAL"
    assert await world.marks() == 0


async def test_no_unit_where_the_rule_opens_none(world):
    world.probe.act = acts.say_program
    assert await code_from(world.stub(PLANNER).call("Ask", GOOD)) == "INTERNAL"


@pytest.mark.parametrize("failure", [NotFound(), Stale(what="plan"), RuntimeError("no")])
async def test_a_failed_write_leaves_nothing(world, failure):
    async def fail_late(context: object) -> str:
        await leave_a_mark_now(context)
        raise failure

    world.probe.act = fail_late
    await code_from(world.stub(PLANNER).call("Change", GOOD, metadata=[("idempotency-key", "k")]))
    assert (await world.marks(), await world.audit()) == (0, [])
    world.probe.act = leave_a_mark
    await world.stub(PLANNER).call("Change", GOOD, metadata=[("idempotency-key", "k")])
    assert await world.marks() == 1


@pytest.mark.fault("RPC-02")
async def test_a_write_that_outlives_its_deadline_leaves_nothing(world):
    async def mark_and_wait(context: object) -> str:
        await leave_a_mark_now(context)
        return await acts.wait_long(context)

    world.probe.act = mark_and_wait
    assert await code_from(world.stub(PLANNER).call("Change", GOOD, timeout=0.2)) == "DEADLINE_EXCEEDED"
    await asyncio.sleep(0.2)
    assert await world.marks() == 0


# second call | is
@pytest.mark.fault("REF-02")
@pytest.mark.fault("NET-01")
@pytest.mark.parametrize(
    ("person", "request_", "key", "outcome"),
    [
        (PLANNER, GOOD, "k", "replayed"),
        (PLANNER, GOOD, "other", "done"),
        (PLANNER, criteria(zip="20002"), "k", "IDEMPOTENCY_KEY_REUSED"),
        (Member("m-9", "north", frozenset({Role.PLANNER}), "s-9"), GOOD, "k", "done"),
        (Member("m-1", "north", frozenset({Role.PRIVACY_OFFICER}), "s-1"), GOOD, "k", "NOT_ALLOWED"),
        (PLANNER, GOOD, "", "INVALID_FIELD"),
        (PLANNER, GOOD, "k" * 129, "INVALID_FIELD"),
    ],
)
async def test_the_same_call_again(world, person, request_, key, outcome):
    world.probe.act = leave_a_mark
    first = await world.stub(PLANNER).call("Change", GOOD, metadata=[("idempotency-key", "k")])
    second = world.stub(person).call("Change", request_, metadata=[("idempotency-key", key)])
    if outcome in ("done", "replayed"):
        assert (await second == first) is (outcome == "replayed")
    else:
        assert (await error_from(second)).reason == outcome
    assert await world.marks() == (2 if outcome == "done" else 1)


async def test_twenty_at_once_with_one_key_happen_once(world):
    world.probe.act = leave_a_mark
    stub = world.stub(PLANNER)
    calls = [stub.call("Change", GOOD, metadata=[("idempotency-key", "k")]) for _ in range(20)]
    assert len(set(await asyncio.gather(*calls))) == 1
    assert await world.marks() == 1


async def test_a_reply_with_a_secret_is_not_kept(opened):
    rules = RULES | {path("Change"): replace(members(Role.PLANNER), stores_reply=False)}
    world = opened(rules=rules)
    world.probe.act = leave_a_mark
    async with serving(world.server, grace=timedelta(seconds=1)):
        for _ in range(2):
            await world.stub(PLANNER).call("Change", GOOD, metadata=[("idempotency-key", "k")])
    assert await world.marks() == 2


# Errors.


FAILURES = [
    (NotFound(), "NOT_FOUND", "There is nothing here with that id."),
    (Conflict(), "FAILED_PRECONDITION", "The move does not fit the state that things are in."),
    (Unavailable(what="The index"), "UNAVAILABLE", "The index cannot be reached right now: try again."),
    (
        invalid("zip", "is unknown"),
        "INVALID_ARGUMENT",
        "The request has fields that are wrong: zip: is unknown",
    ),
]


@pytest.mark.parametrize(("failure", "code", "sentence"), FAILURES)
@pytest.mark.parametrize("method", EVERY_SHAPE)
async def test_an_error_arrives_as_it_left(world, method, failure, code, sentence):
    async def fail(_context: object) -> str:
        raise failure

    world.probe.act = fail
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await world.stub(PLANNER).call(method, GOOD)
    error = error_of(refusal.value)
    assert refusal.value.code().name == code
    assert isinstance(error, type(failure))
    assert (error.reason, error.sentence) == (failure.reason, sentence)
    if isinstance(error, InvalidArgument):
        assert error.violations == (Violation("zip", "is unknown"),)


SECRET = "Wilhelmina Oakhurst needs buprenorphine"


@pytest.mark.fault("LOG-02")
@pytest.mark.parametrize("method", EVERY_SHAPE)
async def test_what_is_unknown_says_nothing_but_a_reference(world, method, capsys):
    async def fail(_context: object) -> str:
        raise ValueError(SECRET) from KeyError(SECRET)

    world.probe.act = fail
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await world.stub(PLANNER).call(method, GOOD)
    said = [
        refusal.value.details(),
        refusal.value.debug_error_string(),
        str(refusal.value.trailing_metadata()),
    ]
    assert refusal.value.code() is grpc.StatusCode.INTERNAL
    assert (refusal.value.details() or "").startswith("internal error; ref=")
    assert "Oakhurst" not in json.dumps([refusal.value.details(), *said, *capsys.readouterr()])


@pytest.mark.parametrize(
    ("code", "heard"), [("UNAVAILABLE", "UNAVAILABLE"), ("NOT_FOUND", "INTERNAL"), ("INTERNAL", "INTERNAL")]
)
async def test_what_another_service_answered_does_not_leak_through(world, code, heard):
    async def fail(_context: object) -> str:
        raise grpc.aio.AioRpcError(grpc.StatusCode[code], details=SECRET)

    world.probe.act = fail
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await world.stub(PLANNER).call("Ask", GOOD)
    assert refusal.value.code().name == heard
    assert SECRET not in (refusal.value.details() or "")


# Repeating what could not be reached.


@pytest.mark.parametrize(
    ("failure", "tries"), [(Unavailable(what="The index"), 3), (Exhausted(), 1), (Stale(what="plan"), 1)]
)
async def test_only_what_is_unavailable_is_tried_again_with_the_same_key(world, failure, tries):
    keys: list[str] = []

    async def fail(context: Any) -> str:
        keys.append(dict(context.invocation_metadata())["idempotency-key"])
        raise failure

    world.probe.act = fail
    await code_from(world.stub(PLANNER).call("Change", GOOD))
    assert len(keys) == tries
    assert len(set(keys)) == 1


async def test_a_server_that_comes_back_is_found_again(opened, world):
    stub = world.stub(PLANNER)
    await stub.call("Ask", GOOD)
    await world.server.drain(timedelta(0))
    assert await code_from(stub.call("Ask", GOOD)) == "UNAVAILABLE"
    again = opened(listen=world.address)
    async with serving(again.server, grace=timedelta(0)), asyncio.timeout(5):
        assert await stub.call("Ask", GOOD, wait_for_ready=True) == "member:m-1"


# Starting and stopping.


@pytest.mark.parametrize(
    ("rules", "without_database", "misfit"),
    [
        ({}, False, "Ask: no rule"),
        (RULES | {path("Gone"): anyone()}, False, "Gone: a rule, but nobody serves it"),
        (RULES | {path("Talk"): anyone()}, False, "Talk: cannot open a write unit"),
        (RULES, True, "Change: cannot open a write unit"),
    ],
)
async def test_a_server_starts_only_with_a_rule_for_each_method(opened, rules, without_database, misfit):
    with pytest.raises(RuleTableError, match=misfit):
        opened(rules=rules, without_database=without_database)


async def test_a_port_is_never_shared(opened, world):
    with pytest.raises(RuntimeError):
        opened(listen=world.address)


async def test_no_listening_and_no_calling_beyond_loopback_without_tls(opened):
    with pytest.raises(UnsafeListener):
        opened(listen="0.0.0.0:0")
    with pytest.raises(ValueError, match="TLS"):
        open_channel("directory.example:7101", to="directory")


@pytest.mark.fault("RPC-07")
async def test_draining_finishes_what_is_in_flight_and_refuses_the_rest(opened):
    world = opened()
    begun, steps = asyncio.Event(), []

    async def slow(_context: object) -> str:
        begun.set()
        await asyncio.sleep(0.3)
        return "finished"

    async def flush() -> None:
        steps.append("flushed")

    world.probe.act = slow
    stub = world.stub(PLANNER)
    async with serving(world.server, grace=timedelta(seconds=5), then=flush):
        in_flight = asyncio.create_task(stub.call("Ask", GOOD))
        await begun.wait()
        assert steps == []
    assert await in_flight == "finished"
    assert steps == ["flushed"]
    assert await code_from(stub.call("Ask", GOOD)) == "UNAVAILABLE"


async def test_health_tells_whether_it_serves(world):
    channel = grpc.aio.insecure_channel(world.address)
    check = channel.unary_unary("/grpc.health.v1.Health/Check")
    serving_, not_serving = b"\x08\x01", b"\x08\x02"
    assert await check(b"") == serving_
    assert await check(b"\x0a\x15probe.v1.ProbeService") == serving_
    await world.server.set_serving(ready=False)
    assert await check(b"") == not_serving
    assert await code_from(check(b"\x0a\x04none")) == "NOT_FOUND"
