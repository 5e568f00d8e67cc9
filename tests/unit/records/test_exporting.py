"""Tests of exporting: `trellis export` writes what a list finds, for people and for machines."""

import csv
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from runtime.cli.base import CommandError
from tests.unit.records.terminal import Terminal

ACCOUNTS = """
    code,name,kind,revenue,rating
    A1,Acme,customer,12.50,4.5
    A2,=1+1,prospect,,
    A3,"Two, three",customer,-7.00,-1
"""


@pytest.fixture
def filled(terminal: Terminal) -> Terminal:
    """A terminal with three accounts, and a contact of one."""
    rows = terminal.write("accounts.csv", ACCOUNTS)
    assert terminal.run("import", "accounts", rows)[0] == 0
    people = terminal.write("contacts.csv", "name,account\nAda,Acme\n")
    columns = terminal.write("map.yaml", "columns: {name: name, account: {field: account, match: name}}\n")
    assert terminal.run("import", "contacts", people, "--map", columns)[0] == 0
    return terminal


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_people_are_given_labels_and_titles(filled: Terminal):
    target = filled.folder / "out.csv"
    asked = ("--columns", "name,kind,revenue,rating", "--sort", "code")
    code, said = filled.run("export", "accounts", target, *asked, "--language", "fi")
    assert (code, said) == (0, f"exported 3 records into {target}\n")
    assert rows_of(target) == [
        ["Name", "Kind", "Revenue", "Rating"],
        ["Acme", "Asiakas", "12.50 EUR", "4.50"],
        ["'=1+1", "Prospect", "", ""],
        ["Two, three", "Asiakas", "-7.00 EUR", "-1.00"],
    ]
    filled.run("export", "contacts", target, "--columns", "name,account,account.revenue")
    assert rows_of(target) == [
        ["Name", "Account", "Account · Revenue"],
        ["Ada", "Acme", "12.50 EUR"],
    ]


def test_machines_are_given_keys_and_ids(filled: Terminal):
    target = filled.folder / "out.csv"
    filled.run("export", "accounts", target, "--keys", "--columns", "id,code,kind", "--where", "code == 'A1'")
    (header, (number, *rest)) = rows_of(target)
    assert (header, rest) == (["id", "code", "kind"], ["A1", "customer"])
    filled.run("export", "contacts", target, "--keys", "--columns", "name,account")
    assert rows_of(target) == [["name", "account"], ["Ada", number]]
    filled.run("export", "contacts", target, "--ids", "--columns", "account")
    assert rows_of(target) == [["Account", "Account (id)"], ["Acme", number]]


def test_json_has_exact_digits_and_lines_can_be_read_one_by_one(filled: Terminal):
    target = filled.folder / "out.json"
    filled.run("export", "accounts", target, "--sort", "code")
    first = json.loads(target.read_text("utf-8"))[0]
    assert (first["code"], first["kind"]) == ("A1", "customer")
    assert first["revenue"] == {"amount": "12.50", "currency": "EUR"}
    lines = filled.folder / "out.jsonl"
    filled.run("export", "accounts", lines, "--sort", "code")
    assert [json.loads(line)["code"] for line in lines.read_text("utf-8").splitlines()] == ["A1", "A2", "A3"]
    filled.run("export", "accounts", target, "--where", "code == 'none'")
    assert json.loads(target.read_text("utf-8")) == []


def test_a_spreadsheet_has_numbers_as_numbers_and_formulas_as_texts(filled: Terminal):
    target = filled.folder / "out.xlsx"
    filled.run("export", "accounts", target, "--columns", "name,revenue,rating", "--sort", "code")
    sheet = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0)
    assert list(sheet.iter_rows()) == [
        ["Name", "Revenue", "Rating"],
        ["Acme", 12.5, 4.5],
        ["=1+1", "", ""],
        ["Two, three", -7.0, -1.0],
    ]
    assert b"<f>" not in target.read_bytes()


def test_what_is_not_there_is_told_and_no_file_is_left(filled: Terminal):
    target = filled.folder / "out.csv"
    for words in (
        ("account", target),
        ("accounts", target, "--filter", "some"),
        ("accounts", target, "--columns", "nam"),
        ("accounts", target, "--where", "nam == 'x'"),
        ("accounts", filled.folder / "out.pdf"),
    ):
        with pytest.raises(CommandError):
            filled.run("export", *words)
    assert not list(filled.folder.glob("*out.*"))
