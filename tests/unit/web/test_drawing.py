"""What templates put out: escaped exactly as Jinja itself does it, in pages and in rows."""

import string

import pytest
from jinja2 import Environment
from markupsafe import Markup, escape

from runtime.web.drawing import Drawer, escaped
from runtime.web.views import Option

VALUES = [
    "",
    string.printable,
    "å <b> & \"q\" 'a'",
    5,
    None,
    Markup("<b>ä</b>"),
    ["<"],
    Option("<k>", "<l>", None, False),
]
TEMPLATE = """{% macro twice(x) %}<i>{{ x }}{{ x }}</i>{% endmacro %}{% set kept %}{{ value }}{% endset %}
{{ value }}{{ kept }}{{ twice(value) }}{{ value ~ "<" }}{{ "<&" }}{{ value|e }}{{ value|string|upper }}"""


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_put_out_as_jinja_puts_it_out(value: object) -> None:
    assert escaped(value) == str(escape(value))
    drawn = Drawer(autoescape=True)
    usual = Environment(autoescape=True).from_string(TEMPLATE).render(value=value)
    assert drawn.from_string(TEMPLATE).render(value=value) == usual
    assert drawn.for_rows().from_string(TEMPLATE).render(value=value) == usual


def test_a_row_reads_attributes_and_places_of_what_it_is_made_of() -> None:
    rows = Drawer(autoescape=True).for_rows()
    option = Option("<k>", "<l>", None, False)
    assert (
        rows.from_string("{{ o.label }} {{ os[0].key }}").render(o=option, os=(option,))
        == "&lt;l&gt; &lt;k&gt;"
    )
