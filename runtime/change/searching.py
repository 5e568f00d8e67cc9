"""Steps that make what a module is searched by, and fill it in for the records that are there."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from runtime.change.computing import stale_fields
from runtime.change.estimate import COMPUTE, INDEX, seconds
from runtime.change.filling import has_default, newly_required
from runtime.change.restoring import rewritten
from runtime.change.situation import Situation
from runtime.change.step import Step, safety_of
from runtime.fields.formats import Formats
from runtime.model.catalog import Module
from runtime.storage import ddl
from runtime.storage.searching import SearchText, own_search_fields
from runtime.storage.tables import ModuleTable

BATCH = 5_000
"""So many records are read and written at a time."""


def prepare_search(situation: Situation) -> Iterator[Step]:
    """The column of a module that is newly searched, the text in it, and SQLite's index of it."""
    filled = {(each.module, each.key) for each in newly_required(situation) if has_default(each)}
    filled |= {*stale_fields(situation), *situation.conversions.fields, *rewritten(situation)}
    for module in situation.catalog.modules.values():
        table = situation.tables.module(module.key)
        if table.search is None or not situation.stands(module):
            continue
        if not situation.live.has(table.table.name, table.search.name):
            what = f"Make {module.key} searchable: the column {table.search.name}."
            yield Step(what, partial(ddl.add_column, column=table.search), module.origin.span)
        old = situation.before.modules.get(module.key)
        stale = old is None or old.search != situation.after.modules[module.key].search
        stale = stale or any((module.key, each.key) in filled for each in own_search_fields(module))
        rows = situation.rows(module.key) if stale else 0
        if rows:
            what = f"Write what the records of {module.key} are found by."
            text = search_text(situation, module)
            run = partial(_fill, table=table, text=text)
            origin, safety, estimate = module.origin.span, safety_of(rows), seconds(rows, COMPUTE)
            yield Step(what, run, origin, rows, safety, estimate=estimate)
        if table.search_index is not None and not situation.live.has(table.search_index):
            what = f"Create the search index {table.search_index} of {table.table.name}."
            rows = situation.rows(module.key)
            run = partial(_index, module=table)
            origin, safety, estimate = module.origin.span, safety_of(rows), seconds(rows, INDEX)
            yield Step(what, run, origin, rows, safety, estimate=estimate)


def search_text(situation: Situation, module: Module) -> SearchText:
    """What makes the text that a module's records are found by, as the writer makes it."""
    catalog = situation.catalog
    formats = Formats(catalog.languages[0], catalog.timezone)
    return SearchText(own_search_fields(module), situation.types, catalog.picklists, formats)


def _fill(connection: Connection, table: ModuleTable, text: SearchText) -> None:
    """Write the text of every record, in batches by id."""
    if table.search is None:
        return
    ids = table.columns["id"][0]
    groups = [(field.key, text.types[field.type], table.of(field)) for field in text.fields]
    statement = select(ids, *(column for _, _, columns in groups for column in columns)).order_by(ids)
    change = update(table.table).where(ids == bindparam("_id")).values({table.search: bindparam("_text")})
    last = 0
    while rows := connection.execute(statement.where(ids > last).limit(BATCH)).all():
        connection.execute(change, [{"_id": row[0], "_text": text.of(_values(row, groups))} for row in rows])
        last = rows[-1][0]


def _values(row: Sequence[Any], groups: Sequence[tuple[str, Any, Sequence[Any]]]) -> dict[str, object]:
    values: dict[str, object] = {}
    start = 1
    for key, kind, columns in groups:
        values[key] = kind.from_columns(tuple(row[start : start + len(columns)]))
        start += len(columns)
    return values


def _index(connection: Connection, module: ModuleTable) -> None:
    ddl.create_search(connection, module)
    ddl.fill_search(connection, module)
