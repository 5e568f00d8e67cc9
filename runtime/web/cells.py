"""Cells: a whole column of values made ready for the ``cell`` of its widget, in the reader's language.

A page of rows has hundreds of cells, so what a column's cells have in common is worked out once, before the
first of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.fields.phone import dialled
from runtime.model.catalog import Field, Path
from runtime.model.types import ListType
from runtime.model.values import Ref
from runtime.web.views import FieldView, Item, Views, cards_address, content_address, names_role


@dataclass(slots=True)
class Cell:
    """What a widget draws in a table: as much of a :class:`FieldView` as a cell may use."""

    value: Any = None
    text: str = ""
    href: str | None = None
    color: str | None = None
    items: Sequence[Item] = ()


EMPTY = Cell()
"""The cell of what is not there; widgets only read it."""


def cells(views: Views, path: Path, values: Sequence[Any]) -> list[Cell]:
    """The cells of a column. Each value is canonical, and a related record is a :class:`Ref`."""
    make = _maker(views, path)
    return [EMPTY if value is None or value == () else make(value) for value in values]


def _maker(views: Views, path: Path) -> Callable[[Any], Cell]:
    field = path.field
    kind = views.live.types[field.type]
    if path.attribute is not None:
        return lambda value: Cell(value, str(value))
    if kind.linked or isinstance(field.value_type, ListType):
        return lambda value: _seen(views.fill(FieldView(kind.widget), field, value))
    if kind.attaches:
        return lambda ref: Cell(ref.id, ref.title, content_address(ref.id))
    if field.targets or "among" in field.settings:
        return _refs(views, field)
    if field.type == "picklist":
        return _choices(views, field)
    if names_role(field):
        return lambda value: Cell(value, views.text(field, value))
    text, formats, picklists = kind.text, views.formats, views.catalog.picklists
    if field.type == "url":
        return lambda value: Cell(value, text(value, field, formats, picklists), value)
    if field.type == "phone":
        return lambda value: Cell(value, text(value, field, formats, picklists), dialled(value))
    return lambda value: Cell(value, text(value, field, formats, picklists))


def _refs(views: Views, field: Field) -> Callable[[Ref], Cell]:
    addresses = {
        module: cards_address(views.catalog, module) for module in field.targets or field.settings["among"]
    }

    def make(ref: Ref) -> Cell:
        address = addresses.get(ref.module)
        return Cell(ref.id, ref.title, f"{address}/{ref.id}" if address else None)

    return make


def _choices(views: Views, field: Field) -> Callable[[str], Cell]:
    known = {
        choice.key: Cell(choice.key, choice.label, None, choice.color) for choice in views.options(field)
    }
    return lambda key: known.get(key) or Cell(key, key)


def _seen(view: FieldView) -> Cell:
    return Cell(view.value, view.text, view.href, view.color, view.items)
