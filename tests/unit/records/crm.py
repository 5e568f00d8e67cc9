"""A small CRM for these tests: accounts, contacts, orders with lines; and what a test says to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, select

from runtime.base.clock import FrozenClock
from runtime.fields.base import Parsing
from runtime.fields.formats import Formats
from runtime.identity.actor import SYSTEM, Actor
from runtime.records.access import SignedIn
from runtime.records.base import Workplace
from runtime.records.change import Change, Refused, Saved
from runtime.records.save import Writer
from runtime.storage.database import Database
from runtime.storage.ddl import create_everything
from runtime.storage.names import name_all
from runtime.storage.tables import build_tables
from tests.unit.storage.small import field_types, make_catalog

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

MODULES: Mapping[str, Any] = {
    "users": {
        "fields": {
            "name": {"type": "text", "required": True},
            "email": {"type": "email", "required": True, "unique": True},
            "admin": {"type": "boolean"},
            "active": {"type": "boolean", "default": True},
            "role": {"type": "text"},
            "language": {"type": "text"},
            "timezone": {"type": "text"},
        }
    },
    "accounts": {
        "numbering": "ACC-{seq:4}",
        "fields": {
            "name": {"type": "text", "required": True},
            "code": {"type": "text", "unique": True},
            "kind": {"type": "picklist", "picklist": "kinds", "default": "prospect"},
            "revenue": {"type": "money"},
            "rating": {"type": "decimal"},
            "tags": {"type": "multi_picklist", "picklist": "kinds"},
            "parent_account": {"type": "relation", "module": "accounts", "on_delete": "clear"},
            "manager": {"type": "user"},
            "locked": {"type": "text", "readonly": True},
            "papers": {"type": "files"},
        },
    },
    "contacts": {
        "title": "name",
        "fields": {
            "name": {"type": "text", "required": True},
            "email": {"type": "email", "unique": True},
            "account": {"type": "relation", "module": "accounts", "on_delete": "clear", "inverse": "contacts"},
            "friends": {
                "type": "relations",
                "module": "contacts",
                "link": {"since": {"type": "date"}, "closeness": {"type": "decimal"}},
            },
        },
    },
    "products": {"fields": {"name": {"type": "text", "required": True, "unique": True}}},
    "orders": {
        "numbering": "ORD-{YYYY}-{seq:5}",
        "fields": {
            "code": {"type": "integer", "unique": True},
            "account": {"type": "relation", "module": "accounts", "required": True, "inverse": "orders"},
            "day": {"type": "date"},
        },
        "rows": {"items": {"module": "order_lines"}},
    },
    "order_lines": {
        "title": "note",
        "fields": {
            "note": {"type": "text"},
            "product": {"type": "relation", "module": "products", "required": True},
            "quantity": {"type": "integer", "required": True, "min": 1},
            "price": {"type": "money"},
            "discount": {"type": "decimal", "scale": 2, "default": None},
        },
        "unique": [["parent", "product"]],
    },
    "visits": {
        "fields": {
            "subject": {"type": "text"},
            "account": {"type": "relation", "module": "accounts", "on_delete": "cascade"},
        },
    },
}

PICKLISTS = {"kinds": {"prospect": {"kind": "open"}, "customer": {"kind": "won"}}}


@dataclass(slots=True)
class Crm:
    """The CRM, and a short way to say what a test says."""

    database: Database
    workplace: Workplace
    writer: Writer
    clock: FrozenClock
    actor: Actor = SYSTEM
    statements: list[str] = field(default_factory=list)

    @property
    def parsing(self) -> Parsing:
        """How REST's values are read."""
        return parsing(self.workplace)

    def save(self, *changes: Change, atomic: bool = True, actor: Actor | None = None) -> list[Saved | Refused]:
        """Save changes in a transaction of their own."""
        with self.database.write() as tx:
            return self.writer.save(tx, changes, actor or self.actor, self.parsing, atomic=atomic)

    def create(self, module: str, **values: Any) -> int:
        """Create a record that must be right; gives its id."""
        return self.saved(Change(module, values)).id

    def update(self, module: str, record_id: int, **values: Any) -> Saved:
        """Change a record, rightly."""
        return self.saved(Change(module, values, id=record_id))

    def saved(self, change: Change, actor: Actor | None = None) -> Saved:
        """Save a change that must be right."""
        (outcome,) = self.save(change, actor=actor)
        assert isinstance(outcome, Saved), outcome
        return outcome

    def refused(self, change: Change, actor: Actor | None = None) -> dict[str, list[str]]:
        """The messages of a change that must be refused, by field."""
        (outcome,) = self.save(change, actor=actor)
        assert isinstance(outcome, Refused), outcome
        return {key: [str(each) for each in them] for key, them in outcome.errors.items()}

    def kind(self, change: Change, actor: Actor | None = None) -> str:
        """The kind of a refusal."""
        (outcome,) = self.save(change, actor=actor)
        assert isinstance(outcome, Refused), outcome
        return outcome.kind

    def delete(self, module: str, record_id: int) -> Saved:
        """Delete a record."""
        return self.saved(Change(module, id=record_id, action="delete"))

    def restore(self, module: str, record_id: int) -> Saved:
        """Bring a record back."""
        return self.saved(Change(module, id=record_id, action="restore"))

    def stored(self, module: str, record_id: int) -> dict[str, Any]:
        """A record's columns as they stand."""
        table = self.workplace.tables.module(module).table
        with self.database.read() as connection:
            return dict(connection.execute(select(table).where(table.c.id == record_id)).mappings().one())

    def all(self, module: str) -> list[dict[str, Any]]:
        """Every record of a module that is not deleted, in the order of their ids."""
        table = self.workplace.tables.module(module).table
        with self.database.read() as connection:
            found = connection.execute(select(table).where(table.c.deleted_at.is_(None)).order_by(table.c.id))
            return [dict(row) for row in found.mappings()]

    def links(self, module: str, key: str, source: int) -> list[dict[str, Any]]:
        """The links of a record's field."""
        table = self.workplace.tables.link(module, key)
        with self.database.read() as connection:
            found = connection.execute(
                select(table).where(table.c.source_id == source).order_by(table.c.position, table.c.target_id)
            )
            return [dict(row) for row in found.mappings()]

    def log(self, record_id: int) -> list[dict[str, Any]]:
        """A record's rows in the change log, oldest first."""
        table = self.workplace.tables.change_log
        with self.database.read() as connection:
            found = connection.execute(
                select(table).where(table.c.record_id == record_id).order_by(table.c.id)
            )
            return [dict(row) for row in found.mappings()]

    def count(self, call: Callable[[], object]) -> int:
        """How many statements a call needs."""
        self.statements.clear()
        call()
        return len(self.statements)


def make(url: str, modules: Mapping[str, Any] = MODULES, schema: str = "public") -> Crm:
    """The CRM on an empty database."""
    types = field_types()
    catalog = make_catalog(modules, PICKLISTS)
    database = Database.open(url, schema=schema, pool=4)
    tables = build_tables(catalog, name_all(catalog, types), types, database.dialect)
    with database.write() as tx:
        create_everything(tx.connection, tables, schema)
    clock = FrozenClock(NOW)
    workplace = Workplace(catalog, tables, types, clock, revision=1)
    crm = Crm(database, workplace, Writer(workplace, SignedIn()), clock)
    event.listen(
        database._writing,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: crm.statements.append(statement),
    )
    return crm


def parsing(workplace: Workplace, door: str = "rest") -> Parsing:
    """How a door's values are read."""
    return Parsing(
        door=door,
        formats=Formats("en", "Europe/Helsinki"),
        timezone=ZoneInfo("Europe/Helsinki"),
        currency=workplace.catalog.currency,
        picklists=workplace.catalog.picklists,
        types=workplace.types,
    )
