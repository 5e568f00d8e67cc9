"""Steps that make the indexes which the configuration asks for and drop those it asks for no more, and the
refusal of a unique one over values that are not.
"""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Index, Table

from runtime.base.diagnostic import Diagnostic, Span
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.change.estimate import INDEX, seconds
from runtime.change.phases import Build, Phase
from runtime.change.situation import Situation
from runtime.change.step import Step, safety_of
from runtime.model.catalog import Field, Module
from runtime.storage import ddl

OWN = ("ix_", "ux_")
"""What the names of the indexes begin with that follow from the configuration; others are not touched."""


def drop_indexes(situation: Situation) -> Iterator[Step]:
    """The indexes that are asked for no more."""
    for _, table in _standing(situation):
        asked = {str(index.name) for index in table.indexes}
        for name in sorted(situation.live.tables[table.name].indexes - asked):
            if name.startswith(OWN):
                what = f"Drop the index {name} of {table.name}, which nothing asks for any more."
                run = partial(ddl.drop_index, name=name, table=table)
                yield Step(what, run, phase=Phase.CONTRACT)


def create_indexes(situation: Situation) -> Iterator[Step]:
    """The indexes that are new in tables that are there."""
    for module, table in _standing(situation):
        for index in _missing(situation, table):
            rows = situation.stored.rows(table.name)
            fields = _fields(situation, module, table, index)
            said = f"on {', '.join(field.key for field in fields)}" if fields else str(index.name)
            what = f"Create the {'unique ' if index.unique else ''}index of {table.name} {said}."
            run = partial(ddl.create_index, index=index)
            place, estimate = _place(module, index, fields), seconds(rows, INDEX)
            build = None if _waits(index) else Build(index)
            yield Step(
                what,
                run,
                place,
                rows,
                safety_of(rows),
                phase=Phase.SWITCH if build is None else Phase.BUILD,
                estimate=estimate,
                build=build,
            )


def refuse_duplicates(situation: Situation) -> Iterator[Diagnostic]:
    """The unique indexes that the records do not allow."""
    for module, table in _standing(situation):
        for index in _missing(situation, table):
            if not index.unique:
                continue
            columns = list(index.columns)
            fields = _fields(situation, module, table, index)
            found = situation.stored.duplicates(table.name, columns)
            if any((field.module, field.key) in situation.conversions.fields for field in fields):
                found, columns = situation.conversions.shared(module.key, fields), columns[:1]
            if not found:
                continue
            keys = " and ".join(field.key for field in fields)
            listed = "; ".join(_shared(row, len(columns)) for row in found)
            yield Diagnostic(
                codes.UNIQUE.name,
                f"no two records of {module.key} may be alike in {keys}, and some are: {listed}",
                _place(module, index, fields),
                path_of(fields[0]) if len(fields) == 1 else f"{module.key}.unique",
                "change or delete the records that are named, then apply again",
            )


def _waits(index: Index) -> bool:
    """Whether an index may not be there before the switch: a unique one would refuse what is still allowed,
    and that of the search texts is made of texts which the switch writes.
    """
    return bool(index.unique) or ddl.needs_trigrams(index)


def _standing(situation: Situation) -> Iterator[tuple[Module, Table]]:
    for module in situation.catalog.modules.values():
        table = situation.tables.module(module.key).table
        if situation.live.has(table.name):
            yield module, table
        for field in module.all_fields():
            if situation.types[field.type].linked:
                link = situation.tables.link(module.key, field.key)
                if situation.live.has(link.name):
                    yield module, link


def _missing(situation: Situation, table: Table) -> list[Index]:
    there = situation.live.tables[table.name].indexes
    found = [index for index in table.indexes if index.name not in there]
    if any(map(ddl.needs_trigrams, found)) and not ddl.has_trigrams(situation.stored.connection):
        found = [index for index in found if not ddl.needs_trigrams(index)]
    return sorted(found, key=lambda index: str(index.name))


def _fields(situation: Situation, module: Module, table: Table, index: Index) -> list[Field]:
    # The fields whose own columns the index is made on; what it sorts by is an expression, and names none.
    columns = {column.name for column in index.columns}
    if table.name != situation.names.table(module.key):
        return []
    found = situation.tables.module(module.key).columns
    return [
        field
        for field in module.all_fields()
        if field.key in found and field.key != "id" and columns & {each.name for each in found[field.key]}
    ]


def _place(module: Module, index: Index, fields: list[Field]) -> Span:
    if len(fields) == 1 and (fields[0].unique or not index.unique) and fields[0].key in module.fields:
        return fields[0].origin.span
    keys = {field.key for field in fields}
    found = (span for names, span in module.together_at.items() if set(names) == keys)
    return next(found, module.origin.span)


def _shared(row: tuple[object, ...], parts: int) -> str:
    values = ", ".join(str(value) for value in row[:parts])
    count, first, last = row[parts:]
    ids = f"{first} and {last}" if count == 2 else f"{first} … {last}"
    return f"“{values}” in {count} (ids {ids})"
