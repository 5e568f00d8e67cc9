"""Groups: what records have in common, and sums, counts and averages over each group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from runtime.expressions.moment import Moment
from runtime.expressions.text import order_key
from runtime.model.catalog import Field, Path
from runtime.model.types import DURATION, INTEGER, MONEY, PicklistType
from runtime.model.values import AllDay, Money, Pointer, Ref
from runtime.storage.cells import AttributeCell, Cell, CellMaker, attribute_values
from runtime.storage.converting import Selection
from runtime.storage.errors import UnsortableError
from runtime.storage.joins import Joins
from runtime.storage.order import literal_text
from runtime.storage.prepared import Given, Prepared
from runtime.storage.query import Aggregate, Group, Query
from runtime.storage.sort import by_attribute, ranked
from runtime.storage.statement import Statements

Sorter = Callable[[Any], Any]
"""Gives what a group's key sorts by; it is never asked about an empty one."""

EXACT = Context(prec=60)
PLACES = Decimal(1).scaleb(-12)
"""An average that does not end is taken to 12 places, as a division is."""


@dataclass(frozen=True, slots=True)
class Selected:
    """Where an aggregate's parts are: the value (or the sum), how many it is over, and the currency."""

    value: int
    n: int | None = None
    currency: int | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """A compiled grouping."""

    statement: Prepared
    cells: tuple[Cell, ...]
    values: tuple[Selected, ...]
    sorters: tuple[Sorter, ...]


