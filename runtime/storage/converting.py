"""From what the driver gives to canonical values, a whole column of a page at a time."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Dialect

from runtime.fields.base import FieldType

Convert = Callable[[Any], Any]


class Selection:
    """The SQL columns that a statement selects, each once."""

    def __init__(self) -> None:
        self.columns: list[ColumnElement[Any]] = []
        self._places: dict[int, int] = {}

    def add(self, column: ColumnElement[Any]) -> int:
        """The place of a column among those selected."""
        place = self._places.get(id(column))
        if place is None:
            place = self._places[id(column)] = len(self.columns)
            self.columns.append(column)
        return place


def from_driver(column: ColumnElement[Any], dialect: Dialect, code: Any) -> Convert | None:
    """What turns the driver's value into Python's; None where they are the same. ``code`` is the driver's
    type.
    """
    processor: Convert | None = column.type.dialect_impl(dialect).result_processor(dialect, code)
    return processor


def to_canonical(kind: FieldType) -> Convert | None:
    """What makes the canonical value of a field's one column; None where they are the same."""
    if type(kind).from_columns is FieldType.from_columns:
        return None
    return lambda value: kind.from_columns((value,))


def converted(values: Sequence[Any], convert: Convert | None) -> Sequence[Any]:
    """Each value converted; the driver's own processors take NULL as it is."""
    return values if convert is None else [convert(value) for value in values]
