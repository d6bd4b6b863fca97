"""Surveys a statement for the guarded tables it mentions, and refuses forms that cannot be narrowed.

What SQLAlchemy narrows (`with_loader_criteria`) are mapped classes in ORM statements, at any depth.
So a guarded table may appear only as its mapped class, only in ORM statements, and an update or
delete may name no guarded table beside its own, except within a nested select.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Alias, Delete, Insert, Select, Table, TableClause, TextClause, TextualSelect, Update
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.visitors import HasTraverseInternals

_DERIVED = ("_correlate", "_correlate_except", "_memoized_select_entities", "_values", "_multi_values")
_HARMLESS_TEXT = frozenset({"*", "1"})  # what count(*) and EXISTS are made with


class UnscopedQuery(RuntimeError):
    """A statement could reach rows of another program; write it on the mapped classes, without text."""


def survey(statement: object, guarded: Collection[Table]) -> set[Table]:
    """The guarded tables that the statement mentions; raises `UnscopedQuery` for what cannot be narrowed."""
    return _Survey(statement, guarded).mentioned


class _Survey:
    """One walk over a statement. The holder of an element is the innermost select or change around it."""

    def __init__(self, statement: object, guarded: Collection[Table]) -> None:
        self._statement = statement
        self._guarded = {_name(table): table for table in guarded}
        self._seen: dict[
            int, object
        ] = {}  # holds what it has seen: the number of a dead object is given again
        self._narrowed: set[tuple[int, str]] = set()
        self._bare_columns: set[tuple[int, str]] = set()
        self._visit(statement, None)
        # A bare column (SQLAlchemy's own loading by primary key has them) belongs to the FROM of the
        # mapped class beside it; without one it would bring in the bare table.
        if not self._bare_columns <= self._narrowed:
            raise UnscopedQuery
        self.mentioned = {self._guarded[key] for _, key in self._narrowed}

    def _visit(self, element: Any, holder: Any) -> None:  # noqa: ANN401 -- any element of a statement
        if id(element) in self._seen:
            return
        self._seen[id(element)] = element
        if isinstance(element, TextClause | TextualSelect):
            raise UnscopedQuery
        if isinstance(element, UpdateBase) and element is not self._statement:
            raise UnscopedQuery  # a change within a CTE is not narrowed with the rest
        if isinstance(element, TableClause) and not isinstance(element, Table):
            raise UnscopedQuery  # a table by its mere name
        if isinstance(element, Select | UpdateBase):
            holder = element
        if isinstance(element, Table):
            self._note_table(element, holder, is_mapped=_is_mapped(element))
        elif isinstance(element, Alias) and isinstance(element.element, Table):
            self._note_table(element.element, holder, is_mapped=_is_mapped(element), alias=id(element))
        elif isinstance(element, ColumnClause):
            self._visit_column(element, holder)
        else:
            for child in _children(element):
                self._visit(child, holder)

    def _visit_column(self, column: Any, holder: Any) -> None:  # noqa: ANN401 -- annotated columns have their own classes
        if column.is_literal and column.name not in _HARMLESS_TEXT:
            raise UnscopedQuery
        source = column.table
        self._seen[id(column)] = source
        if isinstance(source, Table) and _name(source) in self._guarded and not _is_mapped(column):
            self._bare_columns.add((id(holder), _name(source)))
        elif isinstance(source, Table):
            self._note_table(source, holder, is_mapped=_is_mapped(column))
        elif isinstance(source, Alias) and isinstance(source.element, Table):
            self._note_table(source.element, holder, is_mapped=_is_mapped(column), alias=id(source))
        elif source is not None:
            self._visit(source, holder)

    def _note_table(self, table: Table, holder: Any, *, is_mapped: bool, alias: int = 0) -> None:  # noqa: ANN401
        if _name(table) not in self._guarded:
            return
        if not is_mapped or holder is None or "compile_state_plugin" not in holder._propagate_attrs:  # noqa: SLF001
            raise UnscopedQuery
        if isinstance(holder, Update | Delete) and (alias or _name(holder.table) != _name(table)):
            raise UnscopedQuery  # UPDATE … FROM is not narrowed
        self._narrowed.add((alias or id(holder), _name(table)))


def _children(element: Any) -> Iterator[Any]:  # noqa: ANN401 -- any element of a statement
    # Not `Select.get_children`: it adds the bare tables that the columns come from.
    yield from HasTraverseInternals.get_children(element, omit_attrs=_DERIVED)
    if isinstance(element, Update | Insert):
        yield from (element._values or {}).values()  # noqa: SLF001
        for rows in element._multi_values:  # noqa: SLF001
            yield from (value for row in rows for value in (row.values() if isinstance(row, dict) else row))


def _name(table: Any) -> str:  # noqa: ANN401 -- a table, annotated or not
    return str(table.name).lower()  # SQLite tells no case in names


def _is_mapped(element: object) -> bool:
    annotations = getattr(element, "_annotations", {})
    return "parententity" in annotations or "parentmapper" in annotations
