"""One transaction per unit: nothing lost between writers, nothing half written, nothing told too early."""

from __future__ import annotations

import asyncio
import sqlite3  # the one that sql.driver put in its place
from pathlib import Path

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import BytesValue
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Field, SQLModel, delete, select

from aftercare_platform.access.caller import Caller, Member, Role
from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.kernel.errors import Conflict, Stale, Unavailable
from aftercare_platform.sql import driver, engine
from aftercare_platform.sql.engine import Database, DatabaseMissing, UnsupportedDatabase, open_database
from aftercare_platform.sql.idempotency import IdempotencyKey, IdempotencyKeyReused, find, remember
from aftercare_platform.sql.tables import AuditEntry, OutboxRow
from aftercare_platform.sql.work import SqlWork

PLANNER = Caller(person=Member("m1", "north", frozenset({Role.PLANNER}), "s1"))


class Beds(SQLModel, table=True):
    __tablename__ = "test_beds"
    id: str = Field(primary_key=True)
    free: int
    version: int = 1


@pytest.fixture
def tables():
    return (Beds,)


@pytest.fixture
def work(database: Database) -> SqlWork:
    return SqlWork(database, SystemClock(), service="test")


async def add_beds(work: SqlWork, free: int = 0) -> None:
    async with work.write(PLANNER) as unit:
        unit.session.add(Beds(id="harbor", free=free))


async def beds(work: SqlWork) -> int | None:
    async with work.read(PLANNER) as unit:
        row = await unit.session.get(Beds, "harbor")
        return row.free if row else None


async def rows(work: SqlWork, table: type[SQLModel]) -> list:
    async with work.read(PLANNER) as unit:
        return list((await unit.session.exec(select(table))).all())


@pytest.mark.fault("SQL-01")
async def test_400_of_400_increments_survive_8_writers(work):
    await add_beds(work)

    async def increment() -> None:
        for _ in range(50):
            async with work.write(PLANNER) as unit:
                row = await unit.session.get(Beds, "harbor")
                row.free += 1

    await asyncio.gather(*(increment() for _ in range(8)))
    assert await beds(work) == 400


async def test_drivers_own_transactions_would_lose_increments(tmp_path):
    """The control: the same writers without our BEGIN."""
    path = tmp_path / "control.db"

    def work_as(connection):
        return connection.execute("select free from beds").fetchone()[0]

    first, second = (sqlite3.connect(path) for _ in range(2))
    first.execute("pragma journal_mode = wal")
    first.execute("create table beds (free integer)")
    first.execute("insert into beds values (0)")
    first.commit()
    for _ in range(50):
        seen = [(one, work_as(one)) for one in (first, second)]
        for one, free in seen:
            one.execute("update beds set free = ?", (free + 1,))
            one.commit()
    assert work_as(first) < 100
    first.close()
    second.close()


async def test_change_event_and_audit_entry_are_one_transaction(work):
    async with work.write(PLANNER, action="/test/Add", request_ref="r1") as unit:
        unit.session.add(Beds(id="harbor", free=2))
        unit.touch("beds", "harbor")
        unit.record(Timestamp(seconds=1), aggregate_type="beds", aggregate_id="harbor", version=1)
    [event], [entry] = await rows(work, OutboxRow), await rows(work, AuditEntry)
    assert (event.subject, event.type, event.version) == (
        "evt.test.beds.harbor",
        "google.protobuf.Timestamp",
        1,
    )
    assert Timestamp.FromString(event.body).seconds == 1
    assert (entry.actor, entry.program_id, entry.action) == ("member:m1", "north", "/test/Add")
    assert (entry.allowed, entry.objects, entry.request_ref) == (True, ["beds:harbor"], "r1")
    assert entry.at.utcoffset() is not None


async def test_a_unit_that_fails_leaves_nothing(work):
    called = []
    with pytest.raises(Conflict):  # noqa: PT012 -- the unit is what raises
        async with work.write(PLANNER, action="/test/Add") as unit:
            unit.session.add(Beds(id="harbor", free=2))
            unit.record(Timestamp(), aggregate_type="beds", aggregate_id="harbor", version=1)
            unit.after_commit(lambda: called.append(1))
            await unit.session.flush()
            raise Conflict
    assert [await rows(work, table) for table in (Beds, OutboxRow, AuditEntry)] == [[], [], []]
    assert called == []


async def test_a_denied_call_is_written_by_itself(work):
    await work.deny(PLANNER, "/test/Add", objects=("beds:harbor",))
    [entry] = await rows(work, AuditEntry)
    assert (entry.allowed, entry.action, entry.objects) == (False, "/test/Add", ["beds:harbor"])


async def test_commit_wakes_the_relay_only_for_events(work, database):
    await add_beds(work)
    assert not database.outbox_filled.is_set()
    async with work.write(PLANNER) as unit:
        unit.record(Timestamp(), aggregate_type="beds", aggregate_id="harbor", version=1)
        assert not database.outbox_filled.is_set()
    assert database.outbox_filled.is_set()


async def test_a_commit_under_way_outlives_its_caller(work):
    begun = asyncio.Event()

    async def add() -> None:
        async with work.write(PLANNER) as unit:
            unit.session.add(Beds(id="harbor", free=1))
            await unit.session.flush()
            begun.set()

    for _ in range(20):
        begun.clear()
        task = asyncio.create_task(add())
        await begun.wait()  # the flush is done, the commit is next
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await beds(work) == 1
        async with work.write(PLANNER) as unit:
            await unit.session.delete(await unit.session.get(Beds, "harbor"))


