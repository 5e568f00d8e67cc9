"""A table gives the nodes that YAML would give, each with its place, and says what is no table."""

import pytest

from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.source import Source
from runtime.language.table import read_table


def table(text: str) -> tuple[Node | None, list[tuple[str, int, int]]]:
    node, found = read_table(Source("data/x.csv", text, "top", "data/x.csv"))
    return node, [(one.code, one.span.line, one.span.column) for one in found]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_is_a_map_by_the_names_of_the_first(end: str) -> None:
    node, found = table(end.join(["key,name, amount", 'a,"A ""b"", c", 5 ', "", 'b,"of', 'two",']))
    assert found == []
    assert node is not None
    assert node.plain == {"a": {"name": 'A "b", c', "amount": "5"}, "b": {"name": f"of{end}two"}}


def test_a_line_without_a_key_has_a_name_of_its_own_that_nobody_can_write() -> None:
    node, _ = table("key,name\n,One\n,Two\n")
    assert isinstance(node, MapNode)
    assert node.plain == {"data/x.csv:2": {"name": "One"}, "data/x.csv:3": {"name": "Two"}}
    assert [key.text for key in node.keys.values()] == ["", ""]
    other, _ = table("name,key\nOne,k\n")
    assert other is not None
    assert other.plain == {"data/x.csv:2": {"name": "One", "key": "k"}}


def test_a_cell_knows_its_place() -> None:
    node, _ = table('key,name,type\na,"A, b",=c')
    assert isinstance(node, MapNode)
    cell = node.items["a"].items["type"] if isinstance(node.items["a"], MapNode) else None
    assert isinstance(cell, Scalar)
    assert (cell.span.line, cell.span.column, cell.span.end_column) == (2, 10, 12)


@pytest.mark.parametrize(
    "text,found",
    [
        ("", [("Y117", 1, 1)]),
        ("key,,name\n", [("Y120", 1, 5)]),
        ("name,name\n", [("Y111", 1, 6)]),
        ("key,name\na\n", [("Y120", 2, 1)]),
        ("key,name\na,b,c\n", [("Y120", 2, 1)]),
        ('key,name\na,"b\n', [("Y120", 2, 3)]),
        ('key,name\na,b"c\n', [("Y120", 2, 3)]),
        ("key,name\na,b\na,c\n", [("Y111", 3, 1)]),
        ("key,name\na,\x00\n", [("Y105", 2, 3)]),
        ("key,name\na,b\rc,d\n", [("Y105", 2, 4)]),
        ("x" * (1 << 20) + "y", [("Y102", 1, 1)]),
    ],
)
def test_what_is_no_table_is_said(text: str, found: list[tuple[str, int, int]]) -> None:
    assert table(text)[1] == found
