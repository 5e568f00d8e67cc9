"""A database, and packs that are applied to it one after the other, for the tests of renames."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import select

from runtime.change.apply import Applied, apply
from runtime.change.plan import make_plan
from runtime.change.revisions import open_applied
from runtime.language.report import as_text
from runtime.storage.inspect import inspect
from runtime.storage.tables import build_tables
from tests.support.packs import house, load_pack, write_pack

NOTHING: Mapping[str, str] = MappingProxyType({})

PACK = {
    "pack.yaml": "title: Small\nversion: 1.0.0\ncurrency: EUR\ntimezone: Europe/Helsinki\n",
    "schemas/modules/accounts.yaml": "fields: {name: {type: text}, note: {type: text}}\n",
    "schemas/modules/deals.yaml": """\
title: name
fields:
  name: {type: text, search: true, index: true}
  amount: {type: money}
  twice: {type: money, formula: "if_(stage == 'open', amount * 2, amount)"}
  stage: {type: picklist, picklist: stages, index: true}
  several: {type: multi_picklist, picklist: stages}
  account: {type: relation, module: accounts, inverse: deals}
  about: {type: any_relation}
  friends:
    {type: relations, module: accounts, inverse: friend_of, link: {role: {type: picklist, picklist: stages}}}
rows:
  items: {module: items}
""",
    "schemas/modules/items.yaml": "fields: {name: {type: text}, price: {type: money}}\n",
    "schemas/picklists/stages.yaml": """\
values:
  open: {kind: open, label: Open}
  won: {kind: won, label: Won}
  lost: {kind: lost, label: Lost}
""",
    "schemas/filters/deals.yaml": """\
open: {where: "stage == 'open' and amount > 5", sort: [-amount], columns: [name, stage], quick: [stage]}
""",
}
RENAMED = {
    "  amount: {": "  worth: {was: amount, ",
    "amount * 2": "worth * 2",
    "2, amount)": "2, worth)",
    "amount > 5": "worth > 5",
    "[-amount]": "[-worth]",
    "  twice: {": "  double: {was: twice, ",
}
"""A field's new name, everywhere."""
STAGES = {
    "  open: {": "  running: {was: open, ",
    "stage == 'open'": "stage == 'running'",
}
FIRMS = {"schemas/modules/accounts.yaml": None}


class Renaming:
    """A database, and packs that are applied to it one after the other."""

    def __init__(self, site, folder: Path) -> None:
        self.database, self.clock, self.folder = site.database, site.clock, folder
        self.count = 0

    def load(self, replaced: Mapping[str, str] = NOTHING, files: Mapping[str, str | None] = NOTHING):
        self.count += 1
        whole = {name: text for name, text in {**PACK, **files}.items() if text is not None}
        for old, new in replaced.items():
            whole = {name: text.replace(old, new) for name, text in whole.items()}
        loaded = load_pack(write_pack(self.folder / str(self.count), whole))
        assert loaded.catalog is not None, as_text(loaded.diagnostics, loaded.sources)
        return loaded

    def plan(self, loaded):
        with self.database.read() as connection:
            return make_plan(connection, loaded.catalog, house().types, self.database.schema)

    def whats(self, *changes: Mapping[str, str]) -> list[str]:
        loaded = self.load(*changes)
        plan = self.plan(loaded)
        assert not plan.refusals, plan.refusals
        return [step.what for step in plan.steps]

    def apply(self, *changes):
        loaded = self.load(*changes)
        self.catalog = loaded.catalog
        outcome = apply(
            self.database, loaded.catalog, loaded.layers, house().types, self.clock, on_first=None
        )
        assert isinstance(outcome, Applied), outcome.refusals
        return outcome

    @property
    def tables(self):
        with self.database.read() as connection:
            applied = open_applied(connection, self.database.schema)
        assert applied is not None
        return build_tables(self.catalog, applied.names, house().types, self.database.dialect)

    def add(self, module: str, **values) -> int:
        table = self.tables.module(module)
        with self.database.write() as tx:
            id_: int = tx.allocate_ids(1)[0]
            by_column = {table.columns[key][0].name: value for key, value in values.items()}
            tx.connection.execute(table.table.insert().values(id=id_, version=1, **by_column))
        return id_

    def values(self, module: str, key: str) -> list[object]:
        table = self.tables.module(module)
        statement = select(table.columns[key][0]).order_by(table.columns["id"][0])
        with self.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def live(self):
        with self.database.read() as connection:
            return inspect(connection, self.database.schema)
