"""Tenancy: a unit of work sees the rows of one program, whatever is asked of it.

A table that holds a program's data inherits `InProgram`. Each statement of a unit is surveyed before
it runs: a select, update or delete on such a table is narrowed to the unit's program; a row of
another program is neither inserted nor changed; and what could escape the narrowing (textual SQL,
the bare `__table__`, bulk shortcuts, the bare connection) is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from sqlalchemy import Insert, event, inspect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.ext.asyncio import AsyncSession as PlainAsyncSession
from sqlalchemy.orm import ORMExecuteState, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import BindParameter
from sqlmodel import Field, Session, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from aftercare_platform.kernel.errors import NotFound
from aftercare_platform.sql.survey import UnscopedQuery, survey


class InProgram(SQLModel):
    """A table whose rows belong to one program each."""

    program_id: str = Field(index=True)


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
        if not program_id:
            raise ValueError("a program has an id")
        if self._own not in (None, program_id):
            raise NotFound
        if self.program_id not in (None, program_id):
            raise ProgramAlreadyEntered
        self.program_id = program_id

    def required(self) -> str:
        """The program; raises `ProgramNotEntered` while there is none."""
        if self.program_id is None:
            raise ProgramNotEntered
        return self.program_id


class ScopedSession(Session):
    """A session whose statements and flushes are held to its scope; the ways around them are closed."""

    def begin_now(self) -> None:
        """Open the transaction on the database at once."""
        super().connection()

    def connection(self, *_: object, **__: object) -> NoReturn:
        """Refused: a bare connection is not held to the program."""
        raise UnscopedQuery

    def _bulk_save_mappings(self, *_: object, **__: object) -> NoReturn:
        raise UnscopedQuery  # the bulk methods pass by the checks of a flush


class UnitSession(AsyncSession):
    """SQLModel's session: `exec` for its selects, SQLAlchemy's `execute`, `scalars`, `get` for the rest."""

    sync_session_class = ScopedSession
    execute = PlainAsyncSession.execute  # SQLModel's own warns at every use


def open_session(engine: AsyncEngine, scope: ProgramScope) -> UnitSession:
    """A session for one unit, held to the scope."""
    session = UnitSession(engine, expire_on_commit=False)
    session.info["scope"] = scope
    return session


@event.listens_for(ScopedSession, "do_orm_execute")
def _hold_statement(state: ORMExecuteState) -> None:
    statement = state.statement
    classes = _program_classes()
    mentioned = survey(statement, {cls.__table__ for cls in classes})  # type: ignore[attr-defined]
    if not mentioned:
        return
    program_id = state.session.info["scope"].required()
    if isinstance(statement, Insert) and statement.table in mentioned:
        _check_inserted(statement, state.parameters, program_id)
    elif statement.is_dml:
        _check_changed(statement, state.parameters)
    state.statement = statement.options(*(_only(cls, program_id) for cls in classes))


@event.listens_for(ScopedSession, "before_flush")
def _hold_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, InProgram):
            continue
        moved = inspect(row).persistent and inspect(row).attrs.program_id.history.has_changes()
        if moved or row.program_id != session.info["scope"].required():
            raise ForeignRow


def _program_classes() -> tuple[type[InProgram], ...]:
    mappers = SQLModel._sa_registry.mappers  # noqa: SLF001 -- SQLModel gives no other way to its mapped classes
    return tuple(mapper.class_ for mapper in mappers if issubclass(mapper.class_, InProgram))


def _only(cls: type[InProgram], program_id: str) -> LoaderCriteriaOption:
    # A lambda, not an expression: measured, only the lambda is applied to an alias on the right of a join.
    return with_loader_criteria(cls, lambda row: row.program_id == program_id, include_aliases=True)


def _check_inserted(statement: Insert, parameters: object, program_id: str) -> None:
    if statement.select is not None or statement._multi_values or statement._post_values_clause is not None:  # noqa: SLF001
        raise UnscopedQuery
    rows: Iterable[Mapping[str, Any]] = parameters if isinstance(parameters, list) else [parameters or {}]  # type: ignore[list-item]
    in_statement = {_name(key): _plain(value) for key, value in (statement._values or {}).items()}  # noqa: SLF001
    if any({**in_statement, **row}.get("program_id") != program_id for row in rows):
        raise ForeignRow


def _check_changed(statement: Executable, parameters: object) -> None:
    if parameters:
        raise UnscopedQuery  # changes given as a list of rows go by primary key alone
    values = [
        *(getattr(statement, "_values", None) or {}),
        *dict(getattr(statement, "_ordered_values", None) or ()),
    ]
    if any(_name(key) == "program_id" for key in values):
        raise ForeignRow


def _name(key: object) -> str:
    return str(getattr(key, "key", key))


def _plain(value: object) -> object:
    return value.value if isinstance(value, BindParameter) else value
