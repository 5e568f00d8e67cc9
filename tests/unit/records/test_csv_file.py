"""Tests of reading a CSV file: its encoding, its delimiter, its lines, and files that are none."""

from pathlib import Path

import pytest

from runtime.records.csv_file import CsvFile, UnreadableFileError, mended


def made(folder: Path, content: bytes, **told: str) -> CsvFile:
    path = folder / "file.csv"
    path.write_bytes(content)
    return CsvFile(path, told.get("encoding"), told.get("delimiter"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_what_says_its_encoding_is_read_by_it(tmp_path, encoding):
    file = made(tmp_path, "nimi;päivä\nÄÄ;1\n".encode(encoding))
    assert (file.header, file.delimiter) == (("nimi", "päivä"), ";")
    assert [line.cells for line in file] == [("ÄÄ", "1")]


def test_what_is_no_utf_8_is_guessed_or_told(tmp_path):
    text = "nimi,kunta\n" + "Hämäläinen,Jyväskylä\nÄkäslompolo,Seinäjoki\n" * 40
    assert next(iter(made(tmp_path, text.encode("cp1252")))).cells == ("Hämäläinen", "Jyväskylä")
    assert next(iter(made(tmp_path, text.encode("cp850"), encoding="cp850"))).cells[0] == "Hämäläinen"


def test_a_fault_far_down_in_the_file_is_seen_before_anything_is_read(tmp_path):
    file = made(tmp_path, b"a,b\n" + b"x,y\n" * 400_000 + "ä,ö\n".encode("cp1252"))
    assert file.encoding == "cp1252" or file.encoding.lower().startswith(("iso-8859", "windows-125"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_commonest_outside_quotes(tmp_path, delimiter):
    header = delimiter.join(['"a,b;c"', "d", "e"]).encode()
    assert made(tmp_path, header + b"\n").header == ("a,b;c", "d", "e")


def test_lines_are_counted_where_they_begin(tmp_path):
    file = made(tmp_path, b'a,b\r\n"one\r\ntwo",x\r\n\r\nlast,y\r\n')
    assert [(line.number, line.cells) for line in file] == [(2, ("one\r\ntwo", "x")), (5, ("last", "y"))]


@pytest.mark.parametrize(
    "before, delimiter",
    [(b"\n\n", ","), (b"sep=;\r\n", ";"), (b"\xef\xbb\xbfsep=\t\n\n", "\t"), (b"\r\r", ";")],
)
def test_empty_lines_and_one_that_tells_the_delimiter_may_stand_before_the_first(tmp_path, before, delimiter):
    end = b"\r" if b"\n" not in before else b"\n"
    file = made(tmp_path, before + f"a{delimiter}b".encode() + end + end + f"x{delimiter}y".encode())
    assert (file.delimiter, len(file.header)) == (delimiter, 2)
    lines = before.count(end)
    assert [(line.number, line.cells) for line in file] == [(lines + 3, ("x", "y"))]


@pytest.mark.parametrize(
    "cells, width, expected",
    [
        (("1", "24", " place Kléber", "x"), 3, ("1", "24, place Kléber", "x")),
        (("1", "24", "place Kléber", "x"), 3, ("1", "24", "place Kléber", "x")),
        (("1", "a", " b", " c"), 3, ("1", "a", " b", " c")),
    ],
)
def test_a_text_with_an_unquoted_comma_is_put_together_where_only_that_fits(cells, width, expected):
    assert mended(cells, width, ",") == expected


@pytest.mark.parametrize(
    "content, told, sentence",
    [
        (b"", {}, "is empty"),
        (b"\n\r\n\n", {}, "is empty"),
        (b"a,a\n", {}, 'two columns named "a"'),
        (b"a,b\n1,\xff\n", {"encoding": "utf-8"}, "not written in utf-8"),
        (b"a,b\n1,2\n", {"encoding": "klingon"}, 'no encoding named "klingon"'),
        (b'a,b\n1,"never closed\n', {}, "Line 2 of .*file.csv is no row"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path, content, told, sentence):
    with pytest.raises(UnreadableFileError, match=sentence):
        list(made(tmp_path, content, **told))


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        CsvFile(tmp_path / "nothing.csv")
