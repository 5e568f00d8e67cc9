"""A small shop to query: its catalog, its tables in a database, and rows written straight into them."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert

from runtime.base.diagnostic import Span
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.scope import Scope
from runtime.fields.formats import Formats
from runtime.model.catalog import Catalog, Expression, Field, Path
from runtime.model.types import BOOLEAN
from runtime.storage.database import Database
from runtime.storage.ddl import create_everything
from runtime.storage.loading import Loader
from runtime.storage.names import name_all
from runtime.storage.query import Page, Query
from runtime.storage.reader import Reader
from runtime.storage.searching import SearchText, own_search_fields
from runtime.storage.tables import Tables, build_tables, link_columns
from tests.unit.storage.small import field_types, make_catalog, path_of, sort_of

MODULES: Mapping[str, Any] = {
    "accounts": {
        "title": "name",
        "numbering": "A-{seq}",
        "fields": {
            "name": {"type": "text"},
            "industry": {"type": "text"},
            "parent": {"type": "relation", "module": "accounts"},
        },
    },
    "contacts": {
        "title": "{first_name} {last_name}",
        "search": ["first_name", "last_name", "account.name"],
        "fields": {
            "first_name": {"type": "text"},
            "last_name": {"type": "text"},
            "account": {"type": "relation", "module": "accounts", "inverse": "contacts"},
        },
    },
    "deals": {
        "title": "name",
        "search": ["name", "account"],
        "indexes": [["stage", "close_date"]],
        "rows": {"items": {"module": "items"}},
        "fields": {
            "name": {"type": "text", "unique": True},
            "account": {"type": "relation", "module": "accounts", "inverse": "deals"},
            "contacts": {
                "type": "relations",
                "module": "contacts",
                "inverse": "deals",
                "link": {"role": {"type": "text"}, "share": {"type": "percent"}},
            },
            "stage": {"type": "picklist", "picklist": "stages"},
            "tags": {"type": "multi_picklist", "picklist": "stages"},
            "amount": {"type": "money"},
            "probability": {"type": "percent"},
            "close_date": {"type": "date"},
            "hot": {"type": "boolean"},
            "papers": {"type": "files"},
        },
    },
    "items": {"fields": {"name": {"type": "text"}, "quantity": {"type": "decimal"}}},
}
STAGES: Mapping[str, Any] = {
    "open": {"kind": "open", "probability": 10},
    "won": {"kind": "won", "probability": 100},
    "lost": {"kind": "lost"},
}
FILTERS: Mapping[str, Any] = {
    "deals": {"all": {"sort": ["-close_date"]}, "big": {"sort": ["-amount", "name"]}}
}
TYPES = field_types()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def moment(user: Mapping[str, object] | None = None) -> Moment:
    """The moment of every test: noon of 1 March 2026."""
    return Moment.at(NOW, user=user)


@dataclass
class Shop:
    """A database with the shop's tables, and what reads them."""

    database: Database
    catalog: Catalog
    tables: Tables
    reader: Reader
    loader: Loader

    def add(self, module: str, *records: Mapping[str, Any]) -> list[int]:
        """Write records as the writer will: columns, links, the text they are found by. They need no id."""
        kept, known = self.tables.module(module), self.catalog.modules[module]
        text = SearchText(own_search_fields(known), TYPES, self.catalog.picklists, Formats("en", "UTC"))
        rows, links = [], []
        if not records:
            return []
        with self.database.write() as tx:
            ids = tx.allocate_ids(len(records))
            for id_, given in zip(ids, records, strict=True):
                record = {"id": id_, "version": 1, "created_at": NOW, "updated_at": NOW, **given}
                row: dict[str, Any] = {column.name: None for column in kept.table.c}
                for key, value in record.items():
                    field = known.field(key)
                    assert field is not None, key
                    kind = TYPES[field.type]
                    if kind.linked:
                        links.append((field, id_, value))
                    else:
                        names = [column.name for column in kept.columns[key]]
                        row.update(zip(names, kind.in_columns(value, len(names)), strict=True))
                if kept.search is not None:
                    row[kept.search.name] = text.of(record)
                rows.append(row)
            tx.connection.execute(insert(kept.table), rows)
            for field, id_, value in links:
                self._link(tx.connection, field, id_, value)
        return ids

    def _link(self, connection: Connection, field: Field, source: int, value: Any) -> None:
        link = self.tables.link(field.module, field.key)
        for position, each in enumerate(value):
            target, attributes = each if isinstance(each, tuple) else (each, {})
            row = {"source_id": source, "target_id": target, "position": position}
            for name, attribute in attributes.items():
                columns = link_columns(link, name, field.settings["link"][name], TYPES)
                row[columns[0].name] = attribute
            connection.execute(insert(link).values(row))

    def expression(self, module: str, text: str) -> Expression:
        """A condition on a module's records."""
        scope = Scope(self.catalog.modules, self.catalog.picklists, module)
        found, wrong = Language.standard().parse(text, Span.point("test"), scope, BOOLEAN)
        assert found is not None, wrong
        return found

    def paths(self, module: str, *texts: str) -> tuple[Path, ...]:
        """Paths of a module by their texts."""
        return tuple(path_of(self.catalog, module, text) for text in texts)

    def query(
        self, module: str, columns: str = "", where: str | None = None, sort: str = "", **more: Any
    ) -> Query:
        """A query in words: ``query("deals", "name stage", where="hot", sort="-amount name")``."""
        conditions = () if where is None else (self.expression(module, where),)
        keys = tuple(sort_of(self.catalog, module, text) for text in sort.split())
        return Query(module, self.paths(module, *columns.split()), conditions, sort=keys, **more)

    def page(
        self, module: str, columns: str = "", where: str | None = None, sort: str = "", **more: Any
    ) -> Page:
        """The page of a query."""
        with self.database.read() as connection:
            return self.reader.page(connection, self.query(module, columns, where, sort, **more), moment())

    def names(self, module: str, where: str | None = None, sort: str = "", **more: Any) -> list[Any]:
        """The first column of the page: the records' names."""
        return [row.values[0] for row in self.page(module, "name", where, sort, **more).rows]


def open_shop(database: Database, modules: Mapping[str, Any] = MODULES) -> Shop:
    """Make the shop's tables in an empty database."""
    shop = attach_shop(database, modules)
    with database.write() as tx:
        create_everything(tx.connection, shop.tables, database.schema)
    return shop


def attach_shop(database: Database, modules: Mapping[str, Any] = MODULES) -> Shop:
    """The shop of a database that has its tables already."""
    filters = FILTERS if "deals" in modules else {}
    catalog = replace(make_catalog(modules, {"stages": STAGES}, filters), rates={"USD": Decimal("1.1")})
    tables = build_tables(catalog, name_all(catalog, TYPES), TYPES, database.dialect)
    return Shop(
        database,
        catalog,
        tables,
        Reader(catalog, tables, TYPES, Language.standard(), Formats("en", "Europe/Helsinki")),
        Loader(catalog, tables, TYPES),
    )


def fill(url: str) -> None:
    """Make the shop's tables, for a template that every test of the shop begins with."""
    with closing(Database.open(url, pool=1)) as database:
        open_shop(database)
