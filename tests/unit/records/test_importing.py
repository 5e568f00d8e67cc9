"""Tests of importing: keys, matches, formats, what is refused, and that a second import changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from runtime.language.source import Source
from runtime.records.csv_file import CsvFile
from runtime.records.import_map import read_map
from runtime.records.importing import BadRow, Import, Summary
from tests.unit.records.crm import Crm, parsing

Imports = Callable[..., tuple[Summary, list[BadRow]]]


@pytest.fixture
def imports(crm: Crm, tmp_path: Path) -> Imports:
    """Import a text by a map into a module; gives the summary and the bad rows."""

    def run(module: str, columns: str, text: str) -> tuple[Summary, list[BadRow]]:
        path = tmp_path / "file.csv"
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        plan = crm.writer.plans[module]
        made, found = read_map(Source("map.yaml", dedent(columns).lstrip("\n")), crm.writer.plans, plan)
        assert made is not None, found
        file = CsvFile(path, made.encoding, made.delimiter)
        assert made.missing(file.header) == []
        bad: list[BadRow] = []
        actor = crm.actor.through("import")
        task = Import(crm.writer, crm.database.write, plan, made, actor, parsing(crm.workplace, "import"))
        return task.run(file, bad.append), bad

    return run


def told(bad: list[BadRow]) -> list[tuple[int, tuple[str, ...], list[str]]]:
    return [(row.line.number, row.columns, [str(reason) for reason in row.reasons]) for row in bad]


ACCOUNTS = """
    columns:
      id: {field: code, key: true}
      Company: name
      sum: {field: revenue, decimal: ","}
      type: {field: kind, match: short}
    empty: ["NULL", ""]
