"""A site for these tests: a database, and configurations made by hand that are planned for and applied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, insert, select, update

from runtime.base.clock import FrozenClock
from runtime.change.apply import Applied, Refused, apply
from runtime.change.plan import Plan, make_plan
from runtime.change.revisions import open_applied, read_revision
from runtime.language.packs import LayerFiles
from runtime.model.catalog import Catalog, Layer
from runtime.storage.database import Database
from runtime.storage.inspect import Live, inspect
from runtime.storage.tables import Tables, build_tables
from tests.unit.storage.small import field_types, make_catalog

TYPES = field_types()
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Fields = Mapping[str, Any]


@dataclass(slots=True)
class Site:
    """A database and the catalog that was applied last."""

    database: Database
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOW))
    catalog: Catalog | None = None
    catalogs: dict[int, Catalog] = field(default_factory=dict)

    def plan(self, catalog: Catalog) -> Plan:
        """The plan of a catalog; it must not write."""
        with self.database.read() as connection:
            return make_plan(connection, catalog, TYPES, self.database.schema, applied=self.catalog)

    def apply(self, catalog: Catalog, **options: Any) -> Applied | Refused:
        """Apply a catalog, whatever comes of it."""
        options = {"accept_lossy": True, **options}
        options.setdefault("applied", self.catalog)
        outcome = apply(self.database, catalog, LAYERS, TYPES, self.clock, "ada@example.com", **options)
        if isinstance(outcome, Applied):
            self.catalog = catalog
            self.catalogs[outcome.revision] = catalog
        return outcome

    def way(self, number: int) -> list[str]:
        """The sentences of the plan of a rollback that is not refused."""
        with self.database.read() as connection:
            to = read_revision(connection, number)
            plan = make_plan(connection, self.catalogs[number], TYPES, self.database.schema, back_to=to)
        assert not plan.refusals
        return [step.what for step in plan.steps]

    def back(self, number: int) -> Applied:
        """Go back to a revision that this site has applied."""
        with self.database.read() as connection:
            to = read_revision(connection, number)
        outcome = self.apply(self.catalogs[number], back_to=to)
        assert isinstance(outcome, Applied), outcome.refusals
        return outcome

    def log(self, module: str, record: int, old: Mapping[str, object], new: Mapping[str, object]) -> None:
        """Note an edit as the writer does, under the revision that is applied now."""
        own = self.tables.runtime
        with self.database.write() as tx:
            change, entry = tx.allocate_ids(2)
            number = self.revision().number
            tx.connection.execute(
                insert(own.change_sets).values(id=change, at=NOW, door="form", revision_id=number)
            )
            tx.connection.execute(
                insert(own.change_log).values(
                    id=entry,
                    change_set_id=change,
                    module=module,
                    record_id=record,
                    at=NOW,
                    action="updated",
                    old=dict(old),
                    new=dict(new),
                )
            )

    def edit(self, module: str, record: int, **values: object) -> None:
        """Change columns of a record, and note it."""
        table = self.table(module)
        with self.database.read() as connection:
            names = [table.c[each] for each in values]
            row = connection.execute(select(*names).where(table.c.id == record)).one()
        with self.database.write() as tx:
            tx.connection.execute(update(table).where(table.c.id == record).values(values))
        self.log(module, record, dict(zip(values, row, strict=True)), values)

    def applied(self, catalog: Catalog) -> Applied:
        """Apply a catalog that must be accepted."""
        outcome = self.apply(catalog)
        assert isinstance(outcome, Applied), outcome.refusals
        return outcome

    def refused(self, catalog: Catalog) -> list[tuple[str, str]]:
        """The codes and messages of a catalog that must be refused, having changed nothing."""
        before = self.state()
        outcome = self.apply(catalog)
        assert isinstance(outcome, Refused)
        assert self.state() == before
        return [(each.code, each.message) for each in outcome.refusals]

    def whats(self, catalog: Catalog) -> list[str]:
        """The sentences of a plan that is not refused."""
        plan = self.plan(catalog)
        assert not plan.refusals
        return [step.what for step in plan.steps]

    def revision(self) -> Any:
        """What is applied: a Revision, or None."""
        with self.database.read() as connection:
            return open_applied(connection, self.database.schema)

    @property
    def live(self) -> Live:
        """What the database holds."""
        with self.database.read() as connection:
            return inspect(connection, self.database.schema)

    @property
    def tables(self) -> Tables:
        """The tables of what is applied."""
        revision = self.revision()
        assert self.catalog is not None
        return build_tables(self.catalog, revision.names, TYPES, self.database.dialect)

    def table(self, module: str) -> Table:
        """A module's table."""
        return self.tables.module(module).table

    def add(self, module: str, *records: Mapping[str, object]) -> list[int]:
        """Write records as they are, by the names of columns."""
        table = self.table(module)
        with self.database.write() as tx:
            ids = tx.allocate_ids(len(records))
            for id_, record in zip(ids, records, strict=True):
                tx.connection.execute(insert(table).values({"id": id_, "version": 1, **record}))
        return ids

    def column(self, module: str, name: str) -> list[object]:
        """What a column holds, in the order of the records."""
        table = self.table(module)
        with self.database.read() as connection:
            return list(connection.execute(select(table.c[name]).order_by(table.c.id)).scalars())

    def state(self) -> object:
        """Everything that an apply may change: the tables, and how many rows each has."""
        live = self.live
        with self.database.read() as connection:
            counts = {
                name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar()
                for name in live.tables
                if not name.endswith("__search")
            }
        return live, counts


LAYERS = (
    LayerFiles(Layer("standard", "Standard", "1.0.0", "packs/standard"), {"pack.yaml": "title: Standard\n"}),
    LayerFiles(
        Layer("acme", "Acme", "1.4.0", "packs/acme"),
        {"pack.yaml": "title: Acme\n", "schemas/modules/deals.yaml": "label: Deal\n# å\n"},
    ),
)


def deals(fields: Fields | None = None, picklists: Mapping[str, Any] | None = None, **others: Any) -> Catalog:
    """A catalog of one module, deals: a name and these fields."""
    stages = {"stages": {"open": {"kind": "open"}, "won": {"kind": "won"}, "lost": {"kind": "lost"}}}
    module = {"fields": {"name": {"type": "text"}, **(fields or {})}, **others}
    return make_catalog({"deals": module, "accounts": ACCOUNTS}, picklists or stages)


ACCOUNTS: Fields = {"fields": {"name": {"type": "text"}}}
