"""What the compiler asks of a query: which columns hold a path, which records are linked or related."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select
from sqlalchemy.types import TypeEngine

from runtime.expressions.tree import Step
from runtime.expressions.value import Linked
from runtime.model.catalog import Field


class Related(Protocol):
    """The related records of an aggregate: a query of its own inside the one that asks.

    ``binding`` gives the columns of each of them; the joins that their paths need are made in the inner
    query. ``order`` is the order that they are in by themselves.
    """

    @property
    def binding(self) -> "Binding":
        """The way from their fields to columns."""
        ...

    @property
    def order(self) -> tuple[ColumnElement[Any], ...]:
        """What they are ordered by when nothing is said."""
        ...

    def select(
        self, columns: Sequence[ColumnElement[Any]], conditions: Sequence[ColumnElement[bool]]
    ) -> Select[Any]:
        """The inner query, correlated with the record that asks; deleted records are left out."""
        ...


class Binding(Protocol):
    """One query's way from fields to columns. It makes the joins that paths need, once for each path.

    A path is a tuple of fields, each but the last a relation to one record. The module that a relation leads
    to is the module of the field after it: that matters where a relation may lead to several (an owner).
    Joins are LEFT JOINs, so that what a missing record would hold is NULL.
    """

    dialect: str
    """``sqlite`` or ``postgresql``."""

    def columns(self, path: tuple[Field, ...]) -> tuple[ColumnElement[Any], ...]:
        """The physical columns of the path's last field, the value's own first.

        Money has its currency second. Decimals, percents and money are of type ``ScaledDecimal``.
        """
        ...

    def picklist_type(self, picklist: str) -> TypeEngine[Any]:
        """The type of the columns that hold a value of a picklist."""
        ...

    def links(self, path: tuple[Field, ...]) -> Linked:
        """A question about the linked records of the path's last field: an EXISTS for one id, or for any."""
        ...

    def link_columns(self, attribute: Field) -> tuple[ColumnElement[Any], ...]:
        """The columns of an attribute of the link over which these records were reached."""
        ...

    def related(self, steps: tuple[Step, ...], owner: ColumnElement[Any] | None = None) -> Related:
        """The records that the steps lead to from the query's record, or from the one of this id."""
        ...
