"""Tests of opening a file with a table in it: spreadsheets, other encodings, and files made to harm."""

import csv
import time
import zipfile
from io import BytesIO
from pathlib import Path

import psutil
import pytest
import xlsxwriter

from runtime.records.csv_file import UnreadableFileError
from runtime.records.table_file import open_table

LONGEST = 20.0
"""Seconds that a refusal may take on a busy machine; most take none."""

WORKBOOK = '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'


def read(
    content: bytes, folder: Path, name: str = "upload.csv"
) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
    path = folder / "upload"
    path.write_bytes(content)
    with open_table(path, name=name) as file:
        return file.header, [(line.number, line.cells) for line in file]


def spreadsheet(*rows: tuple[object, ...]) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                else:
                    sheet.write(number, place, cell)
    return content.getvalue()


def archive(**parts: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as written:
        for name, part in parts.items():
            written.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return content.getvalue()


def bomb() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as written:
        written.writestr("xl/workbook.xml", WORKBOOK)
        with written.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(500):
                sheet.write(b" " * (1 << 20))
    return content.getvalue()


def sparse() -> bytes:
    """Two cells, one in each corner: 17,000 million cells lie between them."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "name")
        sheet.write(1_048_575, 16_383, "far away")
    return content.getvalue()


def test_the_first_sheet_of_a_spreadsheet_is_read_as_text(tmp_path: Path):
    rows = ("name", "n", "yes"), (), ("=1+1", 12.5, True), ("'quoted", 1e14, False), ("a\nb", -0.1, None)
    header, read_rows = read(spreadsheet(*rows), tmp_path)
    assert header == ("name", "n", "yes")
    assert read_rows == [
        (3, ("=1+1", "12.5", "true")),
        (4, ("'quoted", "100000000000000", "false")),
        (5, ("a\nb", "-0.1", "")),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_an_encoding_is_found_out(tmp_path: Path, encoding: str):
    text = "name;city\nYrjö;Jyväskylä\nPäivi;Hämeenlinna\nÅke;Ängelholm\n"
    header, rows = read(text.encode(encoding), tmp_path)
    assert header == ("name", "city")
    assert rows[0] == (2, ("Yrjö", "Jyväskylä"))


def test_an_apostrophe_before_a_formula_goes_away_again(tmp_path: Path):
    _, rows = read(b"name,other\n'=1+1,'quoted'\n", tmp_path)
    assert rows == [(2, ("=1+1", "'quoted'"))]


REFUSED = [
    pytest.param(lambda: b"", "is empty", id="empty"),
    pytest.param(lambda: spreadsheet(), "is empty", id="empty spreadsheet"),
    pytest.param(bomb, "too large", id="bomb"),
    pytest.param(sparse, "too large", id="two cells far apart"),
    pytest.param(lambda: b"," * 10_000_000 + b"\n", "too many columns", id="ten million columns"),
    pytest.param(
        lambda: ",".join(f"c{number}" for number in range(200_000)).encode(), "too many columns", id="wide"
    ),
    pytest.param(lambda: b"a\n" + b"," * 10_000_000, "too many columns", id="ten million cells"),
    pytest.param(lambda: spreadsheet(("x",) * 1001), "too many columns", id="wide spreadsheet"),
    pytest.param(lambda: b"a,b\n1,\x00\x00\x00\x01\n", "no text", id="zeros"),
    pytest.param(lambda: bytes(range(256)) * 40, "no text", id="bytes"),
    pytest.param(lambda: b"%PDF-1.7\n", "neither CSV nor a spreadsheet", id="pdf"),
    pytest.param(lambda: b"\x89PNG\r\n\x1a\n\x00", "neither CSV nor a spreadsheet", id="picture"),
    pytest.param(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old kind", id="old"),
    pytest.param(lambda: archive(word__document_dot_xml=b"<x/>"), "neither CSV", id="another archive"),
    pytest.param(lambda: archive(xl__workbook_dot_xml=b"<"), "no spreadsheet", id="broken"),
    pytest.param(lambda: spreadsheet(("a",))[:-40], "no spreadsheet", id="cut"),
    pytest.param(lambda: b"PK\x03\x04" + b"\0" * 5000, "no spreadsheet", id="no archive"),
    pytest.param(
        lambda: b'a,b\n1,"' + b"x" * 17_000_000, "no row of a CSV file", id="a quote without an end"
    ),
]


@pytest.mark.parametrize("content, sentence", REFUSED)
def test_a_file_made_to_harm_is_refused_in_a_sentence(tmp_path: Path, content, sentence: str):
    given = content()
    process, begun = psutil.Process(), time.monotonic()
    before = process.memory_info().rss
    with pytest.raises(UnreadableFileError, match=sentence) as refused:
        read(given, tmp_path, "contacts.csv")
    assert "contacts.csv" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
    assert time.monotonic() - begun < LONGEST
    assert process.memory_info().rss - before < 150 << 20


def test_a_formula_in_a_spreadsheet_is_not_run(tmp_path: Path):
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name"])
        sheet.write_formula(1, 0, "=1+1", value="what it said")
    assert read(content.getvalue(), tmp_path)[1] == [(2, ("what it said",))]


def test_long_rows_are_read_whole(tmp_path: Path):
    text = "x" * 100_000
    with (tmp_path / "upload").open("w", newline="") as file:
        csv.writer(file).writerows([["a", "b"], [text, "a,b\n"]])
    with open_table(tmp_path / "upload") as opened:
        assert [line.cells for line in opened] == [(text, "a,b\n")]