class Grouping:
    """Compiles and runs groupings."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._parts = statements.parts

    def run(
        self,
        connection: Connection,
        query: Query,
        by: tuple[Path, ...],
        values: tuple[Aggregate, ...],
        moment: Moment,
    ) -> list[Group]:
        """The groups in the order of their first key."""
        named = tuple((each.function, each.path.text if each.path else "") for each in values)
        kind = ("group", tuple((path.text, path.field.module) for path in by), named)
        shown = (*by, *(each.path for each in values if each.path is not None))
        asking, moment = moment, self._statements.for_anybody(query, moment)
        shape = self._statements.shape(query, moment, shown)
        found: Grouped | None = self._statements.remembered.get((kind, shape))
        if found is None:
            watched = self._statements.watched(query, moment, shown)
            found = self._compile(connection, query, by, values, watched.moment)
            watched.remember(kind, found)
        given = found.statement.run(connection, self._statements.parameters(query, asking))
        return self._made(found, values, given)

    def _compile(
        self,
        connection: Connection,
        query: Query,
        by: tuple[Path, ...],
        values: tuple[Aggregate, ...],
        moment: Moment,
    ) -> Grouped:
        parts = self._parts
        for path in by:
            if parts.types[path.field.type].linked:
                raise UnsortableError(f'"{path.text}" may be several records, so nothing is grouped by it.')
            if "among" in path.field.settings:
                raise UnsortableError(f'"{path.text}" may be of any module, so nothing is grouped by it.')
            if parts.types[path.field.type].hidden:
                raise UnsortableError(f'"{path.text}" is a secret, so nothing is grouped by it.')
        joins, selection = self._statements.joins(query.module, moment), Selection()
        maker = CellMaker(parts.catalog, parts.types, parts.formats, joins, selection)
        cells = tuple(
            maker.cell(path) if path.attribute is None else self._rank(path, joins, selection) for path in by
        )
        currencies = self._currencies(values, joins)
        keys = (*range(len(selection.columns)), *map(selection.add, currencies.values()))
        selected = tuple(self._select(each, joins, selection, currencies) for each in values)
        conditions = self._statements.conditions(query, joins, moment)
        columns = [column.label(f"c{index}") for index, column in enumerate(selection.columns)]
        statement = select(*columns).select_from(joins.source).where(*conditions)
        # By their places: what has a parameter in it is no longer the same when PostgreSQL sees it twice.
        statement = statement.group_by(*(literal_column(str(place + 1)) for place in keys))
        return Grouped(Prepared(statement, connection.dialect), cells, selected, tuple(map(self._sorter, by)))

    def _rank(self, path: Path, joins: Joins, selection: Selection) -> AttributeCell:
        # Values of one attribute are one group, so it is their rank that is grouped by.
        values = attribute_values(path.field, path.attribute or "", self._parts.catalog.picklists)
        rank = by_attribute(joins.columns(path.fields)[0], values)
        return AttributeCell(selection.add(rank), dict(enumerate(ranked(values))))

    def _sorter(self, path: Path) -> Sorter:
        # The same order as a list's. The groups are few, and sorting them here leaves the grouping itself to
        # an index.
        kind = path.field.value_type
        if isinstance(kind, PicklistType) and path.attribute is None:
            places = {
                key: place for place, key in enumerate(self._parts.catalog.picklists[kind.picklist].values)
            }
            return lambda value: places.get(value, len(places))
        return _sortable

    def _currencies(self, values: tuple[Aggregate, ...], joins: Joins) -> dict[str, ColumnElement[Any]]:
        # The currency of each money that is in several; an empty amount counts with the site's own.
        found: dict[str, ColumnElement[Any]] = {}
        for path in (each.path for each in values if each.path is not None and each.function != "count"):
            settings = path.field.settings
            if path.field.value_type == MONEY and len(self._parts.catalog.currencies) > 1:
                column = joins.columns(path.fields)[1]
                found.setdefault(path.text, func.coalesce(column, literal_text(settings["currency"])))
        return found

    def _select(
        self,
        aggregate: Aggregate,
        joins: Joins,
        selection: Selection,
        currencies: Mapping[str, ColumnElement[Any]],
    ) -> Selected:
        path = aggregate.path
        if path is None:
            return Selected(selection.add(func.count()))
        column = joins.columns(path.fields)[0]
        if aggregate.function == "count":
            return Selected(selection.add(func.count(column)))
        if aggregate.function not in ("min", "max"):
            value = selection.add(func.sum(column, type_=column.type))
            n = selection.add(func.count(column)) if aggregate.function == "avg" else None
        else:
            value = selection.add(getattr(func, aggregate.function)(column, type_=column.type))
            n = None
        currency = currencies.get(path.text)
        return Selected(value, n, None if currency is None else selection.add(currency))

    def _made(self, grouped: Grouped, values: tuple[Aggregate, ...], given: Given) -> list[Group]:
        if not given:
            return []
        keys = zip(*(cell.read(given, _no_links) for cell in grouped.cells), strict=True)
        columns = [
            [_value(each, selected, given, row) for row in range(len(given[0]))]
            for each, selected in zip(values, grouped.values, strict=True)
        ]
        if not grouped.cells:
            return [Group((), made) for made in zip(*columns, strict=True)]
        groups = [Group(key, made) for key, made in zip(keys, zip(*columns, strict=True), strict=True)]
        return sorted(groups, key=lambda group: _place(group, grouped.sorters))


def _place(group: Group, sorters: Sequence[Sorter]) -> tuple[object, ...]:
    ends = (
        (value is None, 0 if value is None else sorts(value))
        for value, sorts in zip(group.key, sorters, strict=True)
    )
    return (*ends, *(value.currency for value in group.values if isinstance(value, Money)))


def _sortable(value: Any) -> Any:
    if isinstance(value, Ref):
        return order_key(value.title), value.id
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, AllDay):
        return value.moment
    return order_key(value) if isinstance(value, str) else value


def _value(aggregate: Aggregate, selected: Selected, given: Given, row: int) -> object:
    value: Any = given[selected.value][row]
    path = aggregate.path
    if path is None or aggregate.function == "count":
        return int(value)
    kind = path.field.value_type
    if aggregate.function == "avg" and selected.n is not None:
        n = int(given[selected.n][row])
        value = (value / n if kind == DURATION else _divided(Decimal(value), n)) if n else None
    elif aggregate.function == "sum" and value is None:
        value = timedelta() if kind == DURATION else Decimal(0)
    if value is None:
        return None
    if kind == MONEY:
        if selected.currency is None:
            return Money(value, path.field.settings["currency"])
        return Money(value, given[selected.currency][row])
    return int(value) if kind == INTEGER and aggregate.function != "avg" else value


def _divided(total: Decimal, n: int) -> Decimal:
    exact = EXACT.divide(total, Decimal(n))
    return exact if -int(exact.as_tuple().exponent) <= 12 else exact.quantize(PLACES)


def _no_links(field: Field, owners: Sequence[int | Pointer | None]) -> Any:
    raise LookupError(f"{field.key} may be several records, so nothing is grouped by it.")
