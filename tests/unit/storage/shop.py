"""A small shop to query: its catalog, its tables in a database, and rows written straight into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from runtime.base.diagnostic import Span
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.scope import Scope
from runtime.fields.formats import Formats
from runtime.model.catalog import Catalog, Expression, Path
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
FILTERS: Mapping[str, Any] = {"deals": {"all": {"sort": ["-close_date"]}, "big": {"sort": ["-amount", "name"]}}}
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
        types = field_types()
        kept, known = self.tables.module(module), self.catalog.modules[module]
        text = SearchText(own_search_fields(known), types, self.catalog.picklists, Formats("en", "UTC"))
        with self.database.write() as tx:
            ids = tx.allocate_ids(len(records))
            for id_, record in zip(ids, records, strict=True):
                row: dict[str, Any] = {}
                record = {"id": id_, "version": 1, "created_at": NOW, "updated_at": NOW, **record}
                for key, value in record.items():
                    field = known.field(key)
                    assert field is not None
                    if not types[field.type].linked:
                        parts = types[field.type].to_columns(value)
                        row.update({c.name: p for c, p in zip(kept.columns[key], parts, strict=True)})
                if kept.search is not None:
                    row[kept.search.name] = text.of(record)
                tx.connection.execute(insert(kept.table).values(row))
                self._add_links(tx.connection, module, id_, record)
        return ids

    def _add_links(self, connection: Any, module: str, id_: int, record: Mapping[str, Any]) -> None:
        for key, value in record.items():
            field = self.catalog.modules[module].field(key)
            assert field is not None
            if field_types()[field.type].linked:
                link = self.tables.link(module, key)
                for position, each in enumerate(value):
                    target, attributes = each if isinstance(each, tuple) else (each, {})
                    row = {"source_id": id_, "target_id": target, "position": position}
                    for name, attribute in attributes.items():
                        columns = link_columns(link, name, field.settings["link"][name], field_types())
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

    def query(self, module: str, columns: str = "", where: str | None = None, sort: str = "", **more: Any) -> Query:
        """A query in words: ``query("deals", "name stage", where="hot", sort="-amount name")``."""
        conditions = () if where is None else (self.expression(module, where),)
        keys = tuple(sort_of(self.catalog, module, text) for text in sort.split())
        return Query(module, self.paths(module, *columns.split()), conditions, sort=keys, **more)

    def page(self, module: str, columns: str = "", where: str | None = None, sort: str = "", **more: Any) -> Page:
        """The page of a query."""
        with self.database.read() as connection:
            return self.reader.page(connection, self.query(module, columns, where, sort, **more), moment())

    def names(self, module: str, where: str | None = None, sort: str = "", **more: Any) -> list[Any]:
        """The first column of the page: the records' names."""
        return [row.values[0] for row in self.page(module, "name", where, sort, **more).rows]


def open_shop(database: Database, modules: Mapping[str, Any] = MODULES) -> Shop:
    """Make the shop's tables in an empty database."""
    catalog, types = make_catalog(modules, {"stages": STAGES}, FILTERS if "deals" in modules else {}), field_types()
    tables = build_tables(catalog, name_all(catalog, types), types, database.dialect)
    with database.write() as tx:
        create_everything(tx.connection, tables, database.schema)
    return Shop(
        database,
        catalog,
        tables,
        Reader(catalog, tables, types, Language.standard(), Formats("en", "Europe/Helsinki")),
        Loader(catalog, tables, types),
    )
