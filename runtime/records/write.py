"""Writing: new records, changed records and links, each kind in one statement for each module."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Update, bindparam, delete, insert, update

from runtime.records.among import among
from runtime.records.plan import STAMPS, FieldPlan, ModulePlan
from runtime.records.work import Batch, Work
from runtime.storage.bulk import insert_pieces

Row = dict[str, Any]


def insert_records(
    batch: Batch, plan: ModulePlan, works: list[Work], meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Write new records; ``meanwhile`` is called while the database works at them."""
    if not works:
        return
    now, by = batch.now, batch.actor.user_id
    stamps: Row = {"created_at": now, "created_by": by, "updated_at": now, "updated_by": by, "version": 1}
    made = _Columns(plan, works)
    insert_pieces(
        batch.tx.connection,
        plan.table.table,
        made.names,
        len(works),
        made.piece,
        {plan.fields[key].columns[0]: value for key, value in stamps.items()},
        search_index=plan.table.search_index,
        meanwhile=meanwhile,
    )


class _Columns:
    """The columns that new records fill, made for some of the records at a time."""

    def __init__(self, plan: ModulePlan, works: list[Work]) -> None:
        self._works = works
        self._fields = [
            field
            for field in plan.stored
            if field.key not in STAMPS and any(work.values.get(field.key) is not None for work in works)
        ]
        self._search = plan.search if plan.table.search is not None else None
        self.names = [
            plan.fields["id"].columns[0],
            *(name for field in self._fields for name in field.columns),
        ]
        if self._search is not None and plan.table.search is not None:
            self.names.append(plan.table.search.key)

    def piece(self, first: int, last: int) -> list[list[Any]]:
        """Their values for the records from one place up to another."""
        works = self._works[first:last]
        records = [work.values for work in works]
        columns: list[list[Any]] = [[work.id for work in works]]
        for field in self._fields:
            values = [record.get(field.key) for record in records]
            if field.single:
                columns.append(values)
            else:
                in_columns, width = field.type.in_columns, len(field.columns)
                columns.extend(map(list, zip(*(in_columns(value, width) for value in values), strict=True)))
        if self._search is not None:
            columns.append([self._search.of(record) for record in records])
        return columns


def update_records(batch: Batch, plan: ModulePlan, works: list[Work]) -> None:
    """Write changed records.

    The statement names every field that any of them changes, so that there is one for the whole batch; a
    record that does not change one of them writes what stands there: it is locked, and was read in this
    transaction.
    """
    if not works:
        return
    keys = sorted({key for work in works for key in work.changed})
    fields = [plan.fields[key] for key in keys]
    searched = plan.search is not None and plan.search.changes_with(keys)
    rows: list[Row] = []
    for work in works:
        old = work.old or {}
        row: Row = {"_id": work.id, "_version": int(str(old["version"])) + 1}
        for field in fields:
            value = work.get(field.key)
            for name, part in zip(
                field.columns, field.type.in_columns(value, len(field.columns)), strict=True
            ):
                row[f"_{name}"] = part
        if searched and plan.search is not None:
            row["_search"] = plan.search.of({**old, **work.values})
        rows.append(row)
    connection = batch.tx.connection
    statement = plan.statements.write(
        (*keys, searched), connection, lambda: _updating(plan, fields, searched)
    )
    stamps = {"_now": batch.now, "_by": batch.actor.user_id}
    statement.run(connection, [{**row, **stamps} for row in rows])


def _updating(plan: ModulePlan, fields: list[FieldPlan], searched: bool) -> Update:
    columns, table = plan.table.columns, plan.table.table
    stamped = {"id": "_id", "version": "_version", "updated_at": "_now", "updated_by": "_by"}
    values: dict[str, str] = {columns[key][0].key: name for key, name in stamped.items() if key != "id"}
    values |= {name: f"_{name}" for field in fields for name in field.columns}
    if searched and plan.table.search is not None:
        values[plan.table.search.key] = "_search"
    given = {
        name: bindparam(bound, type_=table.c[name].type, required=False) for name, bound in values.items()
    }
    return update(table).where(columns["id"][0] == bindparam("_id", required=False)).values(given)


def write_links(batch: Batch, field: FieldPlan, works: list[Work]) -> None:
    """Write what becomes of one field's links: those that go or change are deleted, those that come or change
    added.
    """
    if field.link is None:
        return
    table = field.link
    gone = [
        {"_source": work.id, "_target": target}
        for work in works
        if not work.is_new
        for target in (
            *work.links[field.key].removed,
            *(link.id for _, link in work.links[field.key].written),
        )
    ]
    if gone:
        statement = delete(table).where(
            table.c.source_id == bindparam("_source"), table.c.target_id == bindparam("_target")
        )
        batch.tx.connection.execute(statement, gone)
    come: list[Row] = []
    for work in works:
        for position, link in work.links[field.key].written:
            row: Row = {"source_id": work.id, "target_id": link.id, "position": position}
            for key, attribute in field.attributes.items():
                parts = attribute.type.in_columns(link.attributes.get(key), len(attribute.columns))
                row.update(zip((column.key for column in attribute.columns), parts, strict=True))
            come.append(row)
    if come:
        batch.tx.connection.execute(insert(table), come)


def touch(batch: Batch, plan: ModulePlan, ids: Collection[int], **values: Any) -> None:
    """Stamp records as changed now, and set the same in all of them: ``deleted_at``, say."""
    if not ids:
        return
    columns = plan.table.columns
    version = columns["version"][0]
    statement = update(plan.table.table).where(among(columns["id"][0], ids, batch.dialect))
    batch.tx.connection.execute(
        statement.values(
            {
                version: version + 1,
                columns["updated_at"][0]: batch.now,
                columns["updated_by"][0]: batch.actor.user_id,
                **{columns[key][0]: value for key, value in values.items()},
            }
        )
    )
