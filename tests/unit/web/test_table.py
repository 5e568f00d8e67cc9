"""Tests of tables: what is drawn of a column, and that nothing in it is taken for a template or for HTML."""

from pathlib import Path

import pytest
from jinja2 import DictLoader

from runtime.web.cells import Cell
from runtime.web.render import Renderer
from runtime.web.table import Column, RowTemplates, TableRow

TEMPLATES = Path(__file__).parents[3] / "templates"


@pytest.fixture
def draw() -> RowTemplates:
    drawer = Renderer(TEMPLATES, lambda _language: lambda text: text).environment("en").globals["draw_rows"]
    assert isinstance(drawer, RowTemplates)
    return drawer


def row(*cells: Cell) -> TableRow:
    return TableRow("/app/deals/7", "#7", cells)


def test_the_first_cell_is_the_link_to_the_record_and_an_empty_one_says_its_number(draw: RowTemplates):
    columns = [Column("Name", "text")]
    assert '<a href="/app/deals/7">Pump</a>' in draw(columns, [row(Cell("Pump", "Pump"))])
    assert '<a href="/app/deals/7">#7</a>' in draw(columns, [row(Cell())])


def test_each_cell_is_drawn_as_its_widget_draws_it(draw: RowTemplates):
    columns = [
        Column("Name", "text"),
        Column("Stage", "select"),
        Column("Amount", "money", end=True),
        Column("Hot", "boolean"),
        Column("Account", "relation"),
    ]
    drawn = draw(
        columns,
        [
            row(
                Cell("x", "x"),
                Cell("won", "Won", None, "green"),
                Cell(5, "€5.00"),
                Cell(True, "Yes"),
                Cell(3, "Acme", "/app/accounts/3"),
            )
        ],
    )
    assert '<td data-label="Stage"><span class="badge c-green">Won</span></td>' in drawn
    assert '<td class="num" data-label="Amount">€5.00</td>' in drawn
    assert "tabler-check" in drawn
    assert '<a class="quiet" href="/app/accounts/3">Acme</a>' in drawn


def test_what_goes_on_with_the_name_in_the_first_column_says_so(draw: RowTemplates):
    columns = [Column("First name", "text"), Column("Last name", "text", named=True)]
    drawn = draw(columns, [row(Cell("Ada", "Ada"), Cell("Lind", "Lind"))])
    assert '<td class="named" data-label="Last name">Lind</td>' in drawn


def test_labels_and_values_are_only_text(draw: RowTemplates):
    columns = [Column("Name", "text"), Column("{{ 7 * 7 }} \"<b>' Ä😀", "text")]
    drawn = draw(columns, [row(Cell("a", "<i>a</i>"), Cell("b", "{{ 1 }} & <b>"))])
    assert "&lt;i&gt;a&lt;/i&gt;" in drawn
    assert "{{ 1 }} &amp; &lt;b&gt;" in drawn
    assert 'data-label="{{ 7 * 7 }} &#34;&lt;b&gt;&#39; Ä😀"' in drawn


def test_columns_that_differ_do_not_share_a_template(draw: RowTemplates):
    cells = row(Cell("a", "a"), Cell("b", "b"))
    one = draw([Column("A", "text"), Column("B", "text")], [cells])
    other = draw([Column("A", "text"), Column("C", "text", end=True)], [cells])
    assert 'data-label="B"' in one
    assert '<td class="num" data-label="C">' in other


def test_a_widget_without_a_cell_is_said_so():
    environment = Renderer(TEMPLATES, lambda _language: lambda text: text).environment("en")
    environment.loader = DictLoader({"widgets/odd.html": "nothing"})
    with pytest.raises(ValueError, match='The widget "odd" has no cell'):
        RowTemplates(environment)([Column("A", "odd"), Column("B", "odd")], [])
