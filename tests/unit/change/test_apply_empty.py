"""Applying to an empty database: every table, link, index and foreign key, in one transaction."""

from typing import Any

from sqlalchemy import inspect as look

from runtime.change.apply import Applied
from tests.unit.change.site import ACCOUNTS, TYPES, deals
from tests.unit.storage.small import make_catalog

NEEDED: dict[str, dict[str, Any]] = {
    "picklist": {"picklist": "stages"},
    "multi_picklist": {"picklist": "stages"},
    "relation": {"module": "accounts", "inverse": "deals"},
    "relations": {"module": "accounts", "link": {"role": {"type": "text"}, "fee": {"type": "money"}}},
}
EVERYTHING = make_catalog(
    {
        "accounts": ACCOUNTS,
        "deals": {
            "numbering": "D-{seq}",
            "title": "a_text",
            "search": ["a_text", "a_picklist"],
            "unique": [["a_text", "a_date"]],
            "indexes": [["a_picklist", "a_date"]],
            "rows": {"items": {"module": "items"}},
            "fields": {f"a_{name}": {"type": name, **NEEDED.get(name, {})} for name in TYPES},
        },
        "items": {"fields": {"note": {"type": "text"}}},
    },
    {"stages": {"open": {}, "won": {}}},
)
"""A field of every type, rows, links, indexes and numbers."""


def test_every_table_column_and_index_of_the_catalog_is_there_afterwards(site):
    site.applied(EVERYTHING)
    live, tables = site.live, site.tables
    for table in tables.metadata.tables.values():
        assert set(live.tables[table.name].columns) == {column.name for column in table.columns}
        assert {str(index.name) for index in table.indexes} - _of_trigrams(tables) <= set(
            live.tables[table.name].indexes
        )
    assert site.plan(EVERYTHING).is_empty


def _of_trigrams(tables):
    # Not every PostgreSQL has the extension that these need.
    return {
        str(index.name)
        for module in tables.modules.values()
        for index in module.table.indexes
        if "search_text" in {column.name for column in index.columns}
    }


def test_the_foreign_keys_are_there(site):
    site.applied(deals({"account": {"type": "relation", "module": "accounts"}}))
    with site.database.read() as connection:
        connection.exec_driver_sql("SELECT id FROM deals")  # lest a pragma tells of the tables as they were
        keys = look(connection).get_foreign_keys("deals")
    assert ("accounts", ["account"]) in [(key["referred_table"], key["constrained_columns"]) for key in keys]


def test_applying_the_same_again_is_no_new_revision(site):
    site.applied(deals())
    before = site.state()
    again = site.apply(deals())
    assert isinstance(again, Applied)
    assert (again.revision, again.is_new) == (1, False)
    assert site.state() == before


def test_what_only_changes_text_is_a_revision_without_a_step(site):
    site.applied(deals())
    relabelled = deals({}, icon="box")
    plan = site.plan(relabelled)
    assert not plan.steps
    assert not plan.is_empty
    live = site.live
    assert site.applied(relabelled).revision == 2
    assert site.live == live