async def test_cancelled_anywhere_a_unit_is_whole_or_absent(work):
    async def add() -> None:
        async with work.write(PLANNER) as unit:
            unit.session.add(Beds(id="harbor", free=1))
            await unit.session.flush()
            unit.record(Timestamp(), aggregate_type="beds", aggregate_id="harbor", version=1)

    outcomes: set[int] = set()
    for steps in range(0, 120, 2):
        task = asyncio.create_task(add())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        whole = len(await rows(work, Beds))
        assert len(await rows(work, OutboxRow)) == whole
        outcomes.add(whole)
        async with work.write(PLANNER) as unit:  # the one writing connection is still good
            for table in (Beds, OutboxRow):
                await unit.session.exec(delete(table))
    assert outcomes == {0, 1}


async def test_a_row_that_is_gone_when_it_is_written_is_stale(work):
    await add_beds(work, free=1)
    with pytest.raises(Stale):  # noqa: PT012 -- as above
        async with work.write(PLANNER) as unit:
            row = await unit.session.get(Beds, "harbor")
            others = delete(Beds).execution_options(synchronize_session=False)
            await unit.session.exec(others)  # as another writer would, between our read and our write
            row.free = 9
    assert await beds(work) == 1


async def test_the_same_call_gets_the_same_reply_and_another_is_refused(work):
    key = IdempotencyKey("member:m1", "/test/Add", "k1", "aa")
    async with work.write(PLANNER) as unit:
        assert await find(unit, key) is None
        await remember(unit, key, b"reply")
    async with work.write(PLANNER) as unit:
        assert (await find(unit, key)).reply == b"reply"
        with pytest.raises(IdempotencyKeyReused):
            await find(unit, IdempotencyKey("member:m1", "/test/Add", "k1", "bb"))
        assert await find(unit, IdempotencyKey("member:m2", "/test/Add", "k1", "aa")) is None


async def test_a_read_cannot_write(work):
    with pytest.raises(OperationalError, match="readonly"):
        async with work.read(PLANNER) as unit:
            unit.session.add(Beds(id="harbor", free=1))


@pytest.mark.fault("SQL-04")
async def test_a_locked_database_is_unavailable_not_half_written(database, work, monkeypatch, tmp_path):
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("begin immediate")
    async with database.writer.connect() as connection:
        raw = await connection.get_raw_connection()
        await raw.driver_connection.execute("pragma busy_timeout = 100")
    with pytest.raises(Unavailable):
        await add_beds(work)
    other.execute("rollback")
    other.close()
    await add_beds(work)


@pytest.mark.fault("SQL-11")
async def test_every_connection_carries_the_pragmas(database):
    async def pragmas(connection) -> dict[str, object]:
        names = (
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "busy_timeout",
            "trusted_schema",
            "query_only",
        )
        return {name: (await connection.execute(text(f"pragma {name}"))).scalar() for name in names}

    safe = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
    }
    async with database.writer.connect() as connection:
        assert await pragmas(connection) == safe | {"query_only": 0}
    readers = [await database.reader.connect() for _ in range(engine.READERS)]
    for reader in readers:
        assert await pragmas(reader) == safe | {"query_only": 1}
        await reader.close()


@pytest.mark.fault("SQL-07")
async def test_a_missing_database_is_never_made_anew(tmp_path: Path):
    with pytest.raises(DatabaseMissing):
        async with open_database(f"sqlite+aiosqlite:///{tmp_path}/none.db", clock=SystemClock()):
            pass
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "sqlite:///x.db"])
async def test_other_addresses_are_refused(url):
    with pytest.raises(UnsupportedDatabase):
        async with open_database(url, clock=SystemClock()):
            pass


@pytest.mark.fault("SQL-09")
def test_an_unsafe_sqlite_is_refused():
    assert driver.library_in_use() >= driver.OLDEST_SAFE_SQLITE
    with pytest.raises(driver.UnsafeSqlite, match=r"3\.40\.1"):
        driver.check_library((3, 40, 1))


@pytest.mark.parametrize(
    ("aggregate_type", "aggregate_id", "version"),
    [
        ("beds", "a.b", 1),
        ("beds", "*", 1),
        ("beds", ">", 1),
        ("beds", "a b", 1),
        ("", "a", 1),
        ("beds", "a", 0),
    ],
)
async def test_an_event_cannot_choose_its_readers(work, aggregate_type, aggregate_id, version):
    async with work.write(PLANNER) as unit:
        with pytest.raises(ValueError, match=r"token|versions"):
            unit.record(
                Timestamp(), aggregate_type=aggregate_type, aggregate_id=aggregate_id, version=version
            )


async def test_a_version_is_told_once(work):
    with pytest.raises(Exception, match="UNIQUE"):  # noqa: PT012
        async with work.write(PLANNER) as unit:
            for _ in range(2):
                unit.record(Timestamp(), aggregate_type="beds", aggregate_id="harbor", version=1)


@pytest.mark.fault("BRK-14")
async def test_an_event_that_the_broker_would_refuse_is_refused_before_the_commit(work):
    async with work.write(PLANNER) as unit:
        with pytest.raises(ValueError, match="at most 524288 bytes"):
            unit.record(
                BytesValue(value=bytes(524_288)), aggregate_type="beds", aggregate_id="harbor", version=1
            )
    assert await rows(work, OutboxRow) == []
