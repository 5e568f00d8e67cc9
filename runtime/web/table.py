"""Tables: their columns and rows as values, and the drawing of the rows.

Drawing a page of rows is dearer than asking the database for it, so there is no include and no call in a
cell: the body of each widget's ``cell`` macro stands in the loop itself, in a template that is put together
once for a set of columns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, Template
from markupsafe import Markup

from runtime.web.cells import Cell

CELL = re.compile(r"\{% macro cell\(f\) -?%\}(.*?)\{%-? endmacro %\}", re.DOTALL)
ICON = '{% from "pages/parts/icon.html" import icon %}'
CHOOSE = (
    '<input type="checkbox" class="choose" form="chosen" name="id" value="{{ row.id }}"'
    ' aria-label="{{ cells[0].text or row.title }}">'
)
"""The box that chooses a record; what is done with the chosen ones is asked by the form above the table."""
MOST = 500
"""Templates that are kept; then all are forgotten, for those in use come back at once."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and how its cells are drawn. Numbers stand at the ``end``; what is ``named`` goes
    on with what the first column says: both are of the record's title (a first and a last name).

    ``edit`` is the key of the field that is edited in its cells; '' where none is. ``chooses``: beside the
    record's name stands a box that chooses the record.
    """

    label: str
    widget: str
    end: bool = False
    sorted: str | None = None
    href: str | None = None
    edit: str = ""
    named: bool = False
    chooses: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A record in a table; ``title`` is for one whose first cell is empty."""

    href: str
    title: str
    cells: Sequence[Cell]
    id: int = 0


class RowTemplates:
    """Draws rows in one language; templates call it."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._templates: dict[tuple[tuple[str, str, bool, bool, bool], ...], Template] = {}

    def __call__(self, columns: Sequence[Column], rows: Sequence[TableRow]) -> Markup:
        """The rows, the first column being the link to the record."""
        key = tuple(
            (column.label, column.widget, column.end, column.named, column.chooses) for column in columns
        )
        template = self._templates.get(key)
        if template is None:
            if len(self._templates) >= MOST:
                self._templates.clear()
            template = self._templates[key] = self._assemble(columns)
        return Markup(template.render(rows=rows))

    def _assemble(self, columns: Sequence[Column]) -> Template:
        drawn = "".join(self._cell(place, column) for place, column in enumerate(columns) if place > 0)
        box = CHOOSE if columns[0].chooses else ""
        link = (
            f'<td class="title">{box}' + '<a href="{{ row.href }}">{{ cells[0].text or row.title }}</a></td>'
        )
        loop = f"{{% for row in rows %}}{{% set cells = row.cells %}}<tr>{link}{drawn}</tr>\n{{% endfor %}}"
        return self._environment.from_string((ICON if "icon(" in drawn else "") + loop)

    def _cell(self, place: int, column: Column) -> str:
        end = ' class="num"' if column.end else ' class="named"' if column.named else ""
        label = f"{{{{ {column.label!a} }}}}"
        body = self._body(column.widget)
        return f'<td{end} data-label="{label}">{{% set f = cells[{place}] %}}{body}</td>'

    def _body(self, widget: str) -> str:
        assert self._environment.loader is not None
        source, _, _ = self._environment.loader.get_source(self._environment, f"widgets/{widget}.html")
        found = CELL.search(source)
        if found is None:
            raise ValueError(f'The widget "{widget}" has no cell.')
        return found[1]
