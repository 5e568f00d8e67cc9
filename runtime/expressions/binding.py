"""What the compiler asks of a query: which columns hold a path, and which records are linked."""

from typing import Any, Protocol

from sqlalchemy import ColumnElement

from runtime.expressions.value import Linked
from runtime.model.catalog import Field


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

    def links(self, path: tuple[Field, ...]) -> Linked:
        """A question about the linked records of the path's last field: an EXISTS for one id, or for any."""
        ...
