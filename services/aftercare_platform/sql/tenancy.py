"""Tenancy: a unit of work sees the rows of one program, whatever is asked of it.

A table that holds a program's data inherits `InProgram`. Every ORM statement of a unit is looked at
before it runs: a select, update or delete on such a table is narrowed to the unit's program, a row
of another program is neither inserted nor changed, and a statement whose narrowing could be escaped
(textual SQL, the bare `__table__`, bulk shortcuts) is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from sqlalchemy import Connection, Delete, Insert, Select, Table, TextClause, Update, event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import FromStatement, Mapper, ORMExecuteState, with_loader_criteria
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.selectable import CompoundSelect
from sqlmodel import Field, Session, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from aftercare_platform.kernel.errors import NotFound


class InProgram(SQLModel):
    """A table whose rows belong to one program each."""

    program_id: str = Field(index=True)


class UnscopedQuery(RuntimeError):
    """This statement could reach rows of another program; write it on the mapped classes."""


class ProgramNotEntered(RuntimeError):
    """A unit that has entered no program touched rows that belong to one."""


class ProgramAlreadyEntered(RuntimeError):
    """A unit sees one program; this one has entered another already."""


class ForeignRow(RuntimeError):
    """A row of another program was about to be written."""


class ProgramScope:
    """Which program a unit sees."""

    def __init__(self, program_id: str | None) -> None:
        self._own = program_id
        self.program_id = program_id

    def enter(self, program_id: str) -> None:
        """See the program; `Unit.enter_program` says what fails."""
        if self._own is not None and program_id != self._own:
            raise NotFound
        if self.program_id not in (None, program_id):
            raise ProgramAlreadyEntered
        if not program_id:
            raise ValueError("a program has an id")
        self.program_id = program_id

    def required(self) -> str:
        """The program; raises `ProgramNotEntered` while there is none."""
        if self.program_id is None:
            raise ProgramNotEntered
        return self.program_id


class ScopedSession(Session):
    """A session whose statements and flushes are held to its scope; ways around them are closed."""

    def begin_now(self) -> None:
        """Open the transaction on the database at once."""
        super().connection()

    def connection(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: a bare connection would not be held to the program."""
        raise UnscopedQuery

    def _bulk_save_mappings(self, *_: Any, **__: Any) -> NoReturn:
        raise UnscopedQuery  # the bulk methods pass by the checks on single rows


def open_session(engine: AsyncEngine) -> AsyncSession:
    """A session for one unit; the unit puts its `ProgramScope` into `session.info["scope"]`."""
    return AsyncSession(engine, sync_session_class=ScopedSession, expire_on_commit=False, autoflush=True)


@event.listens_for(ScopedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    statement = state.statement
    if not _mentions_programs(statement):
        return
    program_id = state.session.info["scope"].required()
    if isinstance(statement, Insert):
        _check_insert(statement, state.parameters, program_id)
        return
    if isinstance(statement, Update | Delete):
        _check_change(statement, state.parameters, program_id)
    elif not isinstance(statement, Select | CompoundSelect):
        raise UnscopedQuery
    state.statement = statement.options(
        with_loader_criteria(InProgram, lambda cls: cls.program_id == program_id, include_aliases=True)
    )


def _mentions_programs(statement: Executable) -> bool:
    """Whether the statement reads or writes a program's table; refuses what cannot be narrowed."""
    mentions = False
    for element, is_mapped in _elements(statement):
        if isinstance(element, TextClause | FromStatement):
            raise UnscopedQuery
        if isinstance(element, UpdateBase) and element is not statement:
            raise UnscopedQuery  # a change inside a CTE is not narrowed by the options of the whole
        if isinstance(element, Table) and element in _program_tables():
            if not is_mapped:
                raise UnscopedQuery
            mentions = True
    return mentions
