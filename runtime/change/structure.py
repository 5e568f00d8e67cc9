"""Steps that make tables and columns."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Column, Connection, Table
from sqlalchemy.schema import ForeignKeyConstraint

from runtime.change.phases import Phase
from runtime.change.situation import Situation
from runtime.change.step import Step, counted
from runtime.model.catalog import Field
from runtime.storage import ddl
from runtime.storage.tables import ModuleTable, link_attributes, link_columns


def set_up(situation: Situation) -> Iterator[Step]:
    """The runtime's own tables: all of them in an empty database, else those that an older one had not."""
    if situation.live.is_trellis:
        for table in situation.tables.metadata.tables.values():
            if table.name.startswith("trellis_") and not situation.live.has(table.name):
                run = partial(_create_with_indexes, table=table)
                yield Step(f"Create the table {table.name} of the runtime itself.", run)
        return
    run = partial(ddl.initialise, tables=situation.tables, schema=situation.schema)
    yield Step("Set the database up with the tables of the runtime itself.", run)


def _create_with_indexes(connection: Connection, table: Table) -> None:
    ddl.create_table(connection, table)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        ddl.create_index(connection, index)


def make_tables(situation: Situation) -> Iterator[Step]:
    """The tables of new modules and of new linked fields, then their foreign keys."""
    made: list[Table] = []
    for module in situation.catalog.modules.values():
        if situation.stands(module):
            continue
        found = situation.tables.module(module.key)
        made.append(found.table)
        fields = counted(len(module.fields), "field")
        what = f"Create the module {module.key} with {fields}: the table {found.table.name}."
        run = partial(_create_module, module=found)
        yield Step(what, run, module.origin.span, phase=Phase.EXPAND)
    for module in situation.catalog.modules.values():
        for field in module.all_fields():
            if not situation.types[field.type].linked:
                continue
            link = situation.tables.link(module.key, field.key)
            if not situation.live.has(link.name):
                made.append(link)
                what = f"Create the links {module.key}.{field.key}: the table {link.name}."
                run = partial(_create_table, table=link)
                yield Step(what, run, field.origin.span, phase=Phase.EXPAND)
    keys = sum(isinstance(each, ForeignKeyConstraint) for table in made for each in table.constraints)
    if situation.tables.dialect == "postgresql" and keys:
        what = f"Connect the new tables by {counted(keys, 'foreign key')}."
        yield Step(what, partial(_connect, tables=made), phase=Phase.EXPAND)


def add_columns(situation: Situation) -> Iterator[Step]:
    """The columns of new fields, and of new attributes of links, in tables that are there; all empty."""
    for module in situation.catalog.modules.values():
        table = situation.tables.module(module.key)
        if not situation.stands(module):
            continue
        for field in module.all_fields():
            missing = [
                column
                for column in table.columns.get(field.key, ())
                if not situation.live.has(table.table.name, column.name)
            ]
            if missing:
                what = f"Add the field {field.key} to {module.key}: {_columns(missing)}."
                run = partial(_add, columns=missing)
                yield Step(what, run, field.origin.span, phase=Phase.EXPAND)
    for module in situation.catalog.modules.values():
        for field in module.all_fields():
            if situation.types[field.type].linked:
                yield from _add_attributes(situation, field)


def _add_attributes(situation: Situation, field: Field) -> Iterator[Step]:
    link = situation.tables.link(field.module, field.key)
    if not situation.live.has(link.name):
        return
    for key, attribute in link_attributes(field).items():
        missing = [
            column
            for column in link_columns(link, key, attribute, situation.types)
            if not situation.live.has(link.name, column.name)
        ]
        if missing:
            what = f"Add the attribute {key} to the links {field.module}.{field.key}: {_columns(missing)}."
            run = partial(_add, columns=missing)
            yield Step(what, run, attribute.origin.span, phase=Phase.EXPAND)


def _columns(columns: list[Column[object]]) -> str:
    names = " and ".join(column.name for column in columns)
    return f"the column {names}" if len(columns) == 1 else f"the columns {names}"


def _create_module(connection: Connection, module: ModuleTable) -> None:
    _create_table(connection, module.table)
    ddl.create_search(connection, module)


def _create_table(connection: Connection, table: Table) -> None:
    ddl.create_table(connection, table)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        ddl.create_index(connection, index)


def _connect(connection: Connection, tables: list[Table]) -> None:
    for table in tables:
        ddl.add_foreign_keys(connection, table)


def _add(connection: Connection, columns: list[Column[object]]) -> None:
    for column in columns:
        ddl.add_column(connection, column)
