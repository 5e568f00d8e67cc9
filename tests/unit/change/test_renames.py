"""Renames: what is called otherwise keeps its data, and everything that names it follows."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import select

from runtime.change.apply import Applied, apply
from runtime.change.plan import make_plan
from runtime.change.renames import renames_between
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

    def whats(self, *changes: Mapping[str, str]) -> list[str]:
        loaded = self.load(*changes)
        with self.database.read() as connection:
            plan = make_plan(connection, loaded.catalog, house().types, self.database.schema)
        assert not plan.refusals, plan.refusals
        return [step.what for step in plan.steps]

    def apply(self, *changes):
        loaded = self.load(*changes)
        self.catalog = loaded.catalog
        outcome = apply(self.database, loaded.catalog, loaded.layers, house().types, self.clock)
        assert isinstance(outcome, Applied), outcome.refusals
        return outcome

    @property
    def tables(self):
        with self.database.read() as connection:
            names = open_applied(connection, self.database.schema).names
        return build_tables(self.catalog, names, house().types, self.database.dialect)

    def add(self, module: str, **values) -> int:
        table = self.tables.module(module)
        with self.database.write() as tx:
            (id_,) = tx.allocate_ids(1)
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


@pytest.fixture
def renaming(site, tmp_path):
    made = Renaming(site, tmp_path)
    made.apply()
    return made


def test_a_renamed_field_keeps_its_column_and_its_values(renaming):
    renaming.add("deals", name="One", amount=5, twice=10)
    before = renaming.live()
    assert renaming.whats(RENAMED) == [
        "Rename the field deals.amount to worth: its values stay as they are.",
        "Rename the field deals.twice to double: its values stay as they are.",
    ]
    renaming.apply(RENAMED)
    assert renaming.values("deals", "worth") == [5]
    assert renaming.values("deals", "double") == [10]
    assert renaming.live() == before
    assert renaming.whats(RENAMED) == []
    with renaming.database.read() as connection:
        made = renames_between(connection, 1, 2)
    assert made.field("deals", "amount") == ("deals", "worth")


def test_a_renamed_value_is_stored_as_before_and_no_formula_or_index_is_made_again(renaming):
    renaming.add("deals", name="One", stage="open", several="|open|won|")
    before = renaming.live()
    assert renaming.whats(STAGES) == [
        "Rename the value open of the picklist stages to running: the records stay as they are."
    ]
    renaming.apply(STAGES)
    assert renaming.values("deals", "stage") == ["running"]
    assert renaming.values("deals", "several") == ["|running|won|"]
    assert renaming.live() == before
    with renaming.database.read() as connection:
        assert connection.exec_driver_sql("SELECT stage, several FROM deals").all() == [
            ("open", "|open|won|")
        ]


def test_a_renamed_module_keeps_its_table_and_what_points_at_it(renaming):
    account = renaming.add("accounts", name="Acme")
    renaming.add("deals", name="One", account=account)
    before = renaming.live()
    firms = {**FIRMS, "schemas/modules/firms.yaml": "was: accounts\n" + PACK["schemas/modules/accounts.yaml"]}
    assert renaming.whats({}, firms) == ["Rename the module accounts to firms: its records stay as they are."]
    renaming.apply({}, firms)
    assert renaming.values("firms", "name") == ["Acme"]
    assert renaming.live() == before
