"""From a commit to another service's effect, with the broker killed on the way."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlmodel import SQLModel, select

from aftercare_platform.access.caller import Caller
from aftercare_platform.bus.connection import BrokerAway, Bus, open_bus
from aftercare_platform.bus.consumer import Consumer, Handler
from aftercare_platform.bus.decision import DONE, Decision, Park, Retry
from aftercare_platform.bus.envelope import Envelope
from aftercare_platform.bus.follow import Follower, StreamRewound
from aftercare_platform.bus.streams import (
    StreamDiffers,
    StreamMissing,
    check_streams,
    declaration,
    ensure_streams,
)
from aftercare_platform.kernel.clock import FixedClock, SystemClock
from aftercare_platform.kernel.errors import Unavailable
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.sql.dead_letters import SqlDeadLetters
from aftercare_platform.sql.engine import Database, open_database
from aftercare_platform.sql.idempotency import IdempotencyKey, remember
from aftercare_platform.sql.inbox import Verdict, receive
from aftercare_platform.sql.leases import TERM, LeaseHolder
from aftercare_platform.sql.relay import Relay
from aftercare_platform.sql.retention import Retention
from aftercare_platform.sql.tables import AuditEntry, DeadLetter, IdempotencyRecord, InboxRow, OutboxRow
from aftercare_platform.sql.work import SqlWork
from support.nats import Broker
from support.sqlite import create_tables, url_of

DIRECTORY = Caller(service="directory")
STREAM = "evt_directory"
SOON = timedelta(milliseconds=50)


@pytest.fixture
def work(database: Database) -> SqlWork:
    return SqlWork(database, SystemClock(), service="directory")


@asynccontextmanager
async def running(*tasks) -> AsyncIterator[None]:
    """Run these beside the block, and cancel them at its end."""
    started = [asyncio.create_task(task.run()) for task in tasks]
    try:
        yield
    finally:
        for task in started:
            task.cancel()
        await asyncio.wait(started)


async def until(holds: Callable[[], bool], within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 -- what is waited for happens in the broker or a task's memory
            await asyncio.sleep(0.01)


async def tell(work: SqlWork, listing: str, *versions: int) -> None:
    """Commit a change of a listing for each version."""
    for version in versions:
        async with work.write(DIRECTORY) as unit:
            unit.record(
                Timestamp(seconds=version), aggregate_type="listing", aggregate_id=listing, version=version
            )


def event(listing: str, version: int) -> Envelope:
    return Envelope(
        event_id=new_id(),
        type="google.protobuf.Timestamp",
        subject=f"evt.directory.listing.{listing}",
        aggregate_id=listing,
        version=version,
        occurred_at=datetime.now(UTC),
        traceparent="",
        body=Timestamp(seconds=version).SerializeToString(),
    )


async def publish(bus: Bus, *events: Envelope) -> None:
    """Publish each until the broker confirms it, as the relay does."""
    for envelope in events:
        while True:
            try:
                await bus.publish(envelope)
                break
            except BrokerAway:
                await asyncio.sleep(0.02)


async def stored(bus: Bus) -> dict[str, list[int]]:
    """The versions in the stream, by listing, in stream order."""
    versions = defaultdict(list)
    last = (await bus.jetstream.stream_info(STREAM)).state.last_seq
    for sequence in range(1, last + 1):
        message = await bus.jetstream.get_msg(STREAM, sequence)
        versions[message.subject.rpartition(".")[2]].append(int(message.headers["version"]))
    return dict(versions)


async def rows(work: SqlWork, table: type[SQLModel]) -> list:
    async with work.read(DIRECTORY) as unit:
        return list((await unit.session.exec(select(table))).all())


# Streams


async def test_streams_are_made_once_and_then_agree(own_broker: Broker):
    async with open_bus(own_broker) as bus:
        with pytest.raises(StreamMissing, match=STREAM):
            await check_streams(bus, "directory")
        await ensure_streams(bus)
        await ensure_streams(bus)
        await check_streams(bus, "directory", "identity", "referral")


@pytest.mark.fault("BRK-07")
@pytest.mark.parametrize(
    "difference",
    [
        {"max_age": 60.0, "duplicate_window": 30.0},
        {"subjects": ["evt.directory.listing.>"]},
        {"deny_purge": False},
        {"duplicate_window": 120.0},
    ],
    ids=lambda difference: next(iter(difference)),
)
async def test_a_stream_that_differs_is_refused(own_broker: Broker, difference):
    async with open_bus(own_broker) as bus:
        await bus.jetstream.add_stream(declaration("directory").evolve(**difference))
        for attempt in (ensure_streams(bus), check_streams(bus, "directory")):
            with pytest.raises(StreamDiffers, match=f"{STREAM} differs.*{next(iter(difference))}"):
                await attempt


# Outbox to stream


async def test_events_arrive_in_the_order_of_their_aggregate(bus, work, database):
    relay = Relay(database, bus)
    async with running(relay):
        for version in range(1, 9):
            for listing in ("harbor", "hillside"):
                await tell(work, listing, version)
        assert await relay.flush(timedelta(seconds=5))
    assert await stored(bus) == {"harbor": [*range(1, 9)], "hillside": [*range(1, 9)]}


async def test_a_commit_is_published_at_once(bus, work, database):
    seen = []

    async def apply(envelope: Envelope) -> None:
        seen.append((datetime.now(UTC) - envelope.occurred_at).total_seconds())

    async with running(Relay(database, bus), Follower(bus, STREAM, 0, apply)):
        for version in range(1, 21):
            await tell(work, "harbor", version)
            await asyncio.sleep(0.03)
        await until(lambda: len(seen) == 20)
    assert sorted(seen)[10] < 0.05  # well under the poll, so it was the commit that woke the relay


@pytest.mark.fault("BRK-02")
async def test_events_committed_while_the_broker_is_killed_again_and_again_all_arrive_once(
    own_broker, bus, work, database
):
    relay = Relay(database, bus)
    async with running(relay):
        for round_ in range(4):
            await asyncio.gather(
                *(
                    tell(work, listing, *range(5 * round_ + 1, 5 * round_ + 6))
                    for listing in ("harbor", "hillside")
                )
            )
            own_broker.kill()
            await tell(work, "meadow", round_ + 1)
            await asyncio.sleep(0.1)
            own_broker.start()
        assert await relay.flush(timedelta(seconds=15))
    assert await stored(bus) == {
        "harbor": [*range(1, 21)],
        "hillside": [*range(1, 21)],
        "meadow": [1, 2, 3, 4],
    }


@pytest.mark.fault("KILL-06")
async def test_a_relay_that_dies_before_it_marks_publishes_the_same_event_again(
    bus, work, database, monkeypatch
):
    await tell(work, "harbor", 1, 2)
    dying = Relay(database, bus)

    async def die(_sent) -> None:
        raise KeyboardInterrupt

    dying._mark = die  # the composition root of this test: a relay that dies between ack and mark
    with pytest.raises(KeyboardInterrupt):
        await dying._publish_batch()
    assert await dying.count_unsent() == 2
    next_one = Relay(database, bus)
    async with running(next_one):
        assert await next_one.flush(timedelta(seconds=5))
    assert await stored(bus) == {"harbor": [1, 2]}


async def test_of_two_relays_one_works(bus, work, database):
    first, second = LeaseHolder(database, "relay"), LeaseHolder(database, "relay")
    assert (await first.holds(), await second.holds(), await first.holds()) == (True, False, True)
    await first.release()
    assert await second.holds()
    assert timedelta(seconds=5) > TERM  # so long events wait after a kill


async def test_publishing_without_a_broker_is_unconfirmed(own_broker, bus):
    own_broker.kill()
    with pytest.raises(BrokerAway):
        await bus.publish(event("harbor", 1))


# Stream to reader


def consumer(bus: Bus, handler: Handler, **more) -> Consumer:
    return Consumer(bus, STREAM, "reader", "evt.directory.listing.>", handler, **more)


async def test_an_event_handled_after_the_retries_it_asked_for_stays_before_its_followers(bus):
    asked: list[tuple[str, int]] = []

    async def handler(envelope: Envelope) -> Decision:
        asked.append((envelope.aggregate_id, envelope.version))
        return Retry(SOON) if envelope.version == 1 and envelope.attempt < 4 else DONE

    for listing, version in (("harbor", 1), ("harbor", 2), ("hillside", 2)):
        await publish(bus, event(listing, version))
    async with running(consumer(bus, handler)):
        await until(lambda: ("harbor", 2) in asked)
    assert [version for listing, version in asked if listing == "harbor"] == [1, 1, 1, 1, 2]


async def test_what_a_killed_reader_did_not_acknowledge_comes_again(bus):
    begun, seen = asyncio.Event(), []

    async def hang(_: Envelope) -> Decision:
        begun.set()
        await asyncio.sleep(60)
        return DONE

    async def handler(envelope: Envelope) -> Decision:
        seen.append((envelope.version, envelope.attempt))
        return DONE

    await publish(bus, event("harbor", 1))
    async with running(consumer(bus, hang, ack_wait=timedelta(milliseconds=300))):
        await begun.wait()
    async with running(consumer(bus, handler, ack_wait=timedelta(milliseconds=300))):
        await until(lambda: bool(seen))
    assert seen == [(1, 2)]


@pytest.mark.fault("EVT-10")
async def test_a_slow_handler_is_not_given_the_event_twice(bus):
    seen = []

    async def slow(envelope: Envelope) -> Decision:
        seen.append(envelope.attempt)
        await asyncio.sleep(1)
        return DONE

    await publish(bus, event("harbor", 1))
    async with running(consumer(bus, slow, ack_wait=timedelta(milliseconds=300))):
        await asyncio.sleep(1.5)
    assert seen == [1]


@pytest.mark.fault("EVT-08")
@pytest.mark.parametrize("poison", ["raises", "parks"])
async def test_a_poison_event_stops_only_its_aggregate(bus, work, poison):
    letters = SqlDeadLetters(work, service="directory")
    is_mended, seen = False, []

    async def handler(envelope: Envelope) -> Decision:
        if envelope.aggregate_id == "harbor" and envelope.version == 1 and not is_mended:
            if poison == "parks":
                return Park("unknown_type")
            raise ZeroDivisionError
        seen.append((envelope.aggregate_id, envelope.version))
        return DONE

    for listing, version in (("harbor", 1), ("harbor", 2), ("hillside", 1), ("hillside", 2)):
        await publish(bus, event(listing, version))
    async with running(consumer(bus, handler, dead_letters=letters, max_tries=2)):
        await until(lambda: len(seen) == 2)
        while len(parked := await rows(work, DeadLetter)) < 2:  # noqa: ASYNC110 -- as above
            await asyncio.sleep(0.02)
        assert seen == [("hillside", 1), ("hillside", 2)]
        reason = "unknown_type" if poison == "parks" else "raised_ZeroDivisionError"
        assert [(row.version, row.reason) for row in parked] == [(1, reason), (2, "waits_behind_another")]

        subject = parked[0].subject
        is_mended = True
        assert await letters.redrive("reader", subject, handler) == 2
        await publish(bus, event("harbor", 3))
        await until(lambda: ("harbor", 3) in seen)
    assert [version for listing, version in seen if listing == "harbor"] == [1, 2, 3]


async def test_another_service_being_away_is_no_fault_of_the_event(bus, work):
    seen = []

    async def handler(envelope: Envelope) -> Decision:
        seen.append(envelope.attempt)
        if len(seen) < 4:
            raise Unavailable(what="referral")
        return DONE

    await publish(bus, event("harbor", 1))
    letters = SqlDeadLetters(work, service="directory")
    async with running(consumer(bus, handler, dead_letters=letters, max_tries=2)):
        await until(lambda: len(seen) == 4)
    assert await rows(work, DeadLetter) == []


async def test_a_reader_goes_on_after_the_broker_was_killed(own_broker, bus):
    seen = []

    async def handler(envelope: Envelope) -> Decision:
        seen.append(envelope.version)
        return DONE

    async with running(consumer(bus, handler)):
        await publish(bus, event("harbor", 1))
        await until(lambda: seen == [1])
        own_broker.kill()
        own_broker.start()
        await publish(bus, event("harbor", 2))
        await until(lambda: seen == [1, 2])


# The inbox


@pytest.mark.fault("EVT-03")
@pytest.mark.fault("EVT-06")
@pytest.mark.parametrize(
    ("arrivals", "verdicts"),
    [
        ([1, 2, 3], ["new", "new", "new"]),
        ([1, 1, 2], ["new", "seen", "new"]),
        ([2, 1, 2], ["gap", "new", "new"]),
        ([1, 3, 2, 1], ["new", "gap", "new", "seen"]),
    ],
)
async def test_the_inbox_takes_each_version_once_and_in_order(work, arrivals, verdicts):
    events = {version: event("harbor", version) for version in (1, 2, 3)}
    said = []
    for version in arrivals:
        async with work.write(DIRECTORY) as unit:
            said.append((await receive(unit, events[version])).value)
    assert said == verdicts


async def test_an_event_whose_effect_failed_is_new_again(work):
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with work.write(DIRECTORY) as unit:
            assert await receive(unit, event("harbor", 1)) is Verdict.NEW
            raise ZeroDivisionError
    assert await rows(work, InboxRow) == []
    async with work.write(DIRECTORY) as unit:
        assert await receive(unit, replace(event("harbor", 1))) is Verdict.NEW


# Retention


async def test_what_nothing_can_ask_for_any_more_is_deleted(tmp_path):
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    await create_tables(url_of(tmp_path / "old.db"), ())
    async with open_database(url_of(tmp_path / "old.db"), clock=clock) as database:
        work = SqlWork(database, clock, service="directory")
        await tell(work, "harbor", 1, 2)
        async with work.write(DIRECTORY, action="/test/Read") as unit:
            await receive(unit, event("hillside", 1))
            await remember(unit, IdempotencyKey("nobody", "/test/Read", "k", "aa"), b"reply")
            (await unit.session.get(OutboxRow, 1)).published_at = clock.now()
        kept = {}
        for days in (29, 31, 61):
            clock.advance(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days) - clock.now())
            await Retention(database).forget_old()
            kept[days] = [len(await rows(work, table)) for table in (OutboxRow, IdempotencyRecord, InboxRow)]
        assert kept == {29: [2, 1, 1], 31: [1, 0, 1], 61: [1, 0, 0]}  # the unsent event stays
        assert len(await rows(work, AuditEntry)) == 1


# Followers


@pytest.mark.parametrize(("start", "expected"), [(0, [1, 2, 3]), (1, [1, 2, 3]), (3, [3]), (4, [])])
async def test_a_follower_begins_where_it_is_told(bus, start, expected):
    seen = []

    async def apply(envelope: Envelope) -> None:
        seen.append(envelope.version)

    for version in (1, 2, 3):
        await publish(bus, event("harbor", version))
    follower = Follower(bus, STREAM, start, apply)
    async with running(follower):
        await until(lambda: follower.position == 3)
        await asyncio.sleep(0.05)
    assert seen == expected


@pytest.mark.fault("BRK-01")
async def test_a_follower_misses_nothing_while_the_broker_is_killed(own_broker, bus):
    seen = []

    async def apply(envelope: Envelope) -> None:
        seen.append(envelope.version)

    follower = Follower(bus, STREAM, 0, apply)
    async with running(follower):
        for version in (1, 2, 3):
            await publish(bus, event("harbor", version))
            if version == 2:
                own_broker.kill()
                own_broker.start()
        await until(lambda: follower.position == 3)
    assert sorted(set(seen)) == [1, 2, 3]


async def test_a_follower_notices_that_the_stream_was_made_anew(bus):
    async def apply(_: Envelope) -> None:
        raise AssertionError

    with pytest.raises(StreamRewound):
        async with asyncio.timeout(5):
            await Follower(bus, STREAM, 99, apply).run()


@pytest.mark.parametrize("shown", ["{}", '{"auth_token": "guessed"}'], ids=["nothing", "another token"])
async def test_a_stranger_on_this_host_gets_no_word_with_the_broker(broker, shown):
    reader, writer = await asyncio.open_connection("127.0.0.1", broker.port)
    writer.write(f"CONNECT {shown}\r\nPUB evt.directory.listing.x 0\r\n\r\nPING\r\n".encode())
    answers = (await reader.read()).decode()
    writer.close()
    assert "Authorization Violation" in answers
    assert "PONG" not in answers
