"""What comes along with records: their rows, and the related records that ``include`` names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.model.catalog import Collection, Field, Module
from runtime.records.stored import links_of, rows_of
from runtime.storage.query import MOST, Query, Row
from runtime.web.api.endpoint import Call
from runtime.web.api.shape import Shape, unknown

INSIDE = ("parent", "position")
"""What a row does not say of itself when it stands in its parent's list: the list says it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the records of an answer are read: their shape, the relations to include, and the rows to bring."""

    shape: Shape
    includes: tuple[Field, ...]
    rows: tuple[Collection, ...]

    def records(self, call: Call, connection: Any, found: Sequence[Row]) -> list[dict[str, Any]]:
        """The records of a page, with what comes along."""
        records = self.shape.records(found)
        _add_attributes(call, connection, self.shape, {record["id"]: record for record in records})
        for field in self.includes:
            _include(call, connection, field, records)
        for collection in self.rows:
            ids = [row.id for row in found]
            by_parent = _rows(call, connection, collection, ids) if ids else {}
            for record in records:
                record[collection.key] = by_parent.get(record["id"], [])
        return records


def plan_reading(
    call: Call, module: Module, fields: tuple[str, ...] | None, include: tuple[str, ...], *, with_rows: bool
) -> Reading:
    """How to read what an address asks for; ``with_rows`` brings all rows where no fields are named."""
    rows = {collection.key: collection for collection in module.rows()}
    wanted: dict[str, Collection] = {}
    relations: list[Field] = []
    for name in include:
        field = module.field(name)
        if name in rows:
            wanted[name] = rows[name]
        elif field is not None and field.targets:
            relations.append(field)
        else:
            known = (field.key for field in module.all_fields() if field.targets)
            raise unknown(name, "include", (*known, *rows))
    if fields is None:
        shape = call.shapes.whole(module)
        if with_rows:
            wanted.update(rows)
    else:
        names = dict.fromkeys((*fields, *(field.key for field in relations)))
        wanted.update({name: rows[name] for name in names if name in rows})
        shape = call.shapes.of(module, tuple(name for name in names if name not in rows))
    return Reading(shape, tuple(relations), tuple(wanted.values()))


def read_one(
    call: Call, connection: Any, module: Module, record_id: int, plan: Reading
) -> dict[str, Any] | None:
    """One record with what comes along; None when it is unknown or may not be read."""
    query = Query(
        module=module.key,
        columns=plan.shape.columns,
        limit=1,
        ids=(record_id,),
    )
    page = call.live.reader.page(connection, query, call.moment)
    return plan.records(call, connection, page.rows)[0] if page.rows else None


def _by_id(shape: Shape, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    return {record["id"]: record for record in shape.records(rows)}


def _include(call: Call, connection: Any, field: Field, records: list[dict[str, Any]]) -> None:
    links = [link for record in records for link in _links(record[field.key])]
    ids = tuple(dict.fromkeys(link["id"] for link in links))
    found: dict[int, dict[str, Any]] = {}
    for target in field.targets:
        module = call.live.catalog.modules[target]
        if not ids:
            continue
        shape = call.shapes.whole(module)
        for start in range(0, len(ids), MOST):
            query = Query(
                module=target,
                columns=shape.columns,
                limit=MOST,
                ids=ids[start : start + MOST],
            )
            page = call.live.reader.page(connection, query, call.moment)
            found.update(_by_id(shape, page.rows))
    for link in links:
        link["data"] = found.get(link["id"])


def _links(value: Any) -> Iterable[dict[str, Any]]:
    if isinstance(value, list):
        return value
    return () if value is None else (value,)


def _rows(
    call: Call, connection: Any, collection: Collection, parents: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    # Rows take their parent's rights.
    live = call.live
    module = live.catalog.modules[collection.target]
    shape = call.shapes.whole(module)
    standing = rows_of(connection, live.writer.plans[module.key], parents, live.tables.dialect, lock=False)
    parent_of = {int(str(row["id"])): parent for parent, rows in standing.items() for row in rows}
    ids = tuple(parent_of)
    by_parent: dict[int, list[dict[str, Any]]] = {}
    for start in range(0, len(ids), MOST):
        some = ids[start : start + MOST]
        query = Query(module=module.key, columns=shape.columns, limit=MOST, ids=some)
        page = live.reader.page(connection, query, call.moment)
        found = _by_id(shape, page.rows)
        _add_attributes(call, connection, shape, found)
        for row_id in some:
            record = found.get(row_id)
            if record is not None:
                for key in INSIDE:
                    del record[key]
                by_parent.setdefault(parent_of[row_id], []).append(record)
    return by_parent


def _add_attributes(call: Call, connection: Any, shape: Shape, records: Mapping[int, dict[str, Any]]) -> None:
    # What the links themselves say, beside the records that they point at: one statement for each such field.
    if not shape.attributed or not records:
        return
    plan = call.live.writer.plans[shape.module.key]
    for key, writers in shape.attributed.items():
        links = links_of(connection, plan.fields[key], list(records), call.live.tables.dialect)
        for record_id, record in records.items():
            said = {link.id: link.attributes for link in links.get(record_id, ())}
            for item in record[key]:
                for name, value in said.get(item["id"], {}).items():
                    write = writers[name]
                    item[name] = value if write is None or value is None else write(value)