"""


def test_a_file_is_imported_and_a_second_time_changes_nothing(crm: Crm, imports: Imports):
    text = """
        id,Company,sum,type,left out
        A1,Acme,"12,50",C,x
        A2,"Ääkkönen, Oy",NULL,P,x
    """
    assert imports("accounts", ACCOUNTS, text) == (Summary(created=2), [])
    first, second = crm.all("accounts")
    assert (first["name"], first["revenue"], first["kind"]) == ("Acme", Decimal("12.50"), "customer")
    assert (second["name"], second["revenue"]) == ("Ääkkönen, Oy", None)
    assert imports("accounts", ACCOUNTS, text) == (Summary(unchanged=2), [])
    assert [record["version"] for record in crm.all("accounts")] == [1, 1]


def test_a_known_key_updates_its_record(crm: Crm, imports: Imports):
    account = crm.create("accounts", name="Old", code="A1", rating="5")
    summary, _ = imports("accounts", ACCOUNTS, "id,Company,sum,type\nA1,New,NULL,C\nA2,Other,1,P\n")
    assert summary == Summary(created=1, updated=1)
    record = crm.stored("accounts", account)
    assert (record["name"], record["rating"], record["version"]) == ("New", Decimal("5.00"), 2)


def test_a_key_that_comes_again_in_the_file_updates_what_came_first(crm: Crm, imports: Imports):
    text = "id,Company,sum,type\nA1,One,1,P\nA2,Two,1,P\nA1,Three,1,P\n"
    assert imports("accounts", ACCOUNTS, text)[0] == Summary(created=2, updated=1)
    assert [record["name"] for record in crm.all("accounts")] == ["Three", "Two"]


def test_bad_rows_are_told_with_line_column_and_reason_and_the_good_ones_go_in(crm: Crm, imports: Imports):
    text = """
        id,Company,sum,type
        A1,Acme,much,C
        A2,,1,X
        ,Nameless,1,P
        A3,Good,1,P
        A4,Too,few
        A5,"Two
        lines",1,P
        A3,Same key again,1,P
    """
    summary, bad = imports("accounts", ACCOUNTS, text)
    assert summary == Summary(created=1, updated=1, refused=5)
    assert told(bad) == [
        (2, ("sum",), ["Revenue must be an amount in EUR."]),
        (3, ("type",), ['Kind has no value "X".']),
        (4, ("id",), ["The key is empty."]),
        (6, (), ["The row has 3 cells; the first line has 4."]),
        (7, ("Company",), ["Name must be on one line, without tabs."]),
    ]


def test_related_records_are_matched_and_made_where_that_is_said(crm: Crm, imports: Imports):
    crm.create("accounts", name="Acme")
    columns = """
        columns:
          mail: {field: email, key: true}
          who: name
          firm: {field: account, match: name, create: %s}
    """
    text = "mail,who,firm\na@x.fi,Ada,Acme\nb@x.fi,Bob,Newco\nc@x.fi,Cyd,Newco\n"
    summary, bad = imports("contacts", columns % "false", text)
    assert summary == Summary(created=1, refused=2)
    assert told(bad)[0] == (3, ("firm",), ['There is no record "Newco".'])
    assert imports("contacts", columns % "true", text)[0] == Summary(created=2, unchanged=1)
    assert [record["name"] for record in crm.all("accounts")] == ["Acme", "Newco"]


def test_a_relation_may_name_a_record_further_down_in_the_file(crm: Crm, imports: Imports):
    columns = """
        columns:
          id: {field: code, key: true}
          name: name
          parent: {field: parent_account, match: code}
        empty: ["NULL"]
    """
    text = "id,name,parent\n1,Daughter,2\n2,Mother,NULL\n3,Orphan,9\n"
    summary, bad = imports("accounts", columns, text)
    assert summary == Summary(created=3, refused=1)
    assert told(bad) == [(4, ("parent",), ['There is no record "9".'])]
    daughter, mother, _ = crm.all("accounts")
    assert daughter["parent_account"] == mother["id"]
    assert imports("accounts", columns, text.replace("3,Orphan,9\n", ""))[0] == Summary(unchanged=2)


def test_each_row_adds_a_link_and_takes_none_away(crm: Crm, imports: Imports):
    ada, bob, cyd = (
        crm.create("contacts", name=name, email=f"{name}@x.fi") for name in ("ada", "bob", "cyd")
    )
    columns = "columns: {who: {field: email, key: true}, friend: {field: friends, match: email}}"
    summary, bad = imports(
        "contacts", columns, "who,friend\nada@x.fi,bob@x.fi\nbob@x.fi,ada@x.fi\nada@x.fi,cyd@x.fi\n"
    )
    assert (summary, bad) == (Summary(updated=2), [])
    assert [link["target_id"] for link in crm.links("contacts", "friends", ada)] == [bob, cyd]
    again = "who,friend\nada@x.fi,bob@x.fi\nada@x.fi,nobody@x.fi\nbob@x.fi,ada@x.fi; cyd@x.fi\n"
    summary, bad = imports("contacts", columns, again)
    assert summary == Summary(updated=1, unchanged=1, refused=1)
    assert told(bad) == [(3, ("friend",), ['There is no record "nobody@x.fi".'])]
    assert [link["target_id"] for link in crm.links("contacts", "friends", bob)] == [ada, cyd]


def test_rows_are_imported_by_their_record_and_a_key_of_two_columns(crm: Crm, imports: Imports):
    account = crm.create("accounts", name="Acme")
    orders = [crm.create("orders", code=code, account=account) for code in (10248, 10249)]
    for name in ("Chai", "Tea"):
        crm.create("products", name=name)
    columns = """
        columns:
          order: {field: parent, match: code, key: true}
          product: {field: product, match: name, key: true}
          qty: quantity
          price: {field: price, decimal: "."}
    """
    text = "order,product,qty,price\n10248,Chai,2,1.5\n10249,Chai,3,2\n10248,Tea,4,3\n10248,Milk,1,1\n"
    summary, bad = imports("order_lines", columns, text)
    assert summary == Summary(created=3, refused=1)
    assert told(bad) == [(5, ("product",), ['There is no record "Milk".'])]
    assert [(row["parent"], row["position"], row["quantity"]) for row in crm.all("order_lines")] == [
        (orders[0], 1, 2),
        (orders[1], 1, 3),
        (orders[0], 2, 4),
    ]
    good = text.replace("10248,Milk,1,1\n", "").replace("10248,Tea,4,3", "10248,Tea,5,3")
    assert imports("order_lines", columns, good)[0] == Summary(updated=1, unchanged=2)
    assert [crm.stored("orders", order)["version"] for order in orders] == [3, 2]


def test_dates_are_read_by_the_format_that_the_map_names(crm: Crm, imports: Imports):
    crm.create("accounts", name="Acme")
    columns = """
        columns:
          no: {field: code, key: true}
          day: {field: day, format: "%d.%m.%Y %H:%M"}
          who: {field: account, match: name}
    """
    summary, bad = imports("orders", columns, "no;day;who\n1;31.01.2026 00:00;Acme\n2;2026-01-31;Acme\n")
    assert summary == Summary(created=1, refused=1)
    assert crm.all("orders")[0]["day"] == date(2026, 1, 31)
    assert [row.columns for row in bad] == [("day",)]


def test_many_rows_go_in_batches_of_their_own(crm: Crm, imports: Imports, monkeypatch):
    monkeypatch.setattr("runtime.records.importing.BATCH", 10)
    text = "id,Company,sum,type\n" + "".join(f"A{n},Company {n},{n},P\n" for n in range(35))
    assert imports("accounts", ACCOUNTS, text)[0] == Summary(created=35)
    sets = crm.workplace.tables.change_sets
    with crm.database.read() as connection:
        assert len(connection.execute(sets.select()).all()) == 4


def test_a_row_is_held_against_those_of_the_batch_before_it(crm: Crm, imports: Imports, monkeypatch):
    """New records are prepared while the batch before them is written: what it wrote counts all the same."""
    monkeypatch.setattr("runtime.records.importing.BATCH", 2)
    columns = "columns: {name: name, email: email}"
    text = "name,email\nAda,a@x.example\nBob,b@x.example\nEve,b@x.example\nIda,\n,i@x.example\n"
    summary, bad = imports("contacts", columns, text)
    assert summary == Summary(created=3, refused=2)
    assert told(bad) == [
        (4, ("email",), ["Another record has the same Email."]),
        (6, ("name",), ["Name is required."]),
    ]
    assert [row["name"] for row in crm.all("contacts")] == ["Ada", "Bob", "Ida"]


MAP = """
columns:
  a: nme
  b: {field: name, kee: true}
  c: {field: friends, key: true}
  d: {field: account, match: nothing}
  e: {field: email, decimal: "."}
  f: {field: version}
  g: {key: true}
  h: 5
  i: name
