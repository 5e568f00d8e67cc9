"""What users keep in the database follows a rename, in the transaction that applies it."""

from sqlalchemy import insert, select

from runtime.change.kept.base import NAMES_NOTHING, kinds
from runtime.storage.runtime_tables import runtime_tables
from tests.unit.change.renaming import RENAMED, STAGES

TABLES = runtime_tables()
MAP = """\
columns:
  # what we were sent
  Sum: {field: amount, decimal: ","}
  Firm: {field: account, match: note}
  "Name": 'name'
"""
EVERYTHING = {**RENAMED, **STAGES, "note: {type: text}": "remark: {type: text, was: note}"}


def keep(renaming, table, **values):
    with renaming.database.write() as tx:
        if "id" in table.c:
            values["id"] = tx.allocate_ids(1)[0]
        tx.connection.execute(insert(table).values(**values))


def kept(renaming, table, *columns):
    with renaming.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*(table.c[key] for key in columns)))]


def test_a_saved_filter_is_rewritten_at_the_names_alone(renaming):
    now, table = renaming.clock.now(), TABLES.saved_filters
    where = "stage == 'open'  and (amount > 5 or account.note == 'amount') and several in ['open', \"won\"]"
    where = where.replace(" and several in ['open', \"won\"]", " and 'open' in several")
    keep(
        renaming, table, user_id=1, module="deals", name="Mine", where=where,
        columns="name,amount,account.note", sort="-amount,name", changed_at=now,
    )  # fmt: skip
    other = {"module": "accounts", "where": "name == 'amount'", "columns": "note"}
    keep(renaming, table, user_id=1, name="Other", sort="", changed_at=now, **other)
    renaming.apply(EVERYTHING)
    mine, other = kept(renaming, table, "where", "columns", "sort")
    new = "stage == 'running'  and (worth > 5 or account.remark == 'amount') and 'running' in several"
    assert mine == (new, "name,worth,account.remark", "-worth,name")
    assert other == ("name == 'amount'", "remark", "")


def test_a_filter_that_means_nothing_is_left_as_it_is(renaming):
    table = TABLES.saved_filters
    where = "nothing_of_the_kind > amount"
    keep(renaming, table, user_id=1, module="deals", name="Old", where=where, columns="gone.amount", sort="",
         changed_at=renaming.clock.now())  # fmt: skip
    renaming.apply(RENAMED)
    assert kept(renaming, table, "where", "columns") == [(where, "gone.amount")]


def test_chosen_columns_follow(renaming):
    table = TABLES.chosen_columns
    keep(renaming, table, user_id=1, module="deals", filter="open", columns="amount,twice,account.note")
    renaming.apply(EVERYTHING)
    assert kept(renaming, table, "columns") == [("worth,double,account.remark",)]


def test_the_map_of_an_import_and_what_waits_in_the_queue_follow(renaming):
    table, now = TABLES.operations, renaming.clock.now()
    common = {
        "about": "x",
        "state": "queued",
        "done": 0,
        "claim": 0,
        "attempts": 0,
        "next_at": now,
        "created_at": now,
    }
    keep(renaming, table, kind="import", arguments={"module": "deals", "map": MAP}, **common)
    keep(renaming, table, kind="recompute", arguments={"fields": [["deals", "twice"]]}, **common)
    asked = {"module": "deals", "where": ["amount > 5"], "columns": ["account.note"], "sort": "-amount"}
    keep(renaming, table, kind="export", arguments=asked, **common)
    keep(renaming, TABLES.recomputing, module="deals", field="twice", operation_id=7)
    renaming.apply(EVERYTHING)
    imported, recompute, export = (arguments for (arguments,) in kept(renaming, table, "arguments"))
    assert imported["map"] == MAP.replace("field: amount", "field: worth").replace(
        "match: note", "match: remark"
    )
    assert recompute["fields"] == [["deals", "double"]]
    assert export == {**asked, "where": ["worth > 5"], "columns": ["account.remark"], "sort": "-worth"}
    assert kept(renaming, TABLES.recomputing, "module", "field") == [("deals", "double")]


def test_every_table_of_the_runtime_names_nothing_or_is_looked_after():
    looked_after = {table for kind in kinds() for table in kind.tables}
    assert set(TABLES.metadata.tables) == looked_after | (
        NAMES_NOTHING.keys() & TABLES.metadata.tables.keys()
    )
    assert not looked_after & NAMES_NOTHING.keys()
