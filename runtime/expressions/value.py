"""A value in SQL: known already, or one or more columns of the database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from runtime.expressions.units import Units
from runtime.model.types import ValueType

Linked = Callable[[ColumnElement[Any] | int | None], ColumnElement[bool]]
"""Asks whether a record is linked to another of this id, or to any at all (None)."""


@dataclass(frozen=True, slots=True)
class Value:
    """A part of an expression while it is compiled.

    Without columns and links it is known: ``known`` is its value in Python, None when it is empty. Money has
    its amount in the first column and its currency in the second.
    ``moment`` is the column of which this is the date, for comparing without losing an index. ``links`` ask
    for the linked records of a field that has many.
    """

    type: ValueType
    columns: tuple[ColumnElement[Any], ...] = ()
    known: object = None
    moment: ColumnElement[Any] | None = None
    links: tuple[Linked, ...] = ()
    units: Units | None = None

    @property
    def is_known(self) -> bool:
        """Whether the value does not depend on the record."""
        return not self.columns and not self.links

    @property
    def column(self) -> ColumnElement[Any]:
        """The first column: the value itself."""
        return self.columns[0]
