"""Reading the records that hang on a card: rows in order, related records in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from runtime.model.catalog import Collection, Expression, Path, SortKey
from runtime.model.values import Ref
from runtime.storage.query import Query, Row
from runtime.web.door import Call
from runtime.web.pages.card import own_path

MOST_ROWS = 1000
"""How many rows of one record a screen shows, and a form edits."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """What narrows a query to the records that hang on one: a condition, or the ids that its links name."""

    where: tuple[Expression, ...]
    ids: tuple[int, ...] | None
    this: Mapping[str, object]


def hanging_on(call: Call, collection: Collection, record_id: int) -> Hanging:
    """The records of a collection that hang on one record."""
    this = {"id": record_id}
    if collection.kind != "links":
        return Hanging((call.live.hanging(collection),), None, this)
    field = call.live.catalog.modules[collection.module].fields[collection.via]
    query = Query(collection.module, columns=(own_path(field),), limit=1, ids=(record_id,), deleted="any")
    with call.site.database.read() as connection:
        rows = call.live.reader.page(connection, query, call.moment).rows
    linked = cast(tuple[Ref, ...], rows[0].values[0] if rows else ())
    return Hanging((), tuple(ref.id for ref in linked), this)


@dataclass(frozen=True, slots=True)
class RowPage:
    """The first rows of a record, in order; ``more`` when there are others behind them."""

    rows: tuple[Row, ...]
    more: bool


def rows_of(
    call: Call, rows: Collection, parent_id: int, paths: Sequence[Path], *, deleted: bool = False
) -> RowPage:
    """The rows of a record; those of a ``deleted`` one went into the bin with it."""
    module = call.live.catalog.modules[rows.target]
    hanging = hanging_on(call, rows, parent_id)
    query = Query(
        module=rows.target,
        columns=tuple(paths),
        where=hanging.where,
        sort=(SortKey(own_path(module.record_fields["position"])),),
        limit=MOST_ROWS,
        this=hanging.this,
        deleted="any" if deleted else "no",
    )
    with call.site.database.read() as connection:
        page = call.live.reader.page(connection, query, call.moment)
    return RowPage(page.rows, page.next is not None)