empty: NULL
delimeter: ";"
"""


def test_a_map_is_checked_with_the_place_of_everything_that_is_wrong(crm: Crm):
    plans = crm.writer.plans
    made, found = read_map(Source("map.yaml", MAP.lstrip("\n")), plans, plans["contacts"])
    assert made is None
    assert sorted((each.span.line, each.code, each.path) for each in found) == [
        (2, "M103", "columns.a"),
        (3, "S101", "columns.b.kee"),
        (4, "I103", "columns.c.key"),
        (5, "M103", "columns.d.match"),
        (6, "I103", "columns.e.decimal"),
        (7, "I102", "columns.f.field"),
        (8, "S104", "columns.g"),
        (9, "S102", "columns.h"),
        (10, "I104", "columns.i"),
        (11, "S102", "empty"),
        (12, "S101", "delimeter"),
    ]


def test_a_column_that_the_file_does_not_have_is_told(crm: Crm):
    plans = crm.writer.plans
    made, _ = read_map(Source("map.yaml", "columns: {nmae: name, code: code}"), plans, plans["accounts"])
    assert made is not None
    (missing,) = made.missing(("name", "code"))
    assert (missing.code, missing.span.column, missing.help) == ("I101", 11, 'did you mean "name"?')
    assert replace(made, columns=made.columns[1:]).missing(("name", "code")) == []
