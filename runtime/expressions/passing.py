"""Passing values of the database to a function of the language on SQLite."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal, null

from runtime.expressions.carrying import carried
from runtime.expressions.columns import Exact, ScaledDecimal
from runtime.expressions.renamed import Renamed, as_keys
from runtime.expressions.sql import Sql
from runtime.expressions.times import place_text
from runtime.expressions.value import Value
from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONEY,
    MONTHS,
    NUMBERS,
    TEXT,
    TIME,
    ListType,
    PicklistType,
)

_LETTERS = {DATE: "d", DATETIME: "m", DURATION: "s", MONTHS: "M", BOOLEAN: "b", TEXT: "t", TIME: "T"}


def call_python(
    sql: Sql, name: str, kind: Any, values: Sequence[Value], *, zoned: bool = False
) -> ColumnElement[Any]:
    """A call of a function or an operator by its name; ``kind`` is the type of the column it gives."""
    shape = " ".join(map(_letter, values))
    place = place_text(sql.moment) if zoned else ""
    columns = [_column(value) for value in values]
    return func.trellis_call(literal(name), literal(shape), literal(place), *columns, type_=kind)


def _letter(value: Value) -> str:
    if value.type in (*NUMBERS, MONEY):
        if value.is_known:
            return "n"
        kind = value.column.type
        if isinstance(kind, ScaledDecimal):
            return f"u{kind.scale}"
        return "n" if isinstance(kind, Exact) else "i"
    if isinstance(value.type, PicklistType):
        return "t"
    if isinstance(value.type, ListType):
        return "l"
    return _LETTERS.get(value.type, "i")


def _column(value: Value) -> ColumnElement[Any]:
    if not value.is_known:
        kind = value.column.type
        return as_keys(value.column, kind) if isinstance(kind, Renamed) else value.column
    known = carried(value.known)
    return null() if known is None else literal(known)
