"""The reader takes the core of YAML 1.2, and says what of the rest it met, and where."""

import subprocess
import sys
from decimal import Decimal

import pytest

from runtime.language.nodes import MapNode, Plain, Scalar
from runtime.language.read import FILE_BYTES, decode, is_unbalanced, read
from runtime.language.source import Source


def plain(text: str) -> Plain:
    node, found = read(Source("x.yaml", text))
    assert found == []
    assert node is not None
    return node.plain


def findings(text: str) -> list[tuple[str, int, int]]:
    return [(one.code, one.span.line, one.span.column) for one in read(Source("x.yaml", text))[1]]


@pytest.mark.parametrize(
    "written,meant",
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("1:30:00", "1:30:00"),
        ("012", "012"),
        ("00", "00"),
        ("-012", "-012"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-11-30", "2026-11-30"),
        ("1.4.0", "1.4.0"),
        ("01-01", "01-01"),
        ("=", "="),
        (".", "."),
        ("-", None),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("999999999999999999", 10**18 - 1),
        ("1.50", Decimal("1.50")),
        ("-0.5", Decimal("-0.5")),
        (".5", Decimal("0.5")),
        ("1e3", Decimal(1000)),
        ("1.5E-3", Decimal("0.0015")),
        ("true", True),
        ("FALSE", False),
        ("True", True),
        ("tRUE", "tRUE"),
        ("null", None),
        ("~", None),
        ('"null"', "null"),
        ("'1'", "1"),
        ("١٢", "١٢"),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(written: str, meant: Plain):
    if written == "-":
        assert findings(f"a: {written}\n") == [("Y107", 1, 4)]
        return
    value = plain(f"a: {written}\n")
    assert value == {"a": meant}
    assert isinstance(value, dict)
    assert type(value["a"]) is type(meant)


def test_a_decimal_keeps_its_digits():
    node = read(Source("x.yaml", "a: 1.50"))[0]
    assert isinstance(node, MapNode)
    assert str(node.items["a"].plain) == "1.50"


@pytest.mark.parametrize(
    "number", ["1" * 19, "0." + "1" * 18, "1e19", "1e-19", "1e999999999", "-" + "9" * 5000]
)
def test_a_number_of_more_than_eighteen_digits_is_refused(number: str):
    assert findings(f"a: {number}\n") == [("Y116", 1, 4)]


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    text, found = decode("x.yaml", b"\xef\xbb\xbfa: 1\r\nb: \xc3\xa4\r\n")
    assert found == []
    assert plain(text) == {"a": 1, "b": "ä"}


def test_places_count_characters_and_not_bytes():
    assert findings("ääkköset: &a x\nb: &b y\n") == [("Y108", 1, 11), ("Y108", 2, 4)]
    assert findings('"😀😀": &a x\r\nb: &b y\r\n') == [("Y108", 1, 7), ("Y108", 2, 4)]


def test_bytes_that_are_no_utf_8_are_located():
    _, found = decode("x.yaml", "a: 1\nb: ä".encode("latin-1"))
    assert [(one.code, one.span.line, one.span.column) for one in found] == [("Y101", 2, 4)]


def test_a_file_of_more_than_a_mebibyte_is_refused_by_its_bytes():
    assert [one.code for one in decode("x.yaml", b"#" * (FILE_BYTES + 1))[1]] == ["Y102"]
    assert decode("x.yaml", b"#" * FILE_BYTES)[1] == []
    assert findings("# " + "ä" * (FILE_BYTES // 2)) == [("Y102", 1, 1)]


def test_every_error_of_a_file_is_told_and_not_the_first():
    text = "a: &x 1\nb: *x\nc:\nd: {e}\na: 2\n1: x\n<<: {f: 1}\ng: !t 1\n"
    assert [code for code, _, _ in findings(text)] == [
        "Y108", "Y108", "Y112", "Y112", "Y111", "Y113", "Y114", "Y109",
    ]  # fmt: skip


def test_a_duplicate_names_both_places():
    found = read(Source("x.yaml", "role: user\nname: x\nrole: admin\n"))[1]
    assert [(one.span.line, one.related[0].line, one.path) for one in found] == [(3, 1, "x.role")]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "[{" * 50_000]
)
def test_a_hundred_thousand_brackets_do_not_end_the_process(text: str):
    program = (
        "import sys; from runtime.language.read import read; from runtime.language.source import Source\n"
        "print(read(Source('x.yaml', sys.stdin.read()))[1][0].code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=text, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "Y104"


def test_forty_levels_are_read_and_forty_one_are_not():
    assert plain("[" * 40 + "]" * 40)
    assert [code for code, _, _ in findings("[" * 41 + "]" * 41)] == ["Y104"]


@pytest.mark.parametrize(
    "text",
    [
        "a: (b",
        "a: b)",
        "a: [b(]",
        "x == 'a",
        'x == "a',
    ],
)
def test_what_was_cut_has_an_open_bracket_or_quote(text: str):
    assert is_unbalanced(text)


@pytest.mark.parametrize("text", ["", "a(b, 'x)')", "[1, 2]", 'x == "it\'s"', "{a}"])
def test_what_is_whole_has_none(text: str):
    assert not is_unbalanced(text)


def located(text: str) -> dict[str, tuple[Scalar, list[tuple[int, int]]]]:
    """Each scalar of a map with the line and column of every character of its value."""
    node = read(Source("x.yaml", text))[0]
    assert isinstance(node, MapNode)
    places = {}
    for key, scalar in node.items.items():
        assert isinstance(scalar, Scalar)
        spans = [scalar.locate(at, at + 1) for at in range(len(scalar.text))]
        places[key] = (scalar, [(span.line, span.column) for span in spans])
    return places


def characters(text: str, key: str) -> list[tuple[str, str]]:
    """Each visible character of a value beside the one that stands in the file where it is said to be."""
    lines = text.split("\n")
    scalar, places = located(text)[key]
    return [
        (wanted, lines[line - 1][column - 1])
        for wanted, (line, column) in zip(scalar.text, places, strict=True)
        if wanted not in " \n"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: stage == 'won'\n",
        "a: 'it''s ''won'''\n",
        "a: \"stage == 'won'\"\n",
        "a: one\n  two\n\n\n  three\n",
        "a: 'one\n  two\n\n  three'\n",
        'a: "one\n  two \\\n  three"\n',
        "a: |\n  one\n    two\n\n  three\n",
        "a: |2-\n   one\n  two\n",
        "a: >-\n  one\n  two\n\n  three\n\n\n  four\n    five\n  six\n",
        "a: >+\n  one\n  two\n\n\n",
        "a: |-  # a comment\n  one\n  two\n",
        "a: ääkköset  ja   muut\n",
        "a: |\r\n  one\r\n  two\r\n",
        "a: one\r\n  two\r\n",
    ],
)
def test_every_character_of_a_scalar_is_found_in_the_file(text: str):
    pairs = characters(text, "a")
    assert pairs
    assert [wanted for wanted, _ in pairs] == [there for _, there in pairs]


def test_an_escape_is_one_character_at_its_backslash():
    _, places = located('a: "x\\u00e4y\\n\\x41z"\n')["a"]
    assert places == [(1, 5), (1, 6), (1, 12), (1, 13), (1, 15), (1, 19)]
