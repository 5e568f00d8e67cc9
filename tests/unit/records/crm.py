"""A small CRM for these tests: accounts, contacts, orders with lines; and what a test says to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, select

import runtime.fields
import runtime.language.checks
from runtime.base.clock import FrozenClock
from runtime.base.registry import Registry, discover
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.fields.base import FieldType, Parsing
from runtime.fields.formats import Formats
from runtime.identity.actor import SYSTEM, Actor
from runtime.language.checks.base import Check
from runtime.language.load import load_sources
from runtime.language.packs import LayerFiles
from runtime.language.report import as_text
from runtime.model.catalog import Catalog, Layer
from runtime.records.access import SignedIn
from runtime.records.base import Workplace
from runtime.records.change import Change, Refused, Saved
from runtime.records.read import Records
from runtime.records.save import Writer
from runtime.storage.database import Database
from runtime.storage.ddl import create_everything
from runtime.storage.names import name_all
from runtime.storage.reader import Reader
from runtime.storage.tables import build_tables
from tests.unit.records.chains import BOOKINGS, CHAINS

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

PACK = {
    "pack.yaml": """
        title: Small CRM
        version: 1.0.0
        currency: EUR
        timezone: Europe/Helsinki
    """,
    "schemas/picklists/kinds.yaml": """
        values:
          prospect: {kind: open, short: P}
          customer: {label: {en: Customer, fi: Asiakas}, kind: won, short: C}
    """,
    "schemas/modules/accounts.yaml": """
        label: Account
        plural: Accounts
        title: name
        numbering: "ACC-{seq:4}"
        fields:
          name:           {type: text, required: true}
          code:           {type: text, unique: true}
          kind:           {type: picklist, picklist: kinds, default: prospect}
          revenue:        {type: money}
          rating:         {type: decimal}
          tags:           {type: multi_picklist, picklist: kinds}
          parent_account: {type: relation, module: accounts, on_delete: clear}
          manager:        {type: user}
          locked:         {type: text, readonly: true}
          whisper:        {type: text, log: false}
          papers:         {type: files}
    """,
    "schemas/modules/contacts.yaml": """
        label: Contact
        plural: Contacts
        title: name
        fields:
          name:    {type: text, required: true}
          email:   {type: email, unique: true}
          account: {type: relation, module: accounts, on_delete: clear, inverse: contacts}
          friends:
            type: relations
            module: contacts
            link: {since: {type: date}, closeness: {type: decimal}}
    """,
    "schemas/modules/products.yaml": """
        label: Product
        plural: Products
        title: name
        fields:
          name:  {type: text, required: true, unique: true}
          serial: {type: auto_number, format: "P{YY}{MM}-{seq:3}", reset: month}
    """,
    "schemas/modules/orders.yaml": """
        label: Order
        plural: Orders
        title: "{number} {account}"
        numbering: {format: "ORD-{YYYY}-{seq:5}", reset: year}
        fields:
          code:    {type: integer, unique: true}
          account: {type: relation, module: accounts, required: true, inverse: orders}
          day:     {type: date}
        rows:
          items: {module: order_lines}
    """,
    "schemas/modules/order_lines.yaml": """
        label: Order line
        plural: Order lines
        title: product.name
        fields:
          note:     {type: text}
          product:  {type: relation, module: products, required: true}
          quantity: {type: integer, required: true, min: 1}
          price:    {type: money}
        unique: [[parent, product]]
    """,
    "schemas/modules/visits.yaml": """
        label: Visit
        plural: Visits
        title: subject
        fields:
          subject: {type: text}
          account: {type: relation, module: accounts, on_delete: cascade}
    """,
}


DYNAMIC = {
    **PACK,
    "schemas/picklists/stages.yaml": """
        values:
          open: {kind: open, probability: 10}
          won:  {kind: won, probability: 100}
          lost: {kind: lost, probability: 0}
    """,
    "schemas/modules/deals.yaml": """
        label: Deal
        plural: Deals
        title: name
        fields:
          name:        {type: text, required: true}
          account:     {type: relation, module: accounts, inverse: deals}
          stage:       {type: picklist, picklist: stages, default: open, required: true}
          amount:      {type: money, readonly: =stage.kind != 'open'}
          code:        {type: text, readonly: =not is_new}
          probability: {type: percent, min: 0, max: 100}
          created_on:  {type: date, default: =today()}
          close_date:  {type: date, required: true, default: =created_on + days(14)}
          region:      {type: text, default: =account.code}
          seller:      {type: user, default: =user}
          lost_reason: {type: text, required: =stage.kind == 'lost'}
        rows:
          parts: {module: deal_parts}
        checks:
          closing_date:
            check: is_empty(close_date) or close_date >= date(created_at)
            message: {en: The closing date is before the deal was created., fi: Liian aikainen.}
            location: close_date
          few_parts: {check: count(parts) <= 2, message: A deal has two parts at most.}
          total:
            check: is_empty(amount) or sum(parts.price) <= amount
            message: The parts cost more than the deal.
    """,
    "formulas/cases.yaml": """
        by_kind:
          field: chance
          run: [create, kind]
          when: is_empty(chance) or changed(kind)
          value: kind.probability
          examples: [{given: {kind: won}, expect: 100}]
        shout: {field: shouted, value: "concat(upper(name), ' ', text(chance))", clear: true}
        two: {field: double, run: [chance], value: chance * 2}
        no: {run: validate, field: name, when: name == 'No', note: No is no name.}
        seen: {run: view, when: kind == 'won', note: It is won.}
    """,
    "schemas/modules/cases.yaml": """
        label: Case
        plural: Cases
        title: name
        fields:
          name:    {type: text, required: true}
          kind:    {type: picklist, picklist: stages, default: open}
          special: {type: boolean}
          chance:  {type: percent}
          double:  {type: decimal}
          shouted: {type: text, required: true}
          prize:   {type: text, required: true}
        rules:
          won:     {when: kind.kind == 'won', show: [prize], readonly: [name]}
          special: {when: special, show: [prize]}
    """,
    "schemas/modules/deal_parts.yaml": """
        label: Part
        plural: Parts
        title: name
        fields:
          name:  {type: text, default: "=concat(parent.name, ', part')"}
          price: {type: money, default: =10}
    """,
}
PACKS = {"small": PACK, "dynamic": DYNAMIC, "chains": CHAINS, "bookings": BOOKINGS}


@cache
def load(name: str = "small") -> tuple[Catalog, Registry[FieldType], Language]:
    """The catalog of the pack, loaded once for all tests."""
    language = Language.standard()
    types = Registry("field type", discover(runtime.fields, FieldType))  # type: ignore[type-abstract]
    checks = Registry("check", discover(runtime.language.checks, Check))  # type: ignore[type-abstract]
    files = {path: dedent(text) for path, text in PACKS[name].items()}
    layer = LayerFiles(Layer("small", "Small CRM", "1.0.0", ""), files)
    loaded = load_sources([layer], types=types, checks=checks, language=language)
    assert loaded.catalog is not None, as_text(loaded.diagnostics, loaded.sources)
    return loaded.catalog, types, language


def fill(url: str, name: str = "small") -> None:
    """Make the empty tables of the CRM."""
    catalog, types, _ = load(name)
    database = Database.open(url)
    tables = build_tables(catalog, name_all(catalog, types), types, database.dialect)
    with database.write() as tx:
        create_everything(tx.connection, tables, "public")
    database.close()


@dataclass(slots=True)
class Crm:
    """The CRM, and a short way to say what a test says."""

    database: Database
    workplace: Workplace
    writer: Writer
    records: Records
    clock: FrozenClock
    actor: Actor = SYSTEM
    statements: list[str] = field(default_factory=list)

    @property
    def parsing(self) -> Parsing:
        """How REST's values are read."""
        return parsing(self.workplace)

    def save(
        self, *changes: Change, atomic: bool = True, actor: Actor | None = None
    ) -> list[Saved | Refused]:
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

    def moment(self) -> Moment:
        """The moment at which the clock stands."""
        return Moment.at(self.clock.now(), ZoneInfo("Europe/Helsinki"), None)

    def count(self, call: Callable[..., object], *given: Any) -> int:
        """How many statements a call needs."""
        self.statements.clear()
        call(*given)
        return len(self.statements)


def open_crm(url: str, name: str = "small") -> Crm:
    """The CRM on a database that has its tables."""
    catalog, types, language = load(name)
    database = Database.open(url, pool=4)
    tables = build_tables(catalog, name_all(catalog, types), types, database.dialect)
    clock = FrozenClock(NOW)
    workplace = Workplace(catalog, tables, types, clock, revision=1)
    judge = SignedIn()
    reader = Reader(catalog, tables, types, language, Formats("en", catalog.timezone))
    crm = Crm(database, workplace, Writer(workplace, judge), Records(workplace, reader, judge), clock)

    def heard(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        crm.statements.append(statement)

    event.listen(database._writing, "before_cursor_execute", heard)
    event.listen(database._reading, "before_cursor_execute", heard)
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
