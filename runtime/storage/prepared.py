"""Statements compiled once and executed often: their SQL text, their parameters, how their values are read.

They go past SQLAlchemy's own execution, which would build a key of the whole statement each time: of a page
of 50 rows that would be most of the time.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, Delete, Dialect, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningUpdate

from runtime.expressions.asking import ASKER
from runtime.storage.converting import Convert, converted, from_driver
from runtime.storage.driving import Described, fetch, fetch_with_waiting, run

Given = list[Sequence[Any]]


_PLACE = re.compile(r"%%|%\((\w+)\)s")


def _by_place(sql: str, positions: Sequence[str] | None) -> tuple[str, Sequence[str]]:
    # Parameters by place, for the driver of PostgreSQL too: so several statements can go as one.
    if positions is not None:
        return sql, positions
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        names.append(found[1])
        return "%s"

    return _PLACE.sub(place, sql), names


class _Compiled:
    # A statement's text, and what becomes of its parameters.

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("Only a statement can be prepared.")
        state = compiled.construct_expanded_state()
        origins = {name: base for base, names in state.parameter_expansion.items() for name in names}
        self.sql, self._positions = _by_place(state.statement, state.positiontup)
        self.dialect = dialect
        self._binds: dict[str, Convert | None] = {
            name: compiled.binds[origins.get(name, name)].type.dialect_impl(dialect).bind_processor(dialect)
            for name in state.parameters
        }
        self._fixed = {name: self._bound(name, value) for name, value in state.parameters.items()}
        self._askers = [name for name, value in state.parameters.items() if value is ASKER]

    def values(self, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
        """What the driver is given with the statement; a parameter that the statement has not is left out."""
        values = dict(self._fixed)
        for name in self._askers:
            values[name] = parameters["asker"]
        for name, value in parameters.items():
            if name in values:
                values[name] = self._bound(name, value)
        return tuple(values[name] for name in self._positions)

    def _bound(self, name: str, value: Any) -> Any:
        process = self._binds[name]
        return value if process is None else process(value)


class Prepared(_Compiled):
    """One SELECT, ready to run."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        super().__init__(statement, dialect)
        self._columns = list(statement.selected_columns)
        self._converts: list[tuple[int, Convert]] | None = None

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> Given:
        """The rows as columns, driver values made Python's; no columns when there is no row."""
        learn = self._learn if self._converts is None else None
        rows = fetch(connection, self.sql, self.values(parameters), learn)
        columns: Given = list(zip(*rows, strict=True))
        if columns:
            for place, convert in self._converts or ():
                columns[place] = converted(columns[place], convert)
        return columns

    def _learn(self, description: Described) -> None:
        found: list[tuple[int, Convert]] = []
        for place, (column, described) in enumerate(zip(self._columns, description, strict=True)):
            convert = from_driver(column, self.dialect, described[1])
            if convert is not None:
                found.append((place, convert))
        self._converts = found


class PreparedWrite(_Compiled):
    """One UPDATE or DELETE, ready to run for many rows of parameters."""

    def __init__(self, statement: Update | Delete, dialect: Dialect) -> None:
        super().__init__(statement, dialect)
        self._table = str(statement.table)

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of the rows."""
        run(connection, self.sql, [self.values(row) for row in rows], self._table)


class PreparedChange(_Compiled):
    """One UPDATE that gives rows back (``RETURNING``), as the driver has them, ready to run."""

    def __init__(self, statement: ReturningUpdate[Any], dialect: Dialect) -> None:
        super().__init__(statement, dialect)
        self._table = str(statement.table)

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """The rows; what waits on PostgreSQL goes with it."""
        return fetch_with_waiting(connection, self.sql, self.values(parameters), self._table)


class Kept:
    """Statements that are prepared when they are asked for first, by what they are for."""

    def __init__(self) -> None:
        self._selects: dict[Hashable, Prepared] = {}
        self._writes: dict[Hashable, PreparedWrite] = {}
        self._changes: dict[Hashable, PreparedChange] = {}

    def select(self, kind: Hashable, connection: Connection, make: Callable[[], Select[Any]]) -> Prepared:
        """The SELECT of this kind."""
        found = self._selects.get(kind)
        if found is None:
            found = self._selects[kind] = Prepared(make(), connection.dialect)
        return found

    def write(
        self, kind: Hashable, connection: Connection, make: Callable[[], Update | Delete]
    ) -> PreparedWrite:
        """The UPDATE or DELETE of this kind."""
        found = self._writes.get(kind)
        if found is None:
            found = self._writes[kind] = PreparedWrite(make(), connection.dialect)
        return found

    def change(
        self, kind: Hashable, connection: Connection, make: Callable[[], ReturningUpdate[Any]]
    ) -> PreparedChange:
        """The UPDATE of this kind that gives rows back."""
        found = self._changes.get(kind)
        if found is None:
            found = self._changes[kind] = PreparedChange(make(), connection.dialect)
        return found
