"""A unit sees one program, whatever it asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import (
    Column,
    MetaData,
    String,
    Table,
    column,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col

from aftercare_platform.access.caller import Caller, Member, Role
from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.sql.engine import Database
from aftercare_platform.sql.survey import UnscopedQuery
from aftercare_platform.sql.tenancy import ForeignRow, InProgram, ProgramAlreadyEntered, ProgramNotEntered
from aftercare_platform.sql.work import SqlWork


class Person(InProgram, table=True):
    __tablename__ = "test_person"
    id: str = Field(primary_key=True)
    name: str


class Place(SQLModel, table=True):
    __tablename__ = "test_place"
    id: str = Field(primary_key=True)
    name: str


OWN, FOREIGN = {"n1", "n2"}, {"s1", "s2"}
PEOPLE = Person.__table__
OTHER = aliased(Person)
NORTH = Caller(person=Member("m1", "north", frozenset({Role.PLANNER}), "x"))
SOUTH = Caller(person=Member("m2", "south", frozenset({Role.PLANNER}), "y"))
MATCHING = Caller(service="matching")


@pytest.fixture
def tables():
    return (Person, Place)


@pytest.fixture
async def work(database: Database) -> SqlWork:
    work = SqlWork(database, SystemClock(), service="test")
    for caller, program, first in ((NORTH, "north", "n"), (SOUTH, "south", "s")):
        async with work.write(caller) as unit:
            unit.session.add_all(
                Person(id=f"{first}{n}", program_id=program, name=f"{first}{n}") for n in (1, 2)
            )
    async with work.write(NORTH) as unit:
        unit.session.add_all(Place(id=id_, name="-") for id_ in ("n1", "s1"))
    return work


async def everything(database: Database) -> list[tuple]:
    async with database.reader.connect() as connection:
        people = (await connection.execute(select(PEOPLE).order_by("id"))).all()
        places = (await connection.execute(select(Place.__table__).order_by("id"))).all()
    return [*map(tuple, people), *map(tuple, places)]


NARROWED: dict[str, Callable] = {
    "class": lambda: select(Person.id),
    "alias": lambda: select(OTHER.id),
    "column": lambda: select(Person.name),
    "expression": lambda: select(Person.name + "" ),
    "distinct": lambda: select(Person.name).distinct(),
    "greatest": lambda: select(func.max(Person.name)),
    "filtered": lambda: select(Person.id).where(col(Person.name).like("%")),
    "filter on the bare column": lambda: select(Person.id).where(PEOPLE.c.name != ""),
    "subquery": lambda: select(select(Person.id).subquery().c.id),
    "cte": lambda: select(select(Person.id).cte().c.id),
    "class over subquery": lambda: select(aliased(Person, select(Person).subquery()).id),
    "union": lambda: union_all(select(Person.id), select(Person.id)),
    "union as subquery": lambda: select(union_all(select(Person.id), select(OTHER.id)).subquery().c.id),
    "join": lambda: select(Person.id).join(Place, col(Place.id) == Person.id),
    "joined": lambda: select(Person.id).select_from(Place).join(Person, true()),
    "outer joined": lambda: select(Person.id).select_from(Place).outerjoin(Person, true()),
    "joined with itself": lambda: select(OTHER.id).select_from(Person).join(OTHER, true()),
    "crossed with itself": lambda: select(OTHER.id, Person.id).where(OTHER.name != Person.name),
    "in": lambda: select(Place.id).where(col(Place.id).in_(select(Person.id))),
    "exists": lambda: select(Place.id).where(exists().where(col(Person.id) == Place.id)),
    "scalar": lambda: select(Place.id).where(
        select(Person.id).where(col(Person.id) == Place.id).scalar_subquery() == Place.id
    ),
    "in a union": lambda: select(Place.id).where(
        col(Place.id).in_(union_all(select(Person.id), select(OTHER.id)))
    ),
}  # fmt: skip


@pytest.mark.fault("ISO-03")
@pytest.mark.parametrize("ask", NARROWED.values(), ids=NARROWED)
async def test_a_question_is_answered_from_the_own_program(work, ask):
    async with work.read(NORTH) as unit:
        answer = {value for row in (await unit.session.execute(ask())).all() for value in row}
    assert answer
    assert answer <= OWN


async def test_counts_are_the_own_programs(work):
    async with work.read(NORTH) as unit:
        for ask in (
            select(func.count()).select_from(Person),
            select(func.count(Person.id)),
            select(select(func.count(Person.id)).scalar_subquery()),
        ):
            assert (await unit.session.execute(ask)).scalar_one() == 2


REFUSED: dict[str, Callable] = {
    "text": lambda: text("select * from test_person"),
    "text within": lambda: select(Place.id).where(text("1 = 1")),
    "text as a column": lambda: select(literal_column("(select max(name) from test_person)")),
    "text as rows": lambda: text("select id from test_person").columns(column("id")),
    "bare table": lambda: select(PEOPLE),
    "bare column": lambda: select(PEOPLE.c.name),
    "bare alias": lambda: select(PEOPLE.alias().c.name),
    "bare table joined": lambda: select(Place.id).join(PEOPLE, true()),
    "bare table in a subquery": lambda: select(Place.id).where(col(Place.id).in_(select(PEOPLE.c.id))),
    "class over a bare subquery": lambda: select(aliased(Person, select(PEOPLE).subquery()).id),
    "table by name": lambda: select(table("test_person", column("id"))),
    "table by name in capitals": lambda: select(Table("TEST_PERSON", MetaData(), Column("id", String))),
    "bare table beside the alias": lambda: select(OTHER.id, PEOPLE.c.id),
    "from a statement": lambda: select(Person).from_statement(select(Person)),
    "window": lambda: select(func.row_number().over(order_by=Person.name)),
    "update of the bare table": lambda: update(PEOPLE).values(name="x"),
    "delete of the bare table": lambda: delete(PEOPLE),
    "update from": lambda: update(Place).where(col(Place.id) == Person.id).values(name="x"),
    "update from its alias": lambda: update(Person).where(col(Person.id) == OTHER.id).values(name="x"),
    "change within a cte": lambda: select(update(Person).values(name="x").returning(Person.id).cte().c.id),
    "upsert": lambda: (
        sqlite_insert(Person)
        .values(id="s1", program_id="north", name="x")
        .on_conflict_do_update(index_elements=["id"], set_={"name": "x"})
    ),
    "insert from select": lambda: insert(Person).from_select(
        ["id", "program_id", "name"], select(Place.id + "x", literal_column("1"), Place.name)
    ),
    "insert of many values": lambda: insert(Person).values(
        [{"id": "n3", "program_id": "north", "name": "-"}, {"id": "s3", "program_id": "south", "name": "-"}]
    ),
}


@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_narrowed_is_refused(work, database, ask):
    before = await everything(database)
    with pytest.raises(UnscopedQuery):
        async with work.write(NORTH) as unit:
            await unit.session.execute(ask())
    assert await everything(database) == before


@pytest.mark.fault("ISO-02")
@pytest.mark.parametrize(
    "change",
    [
        update(Person).values(name="x"),
        update(Person).where(col(Person.id).in_(FOREIGN)).values(name="x"),
        delete(Person),
        delete(Person).where(PEOPLE.c.id == "s1"),
    ],
    ids=["update all", "update foreign", "delete all", "delete foreign"],
)
async def test_changes_reach_only_the_own_program(work, database, change):
    before = [row for row in await everything(database) if "south" in row]
    async with work.write(NORTH) as unit:
        await unit.session.execute(change)
    assert [row for row in await everything(database) if "south" in row] == before


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        (insert(Person), [{"id": "s3", "program_id": "south", "name": "-"}]),
        (insert(Person), {"id": "s3", "program_id": "south", "name": "-"}),
        (insert(Person).values(id="s3", program_id="south", name="-"), None),
        (insert(Person).values(id="s3", name="-"), None),
        (update(Person).where(col(Person.id) == "n1").values(program_id="south"), None),
        (update(Person), [{"id": "s1", "name": "x"}]),
    ],
    ids=["many", "one", "values", "no program", "move away", "by primary key"],
)
async def test_no_row_gets_into_another_program(work, database, statement, rows):
    before = await everything(database)
    with pytest.raises((ForeignRow, UnscopedQuery)):
        async with work.write(NORTH) as unit:
            await unit.session.execute(statement, rows)
    assert await everything(database) == before


async def test_no_object_gets_into_another_program(work, database):
    async with work.read(SOUTH) as unit:
        foreign = await unit.session.get(Person, "s1")
    before = await everything(database)

    async def moved(unit) -> None:
        (await unit.session.get(Person, "n1")).program_id = "south"

    async def made(unit) -> None:
        unit.session.add(Person(id="s3", program_id="south", name="-"))

    async def brought(unit) -> None:
        unit.session.add(foreign)
        foreign.name = "x"

    async def claimed(unit) -> None:
        unit.session.add(foreign)
        foreign.program_id = "north"

    async def deleted(unit) -> None:
        await unit.session.delete(foreign)

    for attempt in (moved, made, brought, claimed, deleted):
        with pytest.raises(ForeignRow):  # noqa: PT012
            async with work.write(NORTH) as unit:
                await attempt(unit)
                await unit.session.flush()
    assert await everything(database) == before


@pytest.mark.fault("ISO-01")
async def test_a_foreign_id_and_an_unknown_one_look_the_same(work):
    async with work.read(NORTH) as unit:
        assert await unit.session.get(Person, "s1") is None
        assert await unit.session.get(Person, "unknown") is None
        assert (await unit.session.get(Person, "n1")).name == "n1"


@pytest.mark.parametrize("way", ["connection", "bulk"])
async def test_ways_around_the_session_are_closed(work, way):
    with pytest.raises(UnscopedQuery):  # noqa: PT012
        async with work.write(NORTH) as unit:
            if way == "connection":
                await unit.session.connection()
            else:
                row = {"id": "s3", "program_id": "south", "name": "-"}
                await unit.session.run_sync(lambda session: session.bulk_insert_mappings(Person, [row]))


@pytest.mark.parametrize(
    "touch",
    [
        lambda session: session.execute(select(Person)),
        lambda session: session.execute(update(Person).values(name="x")),
        lambda session: session.execute(insert(Person), [{"id": "n3", "program_id": "north", "name": "-"}]),
        lambda session: session.get(Person, "n1"),
    ],
    ids=["select", "update", "insert", "get"],
)
async def test_a_unit_without_a_program_sees_no_program(work, touch):
    with pytest.raises(ProgramNotEntered):
        async with work.write(MATCHING) as unit:
            await touch(unit.session)


async def test_a_service_enters_one_program(work):
    async with work.read(MATCHING) as unit:
        assert len((await unit.session.execute(select(Place))).all()) == 2  # places belong to no program
        unit.enter_program("south")
        assert {row.id for row in await unit.session.scalars(select(Person))} == FOREIGN
        unit.enter_program("south")
        with pytest.raises(ProgramAlreadyEntered):
            unit.enter_program("north")


async def test_a_member_enters_only_their_own(work):
    async with work.read(NORTH) as unit:
        unit.enter_program("north")
        with pytest.raises(NotFound):
            unit.enter_program("south")
        assert unit.program_id == "north"


@pytest.mark.fault("ISO-09")
async def test_units_side_by_side_do_not_mix(work):
    for _ in range(50):
        async with work.read(NORTH) as north, work.read(SOUTH) as south:
            for unit, expected in ((north, OWN), (south, FOREIGN), (north, OWN)):
                assert {row.id for row in await unit.session.scalars(select(Person))} == expected
