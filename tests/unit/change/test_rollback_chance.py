"""Whatever is changed in a configuration, going back gives every cell what it held.

A schema by chance gets data by chance, and then a few changes, one revision each; those refused are left
out. TRELLIS_CASES says how many such stories are told on each database, 5 if it says nothing, and
TRELLIS_SEED which is the first: ``TRELLIS_CASES=1 TRELLIS_SEED=17`` tells that of 17 again.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from runtime.base.clock import FrozenClock
from runtime.base.registry import Registry
from runtime.change.apply import Applied, apply
from runtime.change.quarantine import quarantine
from runtime.change.revisions import open_applied, read_revision
from runtime.expressions.language import Language
from runtime.language.load import load_sources
from runtime.model.catalog import Catalog, Field
from runtime.storage.database import Database
from runtime.storage.tables import Tables, build_tables
from tests.support.schema_chance import Schema, SchemaChance, layers_of
from tests.unit.storage.small import field_types

STORIES = int(os.environ.get("TRELLIS_CASES", "5"))
FIRST = int(os.environ.get("TRELLIS_SEED", "0"))
TYPES = field_types()
LANGUAGE = Language.standard()
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SOME = 6
"""Records of each module."""
Cells = dict[tuple[str, int], Mapping[str, Any]]


@pytest.fixture(params=range(FIRST, FIRST + STORIES))
def story(request: pytest.FixtureRequest, database_url: str) -> Iterator["Story"]:
    """A story on an empty database."""
    with closing(Database.open(database_url, pool=4)) as opened:
        yield Story(opened, Random(request.param))


def test_every_cell_comes_back(story: "Story"):
    story.begin()
    before = story.cells()
    story.go_on(edits=False)
    story.back()
    assert story.cells() == before


def test_every_cell_that_nobody_edited_comes_back_and_edits_are_kept_somewhere(story: "Story"):
    story.begin()
    before = story.cells()
    story.go_on(edits=True)
    edited = story.edited
    story.back()
    after = story.cells()
    for (table, record), cells in before.items():
        for name, value in cells.items():
            if (table, record, name) not in story.touched:
                assert after[table, record].get(name) == value, (table, record, name)
    for table, column, record, value in edited:
        assert story.is_kept(table, column, record, value), (table, column, record, value)


class Story:
    """A database that goes through changes of its configuration."""

    def __init__(self, database: Database, chance: Random) -> None:
        self.database = database
        self.chance = chance
        self.schemas = SchemaChance(chance)
        self.clock = FrozenClock(NOW)
        self.ids: dict[str, list[int]] = {}
        self.edited: list[tuple[str, str, int, Any]] = []
        self.touched: set[tuple[str, int, str]] = set()
        """The cells that somebody edited. What was written into another column that its field had meanwhile
        is carried over, so it counts for the first one.
        """
        self.origins: dict[tuple[str, str], str] = {}
        """What the first revision calls the field that has a key now."""

    def begin(self) -> None:
        """The first revision, and its records."""
        self.schema = self.schemas.schema()
        assert self.apply(self.schema)
        self.first = self.catalog
        self.first_columns = {
            (module, key): [column.name for column in self.tables.module(module).columns.get(key, ())]
            for module, each in self.first.modules.items()
            for key in each.fields
        }
        self._follow(self.schema)
        self.write(SOME)

    def go_on(self, edits: bool) -> None:
        """Changes, each with what people write after it."""
        for _ in range(self.chance.randint(1, 4)):
            changed = self.schemas.changed(self.schema)
            if self.apply(changed):
                self.schema = changed
                self._follow(changed)
                if edits:
                    self.edit()

    def _follow(self, schema: Schema) -> None:
        """Where each field comes from."""
        for module, fields in schema["modules"].items():
            for key, spec in fields.items():
                was = (module, spec.get("was", key))
                self.origins.setdefault((module, key), self.origins.get(was, key))

    def apply(self, schema: Schema) -> bool:
        """Apply a schema; False when it is not one, or the data does not allow it."""
        layers = layers_of(schema)
        loaded = load_sources(layers, types=TYPES, checks=Registry("check", ()), language=LANGUAGE)
        if loaded.catalog is None:
            return False
        done = apply(self.database, loaded.catalog, layers, TYPES, self.clock, accept_lossy=True)
        if isinstance(done, Applied):
            self.catalog, self.tables = loaded.catalog, self._tables(loaded.catalog)
        return isinstance(done, Applied)

    def back(self) -> None:
        """To the first revision."""
        with self.database.read() as connection:
            to = read_revision(connection, 1)
        done = apply(self.database, self.first, to.layers, TYPES, self.clock, accept_lossy=True, back_to=to)
        assert isinstance(done, Applied), [each.message for each in done.refusals]
        self.catalog, self.tables = self.first, self._tables(self.first)

    def _tables(self, catalog: Catalog) -> Tables:
        """The tables of what is applied now."""
        with self.database.read() as connection:
            revision = open_applied(connection, self.database.schema)
        assert revision is not None
        return build_tables(catalog, revision.names, TYPES, self.database.dialect)

    def write(self, count: int) -> None:
        """Records of each module, and links between them."""
        tables = self.tables
        with self.database.write() as tx:
            for module in self.catalog.modules.values():
                if not module.system:
                    self.ids[module.key] = tx.allocate_ids(count)
            for key, ids in self.ids.items():
                made = tables.module(key)
                for id_ in ids:
                    values: dict[str, Any] = {"id": id_, "version": 1}
                    for field in self.catalog.modules[key].fields.values():
                        if TYPES[field.type].linked:
                            self._link(tx.connection, tables, field, id_)
                        elif not field.is_virtual:
                            values |= self._cell(made.columns[field.key], field, id_)
                    tx.connection.execute(insert(made.table).values(values))

    def edit(self) -> None:
        """Some cells get other values, as the writer would write them."""
        tables = self.tables
        for module, ids in self.ids.items():
            if module not in self.catalog.modules:
                continue
            made = tables.module(module)
            for id_ in ids:
                for field in self.catalog.modules[module].fields.values():
                    if TYPES[field.type].linked or field.is_virtual or self.chance.random() > 0.15:
                        continue
                    cell = self._cell(made.columns[field.key], field, id_ * 7)
                    self._edit(tables, module, field, id_, cell)

    def cells(self) -> Cells:
        """What all columns of the first revision's records hold, and their links."""
        tables, found = self.tables, Cells()
        with self.database.read() as connection:
            for module in self.first.modules.values():
                if module.key not in self.ids:
                    continue
                made = tables.module(module.key)
                names = [c.name for key in module.fields for c in made.columns.get(key, ())]
                for row in connection.execute(select(made.table)).mappings():
                    found[made.table.name, row["id"]] = {name: row[name] for name in names}
                for key, field in module.fields.items():
                    if TYPES[field.type].linked:
                        link = tables.link(module.key, key)
                        for row in connection.execute(select(link)).mappings():
                            found[f"{link.name}>{row['target_id']}", row["source_id"]] = dict(row)
        return found

    def is_kept(self, table: str, column: str, record: int, value: Any) -> bool:
        """Whether a value that somebody wrote is still somewhere."""
        with self.database.read() as connection:
            there = connection.exec_driver_sql(
                f'SELECT "{column}" FROM "{table}" WHERE id = {record}'
            ).scalar()
            if there == value:
                return True
            kept = quarantine()
            mine = (kept.c.module == table) & (kept.c.record_id == record) & (kept.c.field == column)
            olds = connection.execute(select(kept.c.old).where(mine)).scalars()
            return any(_is_same(old[column], value) for old in olds)

    def _edit(self, tables: Tables, module: str, field: Field, record: int, cell: Mapping[str, Any]) -> None:
        made, first = tables.module(module), next(iter(cell))
        own = tables.runtime
        with self.database.write() as tx:
            table = made.table
            change, entry = tx.allocate_ids(2)
            number = tx.connection.execute(
                select(own.revisions.c.id).order_by(own.revisions.c.id.desc())
            ).scalar()
            tx.connection.execute(update(table).where(table.c.id == record).values(dict(cell)))
            tx.connection.execute(
                insert(own.change_sets).values(id=change, at=NOW, door="form", revision_id=number)
            )
            logged = {"module": module, "record_id": record, "at": NOW, "action": "updated"}
            told = {"old": {field.key: None}, "new": {field.key: None}}
            tx.connection.execute(
                insert(own.change_log).values(id=entry, change_set_id=change, **logged, **told)
            )
            held = tx.connection.exec_driver_sql(f'SELECT "{first}" FROM "{table.name}" WHERE id = {record}')
            self.edited = [each for each in self.edited if each[:3] != (table.name, first, record)] + [
                (table.name, first, record, held.scalar())
            ]
        first_columns = self.first_columns.get((module, self.origins[module, field.key]), ())
        self.touched |= {(table.name, record, name) for name in (*cell, *first_columns)}

    def _cell(self, columns: Any, field: Field, number: int) -> dict[str, Any]:
        value = self._value(field, number)
        parts = TYPES[field.type].in_columns(value, len(columns))
        return dict(zip((column.name for column in columns), parts, strict=True))

    def _value(self, field: Field, number: int) -> Any:
        if not field.required and not field.unique and self.chance.random() < 0.3:
            return () if field.type == "multi_picklist" else None
        small = self.chance.randint(0, 99)
        match field.type:
            case "text" | "long_text":
                return f"text {number}" if self.chance.random() < 0.5 or field.unique else str(number)
            case "integer":
                return number if field.unique else small
            case "decimal":
                return Decimal(small) / (10 ** min(field.settings["scale"], 1))
            case "percent":
                return Decimal(small)
            case "boolean":
                return small > 50
            case "date":
                return date(2026, 1, 1 + small % 28)
            case "datetime":
                return datetime(2026, 1, 1 + small % 28, small % 24, tzinfo=UTC)
            case "picklist":
                return self.chance.choice(self._values(field))
            case "multi_picklist":
                return tuple(sorted(set(self.chance.choices(self._values(field), k=2))))
            case "money":
                return TYPES["money"].from_columns((Decimal(small), "EUR"))
            case _:
                return self.chance.choice(self.ids[field.targets[0]])

    def _values(self, field: Field) -> list[str]:
        return list(self.catalog.picklists[field.settings["picklist"]].values)

    def _link(self, connection: Any, tables: Tables, field: Field, id_: int) -> None:
        link = tables.link(field.module, field.key)
        for target in self.chance.sample(self.ids[field.targets[0]], 2):
            connection.execute(insert(link).values(source_id=id_, target_id=target))


def _is_same(kept: Any, value: Any) -> bool:
    """Whether JSON has a value: 97.00 is read as 97.0."""
    if isinstance(value, Decimal) and isinstance(kept, int | float | str):
        return Decimal(str(kept)) == value
    return str(kept) == str(value)
