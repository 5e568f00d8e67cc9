"""The columns that each user has chosen for a list, remembered for each filter."""

from collections.abc import Sequence

from sqlalchemy import Connection, Text, bindparam, delete, insert, select

from runtime.storage.own_columns import Big
from runtime.storage.prepared import Prepared
from runtime.storage.tables import Tables


class ChosenColumns:
    """The choices of one snapshot's users. Keeping one is a write: give it a transaction's connection."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.runtime.chosen_columns
        self._prepared: Prepared | None = None

    def of(self, connection: Connection, user_id: int, module: str, filter: str) -> tuple[str, ...]:
        """The paths of the columns in their order; () where the user has chosen none."""
        if self._prepared is None:
            self._prepared = self._prepare(connection)
        given = self._prepared.run(
            connection, {"user_id": user_id, "module": self._name(module), "filter": filter}
        )
        return tuple(str(given[0][0]).split(",")) if given else ()

    def keep(
        self, connection: Connection, user_id: int, module: str, filter: str, paths: Sequence[str]
    ) -> None:
        """Remember the columns of a list."""
        self.forget(connection, user_id, module, filter)
        values = {"user_id": user_id, "module": self._name(module), "filter": filter}
        connection.execute(insert(self._table).values(**values, columns=",".join(paths)))

    def forget(self, connection: Connection, user_id: int, module: str, filter: str) -> None:
        """Go back to the columns that the filter itself has."""
        table = self._table
        connection.execute(
            delete(table).where(
                table.c.user_id == user_id, table.c.module == self._name(module), table.c.filter == filter
            )
        )

    def _name(self, module: str) -> str:
        return self._tables.module(module).table.name

    def _prepare(self, connection: Connection) -> Prepared:
        # Asked for with every list, so it is compiled once.
        table = self._table
        statement = select(table.c["columns"]).where(
            table.c.user_id == bindparam("user_id", required=False, type_=Big),
            table.c.module == bindparam("module", required=False, type_=Text),
            table.c.filter == bindparam("filter", required=False, type_=Text),
        )
        return Prepared(statement, connection.dialect)
