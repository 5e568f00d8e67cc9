"""Row templates: the body of a table with the cell of each column's widget written into it, compiled once.

Drawing a page of rows is dearer than asking the database for it, so there is no include and no macro call in
a cell: the
body of each widget's ``cell`` macro stands in the loop itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, Template

CELL = re.compile(r"\{% macro cell\(f\) -?%\}(.*?)\{%-? endmacro %\}", re.DOTALL)
HEAD = '{% from "pages/parts/icon.html" import icon %}'


@dataclass(frozen=True, slots=True)
class RowColumn:
    """A column as its cells are drawn: the widget, whether it is set to the end, and its label on a phone."""

    widget: str
    end: bool
    label: str


def assemble(environment: Environment, columns: Sequence[RowColumn]) -> Template:
    """The template that draws ``rows``, each with ``href``, ``title`` and ``cells``; the first column is the
    link.
    """
    cells = "".join(
        f'<td{" class=num" if column.end else ""} data-label="{{{{ labels[{index}] }}}}">'
        f"{{% set f = row.cells[{index}] %}}{cell_source(environment, column.widget)}</td>"
        for index, column in enumerate(columns)
        if index > 0
    )
    link = '<td class="title"><a href="{{ row.href }}">{{ row.cells[0].text or row.title }}</a></td>'
    return environment.from_string(f"{HEAD}{{% for row in rows %}}<tr>{link}{cells}</tr>\n{{% endfor %}}")


def cell_source(environment: Environment, widget: str) -> str:
    """The body of a widget's ``cell`` macro."""
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, f"widgets/{widget}.html")
    found = CELL.search(source)
    if found is None:
        raise ValueError(f'The widget "{widget}" has no cell.')
    return found[1]
