"""Aggregates of many records at once: one statement, with a subquery for each aggregate."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from runtime.expressions.moment import Moment
from runtime.expressions.tree import Aggregate
from runtime.model.types import INTEGER, MONEY, ListType
from runtime.model.values import Money
from runtime.storage.binding import Binding
from runtime.storage.conditions import among, id_list
from runtime.storage.prepared import Prepared
from runtime.storage.remembered import WatchedMoment
from runtime.storage.statement import Statements

Found = Mapping[int, Mapping[str, object]]
"""For each record, the values of its aggregates by their keys."""


class AggregateReader:
    """Works aggregates out in the database, as the records stand there."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._parts = statements.parts

    def fetch(
        self,
        connection: Connection,
        module: str,
        ids: Sequence[int],
        aggregates: Sequence[Aggregate],
        moment: Moment,
    ) -> Found:
        """The values of the aggregates of these records of a module."""
        if not ids or not aggregates:
            return {}
        kind = ("aggregates", module, tuple(each.key for each in aggregates))
        found: tuple[Prepared, list[list[int]]] | None = self._statements.remembered.get(kind)
        if found is None:
            watched = WatchedMoment(moment)
            found = self._compile(connection, module, aggregates, watched)
            if not watched.parts_read:
                self._statements.remembered.put(kind, found)
        prepared, places = found
        given = prepared.run(connection, {"ids": id_list(ids, self._parts.tables.dialect)})
        if not given:
            return {}
        values = [_values(each, place, given) for each, place in zip(aggregates, places, strict=True)]
        keys = [each.key for each in aggregates]
        return {
            id_: dict(zip(keys, row, strict=True))
            for id_, row in zip(given[0], zip(*values, strict=True), strict=True)
        }

    def over(
        self,
        connection: Connection,
        module: str,
        record_id: int,
        aggregate: Aggregate,
        moment: Moment,
        most: int,
    ) -> list[int]:
        """The ids of the records that an aggregate of one record looks over, in its order, up to ``most``."""
        sight = self._parts.sight
        if sight is not None and aggregate.module not in sight.modules:
            return []
        joins = self._statements.joins(module, moment)
        related, conditions, order = self._parts.language.related_in_sql(aggregate, Binding(joins), moment)
        own = self._parts.catalog.modules[aggregate.module].record_fields["id"]
        conditions.append(joins.id(joins.root, module) == record_id)
        statement = related.select([related.binding.columns((own,))[0]], conditions)
        statement = statement.select_from(joins.source).order_by(*order).limit(most)
        return [int(id_) for id_ in connection.execute(statement).scalars()]

    def _compile(
        self, connection: Connection, module: str, aggregates: Sequence[Aggregate], moment: Moment
    ) -> tuple[Prepared, list[list[int]]]:
        joins = self._statements.joins(module, moment)
        binding = Binding(joins)
        own_id = joins.id(joins.root, module)
        columns: list[ColumnElement[Any]] = [own_id]
        places: list[list[int]] = []
        for each in aggregates:
            made = self._parts.language.value_in_sql(each, binding, moment)
            places.append(list(range(len(columns), len(columns) + len(made))))
            columns.extend(made)
        statement = (
            select(*(column.label(f"c{index}") for index, column in enumerate(columns)))
            .select_from(joins.source)
            .where(among(own_id, "ids", self._parts.tables.dialect))
        )
        return Prepared(statement, connection.dialect), places


def _values(aggregate: Aggregate, places: list[int], given: Sequence[Sequence[Any]]) -> list[object]:
    first = given[places[0]]
    if aggregate.type == MONEY:
        currencies = given[places[1]]
        return [
            None if amount is None else amount if code is None else Money(amount, code)
            for amount, code in zip(first, currencies, strict=True)
        ]
    if aggregate.type == INTEGER:
        return [None if value is None else int(value) for value in first]
    if isinstance(aggregate.type, ListType):
        raise TypeError("An aggregate gives one value.")
    return list(first)
