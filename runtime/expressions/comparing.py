"""What comparing means in SQL: as in Python, and so that an index serves where a value is known."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, false, func, literal, or_, true, type_coerce

from runtime.expressions import amounts
from runtime.expressions.amounts import FLIPPED, signed
from runtime.expressions.columns import Exact
from runtime.expressions.meaning import is_member, order, same
from runtime.expressions.renamed import stored_text
from runtime.expressions.sql import Sql
from runtime.expressions.text import order_key, ordered
from runtime.expressions.times import day_after, first_moment
from runtime.expressions.tree import Items, Node
from runtime.expressions.value import Value
from runtime.model.types import MONEY, NUMBERS, TEXT
from runtime.model.values import Money


def same_in_sql(sql: Sql, left: Value, right: Value) -> ColumnElement[bool]:
    """Whether two values are the same: true, or else false or NULL."""
    if left.is_known and right.is_known:
        return true() if same(left.known, right.known) else false()
    if left.is_known:
        left, right = right, left
    if not right.is_known:
        return _same_columns(sql, left, right)
    if right.known is None:
        return left.column.is_(None)
    if _is_number(left):
        return _same_amount(sql, left, right.known)
    if left.moment is not None and isinstance(right.known, date):
        return _moment_on(sql, left, right.known)
    return left.column == _known(left, right.known)


def different_in_sql(sql: Sql, left: Value, right: Value) -> ColumnElement[bool]:
    """The exact negation of :func:`same_in_sql`: true, or else false or NULL."""
    if left.is_known:
        left, right = right, left
    if right.is_known and not left.is_known and not _is_number(left) and left.moment is None:
        if right.known is None:
            return left.column.is_not(None)
        return left.column.is_distinct_from(_known(left, right.known))
    return same_in_sql(sql, left, right).is_not(true())


def order_in_sql(sql: Sql, sign: str, left: Value, right: Value) -> ColumnElement[bool]:
    """Whether ``left`` comes before or after ``right`` as the sign says: true, or else false or NULL."""
    if left.is_known and right.is_known:
        ordering = order(left.known, right.known)
        return true() if ordering is not None and _holds(sign, ordering) else false()
    if left.is_known:
        left, right, sign = right, left, FLIPPED[sign]
    if not right.is_known:
        return _order_columns(sql, sign, left, right)
    if right.known is None:
        return false()
    if _is_number(left):
        return _order_amount(sql, sign, left, right.known)
    if left.type == TEXT:
        key = literal(order_key(str(right.known)), left.column.type)
        return signed(sign, ordered(left.column), key)
    if left.moment is not None and isinstance(right.known, date):
        return _moment_ordered(sql, sign, left, right.known)
    return signed(sign, left.column, _known(left, right.known))


def member_in_sql(sql: Sql, value: Node, members: Node) -> ColumnElement[bool]:
    """Whether a list has a value: true, or else false or NULL."""
    sought = sql.value(value)
    if isinstance(members, Items):
        items = [sql.value(item) for item in members.items]
        return _one_of(sql, sought, items)
    listed = sql.value(members)
    if listed.is_known:
        ids = listed.known if isinstance(listed.known, tuple) else ()
        return _one_of(sql, sought, [Value(sought.type, known=id_) for id_ in ids])
    if sought.is_known and sought.known is None:
        return false()
    if listed.links:
        linked = sought.known if isinstance(sought.known, int) else sought.column
        return or_(*(link(linked) for link in listed.links))
    return _chosen(sql, sought, listed)


def absent_in_sql(sql: Sql, value: Node, members: Node) -> ColumnElement[bool]:
    """The exact negation of :func:`member_in_sql`: true, or else false or NULL."""
    return member_in_sql(sql, value, members).is_not(true())


def _one_of(sql: Sql, sought: Value, items: Sequence[Value]) -> ColumnElement[bool]:
    if sought.is_known and all(item.is_known for item in items):
        return true() if is_member(sought.known, tuple(item.known for item in items)) else false()
    plain = not sought.is_known and not _is_number(sought) and sought.moment is None
    simple = [item.known for item in items if plain and item.is_known and item.known is not None]
    others = [item for item in items if not plain or not item.is_known or item.known is None]
    conditions = [same_in_sql(sql, sought, item) for item in others]
    if simple:
        conditions.insert(0, sought.column.in_(simple))
    return or_(*conditions) if conditions else false()


def _chosen(sql: Sql, sought: Value, listed: Value) -> ColumnElement[bool]:
    """Several chosen values are kept as ``|a|b|``."""
    find = func.instr if sql.binding.dialect == "sqlite" else func.strpos
    if sought.is_known:
        key = stored_text(listed.column.type, str(sought.known))
        return find(listed.column, literal(f"|{key}|", Text())) > 0
    return find(listed.column, literal("|").concat(type_coerce(sought.column, Text())).concat("|")) > 0


def _known(value: Value, known: object) -> ColumnElement[Any]:
    if isinstance(known, bool):
        return true() if known else false()
    return literal(known, value.column.type)


def _is_number(value: Value) -> bool:
    return value.type in (*NUMBERS, MONEY)


def _same_amount(sql: Sql, value: Value, known: object) -> ColumnElement[bool]:
    amount = known.amount if isinstance(known, Money) else known
    if not isinstance(amount, Decimal | int):
        raise TypeError(f"{known!r} is no number, and cannot be compared with one.")
    condition = amounts.equal_to(sql.binding.dialect, value.column, amount)
    return and_(condition, _same_currency(value, known))


def _order_amount(sql: Sql, sign: str, value: Value, known: object) -> ColumnElement[bool]:
    amount = known.amount if isinstance(known, Money) else known
    if not isinstance(amount, Decimal | int):
        raise TypeError(f"{known!r} is no number, and cannot be compared with one.")
    condition = amounts.ordered_to(sql.binding.dialect, sign, value.column, amount)
    return and_(condition, _same_currency(value, known))


def _same_currency(value: Value, known: object) -> ColumnElement[bool]:
    """Two moneys are of one currency; a plain number meets money by its amount."""
    if isinstance(known, Money) and value.type == MONEY:
        return _agree(value.columns[1], literal(known.currency, Text()), isinstance(value.column.type, Exact))
    return true()


def _same_columns(sql: Sql, left: Value, right: Value) -> ColumnElement[bool]:
    if not _is_number(left):
        return left.column.is_not_distinct_from(right.column)
    both_empty = and_(left.column.is_(None), right.column.is_(None))
    equal = amounts.equal(sql.binding.dialect, left.column, right.column)
    return or_(both_empty, and_(equal, _one_currency(left, right)))


def _order_columns(sql: Sql, sign: str, left: Value, right: Value) -> ColumnElement[bool]:
    if _is_number(left):
        condition = amounts.ordered(sql.binding.dialect, sign, left.column, right.column)
        return and_(condition, _one_currency(left, right))
    if left.type == TEXT:
        return signed(sign, ordered(left.column), ordered(right.column))
    return signed(sign, left.column, right.column)


def _one_currency(left: Value, right: Value) -> ColumnElement[bool]:
    if left.type == MONEY and right.type == MONEY:
        calculated = isinstance(left.column.type, Exact) or isinstance(right.column.type, Exact)
        return _agree(left.columns[1], right.columns[1], calculated)
    return true()


def _agree(left: ColumnElement[Any], right: ColumnElement[Any], calculated: bool) -> ColumnElement[bool]:
    """Whether two currencies are one. A number that became money by a choice has none, and meets any."""
    if not calculated:
        return left == right
    return or_(left == right, left.is_(None), right.is_(None))


def _moment_on(sql: Sql, value: Value, day: date) -> ColumnElement[bool]:
    start, end = _bounds(sql, day)
    if value.moment is None or start is None or end is None:
        return value.column == day
    return and_(value.moment >= start, value.moment < end)


def _moment_ordered(sql: Sql, sign: str, value: Value, day: date) -> ColumnElement[bool]:
    start, end = _bounds(sql, day)
    if value.moment is None or start is None or end is None:
        return signed(sign, value.column, literal(day, value.column.type))
    # Up to a day and after it, its end is the bound; before a day and from it on, its start is.
    if sign in ("<", ">="):
        return signed(sign, value.moment, literal(start, value.moment.type))
    return signed("<" if sign == "<=" else ">=", value.moment, literal(end, value.moment.type))


def _bounds(sql: Sql, day: date) -> tuple[datetime | None, datetime | None]:
    after = day_after(day)
    timezone = sql.moment.timezone
    return first_moment(day, timezone), first_moment(after, timezone) if after else None


def _holds(sign: str, ordering: int) -> bool:
    return bool(amounts.compare(sign, ordering, 0))
