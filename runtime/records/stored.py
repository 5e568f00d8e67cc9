"""Records as they stand in the database: read once for the whole batch, and locked until it is written."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Connection, Select, select

from runtime.model.values import Link
from runtime.records.among import among as among_values
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.storage.conditions import among, id_list

Values = dict[str, object]


def records_by_id(
    connection: Connection, plan: ModulePlan, ids: Collection[int], dialect: str, lock: bool = True
) -> dict[int, Values]:
    """The records of these ids, the deleted ones too: one statement."""
    found = _read(connection, plan, "id", ids, dialect, lock)
    return {int(str(values["id"])): values for values in found}


def rows_of(
    connection: Connection, plan: ModulePlan, parents: Collection[int], dialect: str, lock: bool = True
) -> dict[int, list[Values]]:
    """The rows of these parents that are not deleted, in their order, by parent: one statement."""
    by_parent: dict[int, list[Values]] = {}
    for values in _read(connection, plan, "parent", parents, dialect, lock):
        by_parent.setdefault(int(str(values["parent"])), []).append(values)
    for rows in by_parent.values():
        rows.sort(key=lambda values: (values["position"] or 0, values["id"]))
    return by_parent


def links_of(
    connection: Connection, field: FieldPlan, sources: Collection[int], dialect: str
) -> dict[int, list[Link]]:
    """The links of these records in their order, by record, those to deleted records too: one statement."""
    link = field.link
    if link is None:
        raise TypeError(f"{field.key} has no links.")
    attributes = list(field.attributes.items())
    columns = [column for _, attribute in attributes for column in attribute.columns]
    statement = select(link.c.source_id, link.c.target_id, *columns).where(
        among_values(link.c.source_id, sources, dialect)
    )
    by_source: dict[int, list[Link]] = {}
    for source, target, *parts in connection.execute(statement.order_by(link.c.position, link.c.target_id)):
        values: Values = {}
        for key, attribute in attributes:
            width = len(attribute.columns)
            values[key], parts = attribute.type.from_columns(tuple(parts[:width])), parts[width:]
        by_source.setdefault(source, []).append(Link(target, values))
    return by_source


def _read(
    connection: Connection, plan: ModulePlan, by: str, ids: Collection[int], dialect: str, lock: bool
) -> list[Values]:
    statement = plan.statements.select((by, lock), connection, lambda: _standing(plan, by, dialect, lock))
    given = statement.run(connection, {"ids": id_list(ids, dialect)})
    return reader(plan)(zip(*given, strict=True))


def _standing(plan: ModulePlan, by: str, dialect: str, lock: bool) -> Select[Any]:
    table, columns = plan.table.table, plan.table.columns
    statement = select(*(table.c[name] for field in plan.stored for name in field.columns)).where(
        among(columns[by][0], "ids", dialect)
    )
    if by == "parent":
        statement = statement.where(columns["deleted_at"][0].is_(None))
    if lock:  # in one order, so that two writers cannot wait for each other
        statement = statement.order_by(columns["id"][0]).with_for_update()
    return statement


def reader(plan: ModulePlan) -> Callable[[Any], list[Values]]:
    """Makes canonical values of rows that hold every stored column of a module, in the order of the plan."""
    simple = all(field.single for field in plan.stored)
    keys = tuple(field.key for field in plan.stored)
    if simple:
        return lambda rows: [dict(zip(keys, row, strict=True)) for row in rows]
    slots: list[tuple[str, int, int, Callable[[tuple[Any, ...]], object] | None]] = []
    start = 0
    for field in plan.stored:
        width = len(field.columns)
        slots.append((field.key, start, start + width, None if field.single else field.type.from_columns))
        start += width

    def read(rows: Any) -> list[Values]:
        return [
            {key: row[a] if make is None else make(tuple(row[a:b])) for key, a, b, make in slots}
            for row in rows
        ]

    return read
