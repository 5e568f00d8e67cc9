"""Tests of the map that is proposed for a file: by its headers, and by what its first rows look like."""

from pathlib import Path

import pytest

from runtime.language.source import Source
from runtime.records.csv_file import CsvFile
from runtime.records.import_map import read_map
from runtime.records.import_map_text import map_text
from runtime.records.import_proposal import Proposal, first_rows, propose
from tests.unit.records.crm import Crm
from tests.unit.records.terminal import Terminal


def proposed(crm: Crm, folder: Path, module: str, text: str) -> Proposal:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    file = CsvFile(path)
    return propose(file.header, first_rows(file), crm.writer.plans, crm.writer.plans[module])


def columns(crm: Crm, folder: Path, module: str, text: str) -> dict[str, str]:
    made = proposed(crm, folder, module, text).map
    lines = map_text(made).splitlines()[1:]
    return dict(line.strip().split(": ", 1) for line in lines)


@pytest.mark.parametrize("database_engine", ["sqlite"])
class TestProposal:
    def test_headers_are_keys_or_labels_in_any_writing(self, crm: Crm, tmp_path: Path):
        text = "Parent-Account,NAME,Kind,nothing like it\nAcme,Acme,Asiakas,x\n"
        assert columns(crm, tmp_path, "accounts", text) == {
            '"Parent-Account"': "{field: parent_account, match: name}",
            '"NAME"': "name",
            '"Kind"': "kind",
        }

    def test_a_name_that_is_near_is_guessed_and_said_so(self, crm: Crm, tmp_path: Path):
        made = proposed(crm, tmp_path, "accounts", "Naame,Revenues\nx,1\n")
        assert {column.header: column.field.key for column in made.map.columns} == {
            "Naame": "name",
            "Revenues": "revenue",
        }
        assert made.guessed == {"Naame", "Revenues"}

    def test_what_tells_records_apart_is_the_key(self, crm: Crm, tmp_path: Path):
        assert columns(crm, tmp_path, "accounts", "code,name\nA1,x\n")['"code"'] == "{field: code, key: true}"
        both = columns(crm, tmp_path, "accounts", "code,number,name\nA1,ACC-0001,x\n")
        assert (both['"number"'], both['"code"']) == ("{field: number, key: true}", "code")
        assert columns(crm, tmp_path, "accounts", "id,name\n7,x\n")['"id"'] == "{field: id, key: true}"

    @pytest.mark.parametrize(
        "days, format_",
        [
            ("2026-01-31\n2026-02-01", None),
            ("31.1.2026\n1.2.2026", "%d.%m.%Y"),
            ("1/31/2026\n2/1/2026", "%m/%d/%Y"),
            ("31/1/2026\n1/2/2026", "%d/%m/%Y"),
            ("31.1.2026 14:05\n1.2.2026 9:00", "%d.%m.%Y %H:%M"),
            ("someday\n1.2.2026", None),
            ("31.2.2026\n1.2.2026\n2.2.2026", "%d.%m.%Y"),
            ("2/30/2026\n1/31/2026\nsoon\n2/1/2026\n3/1/2026", "%m/%d/%Y"),
            ("1/31/2026\n31/1/2026\n1/2/2026", None),
            ("2026-02-30\n2026-02-01", None),
            ("2026-02-01\n1.2.2026\n2.2.2026", "%d.%m.%Y"),
        ],
    )
    def test_rows_tell_how_days_are_written(self, crm: Crm, tmp_path: Path, days: str, format_: str | None):
        (column,) = proposed(crm, tmp_path, "orders", f"day\n{days}\n").map.columns
        assert column.format == format_

    @pytest.mark.parametrize(
        "sums, decimal",
        [
            ("12.50;3", "."),
            ("12,50;3", ","),
            ("1.234,50;3", ","),
            ("1,234.50;3", "."),
            ("1 234,50 €;3", ","),
            ("1,234;2,000", None),
            ("1.234;2.000", None),
            ("5;7", None),
        ],
    )
    def test_rows_tell_how_numbers_are_written(
        self, crm: Crm, tmp_path: Path, sums: str, decimal: str | None
    ):
        rows = "\n".join(f'"{amount}"' for amount in sums.split(";"))
        (column,) = proposed(crm, tmp_path, "accounts", f"revenue\n{rows}\n").map.columns
        assert column.decimal == decimal

    def test_rows_tell_by_what_related_records_are_named(self, crm: Crm, tmp_path: Path):
        match = {
            sample: columns(crm, tmp_path, module, f"{header}\n{sample}\n")
            for module, header, sample in (
                ("contacts", "Account", "Acme"),
                ("contacts", "Account", "ACC-0007"),
                ("contacts", "Account", "17"),
                ("accounts", "Manager", "ada@example.com"),
            )
        }
        assert match == {
            "Acme": {'"Account"': "{field: account, match: name}"},
            "ACC-0007": {'"Account"': "{field: account, match: number}"},
            "17": {'"Account"': "account"},
            "ada@example.com": {'"Manager"': "{field: manager, match: email}"},
        }

    def test_a_map_reads_back_as_it_was_written(self, crm: Crm, tmp_path: Path):
        header = 'code,"Na: ""me"" # {x}","rev\u2028enue",Parent account,kind'
        made = proposed(crm, tmp_path, "accounts", f"{header}\nA1,x,1,Acme,customer\n").map
        read, wrong = read_map(
            Source("map.yaml", map_text(made)), crm.writer.plans, crm.writer.plans["accounts"]
        )
        assert (wrong, map_text(read) if read else "") == ([], map_text(made))


def test_a_file_without_a_map_goes_where_its_columns_point(terminal: Terminal):
    rows = terminal.write("accounts.csv", "Code;Name;Revenue\nA1;Acme;12,50\nA2;;3\n")
    code, said = terminal.run("import", "accounts", rows)
    assert (code, said) == (1, "created 1, updated 0, unchanged 0, refused 1\n")
    assert '"Revenue": {field: revenue, decimal: ","}' in terminal.err.getvalue()
    errors = terminal.folder / "accounts.csv.errors.csv"
    errors.write_text(errors.read_text("utf-8-sig").replace("A2,,3", "A2,Mended,3"), "utf-8")
    assert terminal.run("import", "accounts", errors)[1] == "created 1, updated 0, unchanged 0, refused 0\n"
    assert terminal.run("import", "accounts", rows)[1] == "created 0, updated 0, unchanged 1, refused 1\n"


def test_a_dry_run_says_what_would_come_of_it_and_keeps_nothing(terminal: Terminal):
    rows = terminal.write("accounts.csv", "code,name,parent_account\nA1,Acme,Later\nA2,,\nA3,Later,\n")
    for _ in range(2):
        code, said = terminal.run("import", "accounts", rows, "--dry-run")
        assert code == 1
        assert said == "created 2, updated 0, unchanged 0, refused 1 (dry run: nothing was changed)\n"
    assert terminal.run("export", "accounts", terminal.folder / "out.csv")[1].startswith("exported 0 records")
