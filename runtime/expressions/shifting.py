"""Moving dates and moments by a duration, in Python and on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, case, func, literal, type_coerce

from runtime.expressions.columns import UtcDateTime
from runtime.expressions.sql import Sql
from runtime.expressions.value import Value
from runtime.model.types import DATE

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def shift(value: object, duration: object, sign: int) -> object:
    """A date, moment or duration moved; None when a part is empty, and past the years 1 to 9999."""
    if not isinstance(duration, timedelta) or not isinstance(value, date | timedelta):
        return None
    try:
        return value + sign * duration
    except OverflowError:
        return None


def shift_in_sql(sql: Sql, value: Value, duration: Value, sign: int) -> Value:
    """The same in SQL. The duration is known."""
    moved = duration.known
    if not isinstance(moved, timedelta) or value.is_known:
        return Value(value.type, known=shift(value.known, moved, sign))
    move = _move_date if value.type == DATE else _move_moment
    column = move(sql, value.column, sign * moved)
    return Value(value.type) if column is None else Value(value.type, (column,))


def _move_date(sql: Sql, column: ColumnElement[Any], by: timedelta) -> ColumnElement[Any] | None:
    days = by.days
    last = shift(date.max if days >= 0 else date.min, by, -1)
    if last is None:
        return None
    moved: ColumnElement[Any]
    if sql.binding.dialect == "sqlite":
        moved = func.date(column, f"{days:+d} days", type_=Date())
    else:
        moved = type_coerce(column.op("+")(literal(days, Integer())), Date())
    return case((column <= last if days >= 0 else column >= last, moved))


def _move_moment(sql: Sql, column: ColumnElement[Any], by: timedelta) -> ColumnElement[Any] | None:
    forward = by >= timedelta()
    last = shift(_LAST if forward else _FIRST, by, -1)
    if last is None:
        return None
    seconds = round(by.total_seconds())
    moved: ColumnElement[Any]
    if sql.binding.dialect == "sqlite":
        moved = func.trellis_shift(column, seconds, type_=UtcDateTime())
    else:
        interval = func.make_interval(0, 0, 0, 0, 0, 0, seconds)
        moved = type_coerce(column.op("+")(interval), UtcDateTime())
    bound = literal(last, UtcDateTime())
    return case((column <= bound if forward else column >= bound, moved))
