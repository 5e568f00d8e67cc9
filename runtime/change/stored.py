"""Looking into the database while a plan is made: how many records there are, and what they hold."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Select,
    String,
    column,
    func,
    or_,
    select,
    table,
)

from runtime.storage.inspect import Live

Column = ColumnClause[Any]

SAMPLES = 5
"""How many records a refusal names."""


class Stored:
    """Reads what stands in the live tables, each count once."""

    def __init__(self, connection: Connection, live: Live) -> None:
        self.connection = connection
        self.live = live
        self._rows: dict[str, int] = {}
        self._uses: dict[tuple[str, str], dict[str, int]] = {}

    def rows(self, name: str) -> int:
        """The rows of a table; 0 when it is not there yet."""
        if not self.live.has(name):
            return 0
        if name not in self._rows:
            statement = select(func.count()).select_from(table(name))
            self._rows[name] = int(self.connection.execute(statement).scalar_one())
        return self._rows[name]

    def holds_values(self, name: str, columns: Iterable[str]) -> bool:
        """Whether any row has anything in any of these columns."""
        there: list[Column] = [column(each) for each in columns if self.live.has(name, each)]
        if not there or not self.rows(name):
            return False
        found = or_(*(each.is_not(None) for each in there))
        return (
            self.connection.execute(select(*there).select_from(table(name)).where(found).limit(1)).first()
            is not None
        )

    def empties(self, name: str, value: str, undeleted: bool) -> int:
        """How many rows have nothing in a column; all of them when it is not there yet."""
        if not self.rows(name):
            return 0
        statement = select(func.count()).select_from(table(name))
        for condition in self._empty(name, value, undeleted):
            statement = statement.where(condition)
        return int(self.connection.execute(statement).scalar_one())

    def empty_ids(self, name: str, value: str, undeleted: bool = True) -> list[int]:
        """The first records that have nothing in a column."""
        statement: Select[Any] = (
            select(column("id")).select_from(table(name)).order_by(column("id")).limit(SAMPLES)
        )
        for condition in self._empty(name, value, undeleted):
            statement = statement.where(condition)
        return list(self.connection.execute(statement).scalars())

    def unlinked_ids(self, name: str, link: str) -> list[int]:
        """The first undeleted records that have no link."""
        return self._ids(name, self._unlinked(name, link))

    def unlinked(self, name: str, link: str) -> int:
        """How many undeleted records have no link."""
        if not self.rows(name):
            return 0
        statement = select(func.count()).select_from(table(name)).where(self._unlinked(name, link))
        return int(self.connection.execute(statement).scalar_one())

    def uses(self, name: str, value: str) -> dict[str, int]:
        """How many rows have each value of a column of text."""
        if not self.live.has(name, value) or not self.rows(name):
            return {}
        if (name, value) not in self._uses:
            found = column(value, String)
            statement = select(found, func.count()).select_from(table(name)).where(found.is_not(None))
            rows = self.connection.execute(statement.group_by(found))
            self._uses[name, value] = {str(key): int(count) for key, count in rows}
        return self._uses[name, value]

    def duplicates(self, name: str, columns: Iterable[ColumnElement[Any]]) -> list[tuple[Any, ...]]:
        """Some values that undeleted records share, each with how many do, and the first and last one's
        ids.
        """
        parts: list[Column] = [column(str(each.key), each.type) for each in columns]
        if not self.rows(name) or not all(self.live.has(name, part.name) for part in parts):
            return []
        whole = table(name, *parts, column("id"), column("deleted_at"))
        statement: Select[Any] = (
            select(*parts, func.count(), func.min(column("id")), func.max(column("id")))
            .select_from(whole)
            .where(column("deleted_at").is_(None), *(part.is_not(None) for part in parts))
            .group_by(*parts)
            .having(func.count() > 1)
            .order_by(func.count().desc(), func.min(column("id")))
            .limit(SAMPLES)
        )
        return [tuple(row) for row in self.connection.execute(statement)]

    def _ids(self, name: str, condition: ColumnElement[bool]) -> list[int]:
        statement: Select[Any] = select(column("id")).select_from(table(name)).where(condition)
        return list(self.connection.execute(statement.order_by(column("id")).limit(SAMPLES)).scalars())

    def _empty(self, name: str, value: str, undeleted: bool) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if undeleted:
            found.append(column("deleted_at").is_(None))
        if self.live.has(name, value):
            found.append(column(value).is_(None))
        return found

    def _unlinked(self, name: str, link: str) -> ColumnElement[bool]:
        undeleted: ColumnElement[bool] = column("deleted_at").is_(None)
        if not self.live.has(link):
            return undeleted
        records, links = table(name, column("id")), table(link, column("source_id"))
        linked = select(links.c.source_id).where(links.c.source_id == records.c.id).exists()
        return undeleted & ~linked
