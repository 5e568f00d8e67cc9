"""A statement compiled once and executed often: its SQL text, its parameters, and how its values are read."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from runtime.storage.converting import Convert, converted, from_driver

Given = list[Sequence[Any]]


class Prepared:
    """One SQL statement of a list, ready to run.

    It goes past SQLAlchemy's own execution, which would build a key of the whole statement each time: of a
    page of 50 rows that would be most of the time.
    """

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("Only a statement can be prepared.")
        state = compiled.construct_expanded_state()
        origins = {name: base for base, names in state.parameter_expansion.items() for name in names}
        self.sql = state.statement
        self.dialect = dialect
        self._columns = list(statement.selected_columns)
        self._binds: dict[str, Convert | None] = {
            name: compiled.binds[origins.get(name, name)].type.dialect_impl(dialect).bind_processor(dialect)
            for name in state.parameters
        }
        self._fixed = {name: self._bound(name, value) for name, value in state.parameters.items()}
        self._positions = state.positiontup
        self._converts: list[tuple[int, Convert]] | None = None

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> Given:
        """The rows as columns, driver values made Python's; no columns when there is no row."""
        given = self.values(parameters)
        driver = connection.connection
        cursor = driver.cursor()
        try:
            cursor.execute(self.sql, given)
            rows = cursor.fetchall()
            if self._converts is None:
                self._converts = self._read_types(cursor.description)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy_does(connection, error, given) from error
        finally:
            cursor.close()
        columns: Given = list(zip(*rows, strict=True))
        if columns:
            for place, convert in self._converts:
                columns[place] = converted(columns[place], convert)
        return columns

    def values(self, parameters: Mapping[str, Any]) -> Any:
        """What the driver is given with the statement; a parameter that the statement has not is left out."""
        values = dict(self._fixed)
        for name, value in parameters.items():
            if name in values:
                values[name] = self._bound(name, value)
        return values if self._positions is None else tuple(values[name] for name in self._positions)

    def _bound(self, name: str, value: Any) -> Any:
        process = self._binds[name]
        return value if process is None else process(value)

    def _read_types(self, description: Sequence[Sequence[Any]]) -> list[tuple[int, Convert]]:
        found: list[tuple[int, Convert]] = []
        for place, (column, described) in enumerate(zip(self._columns, description, strict=True)):
            convert = from_driver(column, self.dialect, described[1])
            if convert is not None:
                found.append((place, convert))
        return found

    def _as_sqlalchemy_does(self, connection: Connection, error: Exception, given: Any) -> Exception:
        # As its own execution would: its class of error, and a broken connection is not put back into the
        # pool.
        broken = self.dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
        if broken:
            connection.invalidate(error)
        base: Any = self.dialect.loaded_dbapi.Error
        return DBAPIError.instance(
            self.sql, given, error, base, connection_invalidated=broken, dialect=self.dialect
        )
