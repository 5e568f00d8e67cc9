"""Owned: the records of several modules that one owner has, the latest change first, in one statement."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, literal, select, union_all

from runtime.expressions.moment import Moment
from runtime.storage.own_columns import Big
from runtime.storage.prepared import Prepared
from runtime.storage.query import Query
from runtime.storage.statement import Statements

NEWEST = 500
"""Of what one owns in a module, so many of the newest are looked at: the index by owner has them in that
order, and no other index is kept for this. (Who owns more sees, of the older ones, none.)"""


class Owned(NamedTuple):
    """A record that somebody owns, and when it changed last."""

    module: str
    id: int
    changed_at: Any


class OwnedRecords:
    """Compiles and runs the statement, and remembers it."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def run(
        self, connection: Connection, queries: Sequence[Query], owner: int, moment: Moment, limit: int
    ) -> list[Owned]:
        """The owner's records among those of the queries (their modules and rights count), latest change
        first.
        """
        if not queries:
            return []
        statements = self._statements
        key = ("owned", tuple(statements.shape(query, moment) for query in queries))
        prepared: Prepared | None = statements.remembered.get(key)
        if prepared is None:
            watched = [statements.watched(query, moment) for query in queries]
            prepared = self._compile(connection, queries, [each.moment for each in watched])
            lasting = [each.is_lasting() for each in watched]
            if all(lasting):
                key = ("owned", tuple(statements.shape(query, moment) for query in queries))
                statements.remembered.put(key, prepared)
        given = prepared.run(connection, {"owner": owner, "most": limit})
        return [Owned(queries[at].module, id_, moment_) for at, id_, moment_ in zip(*given, strict=True)]

    def _compile(
        self, connection: Connection, queries: Sequence[Query], moments: Sequence[Moment]
    ) -> Prepared:
        parts = [self._one(place, *each) for place, each in enumerate(zip(queries, moments, strict=True))]
        found = union_all(*parts).subquery("found")
        statement = (
            select(found.c.place, found.c.id, found.c.changed_at)
            .order_by(found.c.changed_at.desc(), found.c.id.desc())
            .limit(bindparam("most", required=False, type_=Big))
        )
        return Prepared(statement, connection.dialect)

    def _one(self, place: int, query: Query, moment: Moment) -> Any:
        tables = self._statements.parts.tables
        joins = self._statements.joins(query.module, moment)
        columns = tables.module(query.module).columns
        owner, changed_at = (joins.root.c[columns[key][0].name] for key in ("owner", "updated_at"))
        own_id = joins.id(joins.root, query.module)
        conditions = self._statements.conditions(query, joins, moment)
        newest = (
            select(own_id.label("id"), changed_at.label("changed_at"))
            .select_from(joins.source)
            .where(owner == bindparam("owner", required=False, type_=Big), *conditions)
            .order_by(own_id.desc())
            .limit(literal(NEWEST))
            .subquery()
        )
        return select(literal(place).label("place"), newest.c.id, newest.c.changed_at)
