"""Writing a value as text, in Python and in SQL: plainly, and the same on both."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import Text, case, func, literal, null

from runtime.expressions import codes
from runtime.expressions.arithmetic import round_half_up, written
from runtime.expressions.calculating_in_sql import currency_of, exact, plain
from runtime.expressions.columns import UtcDateTime
from runtime.expressions.fitting import label_of
from runtime.expressions.functions.base import Site
from runtime.expressions.naming import named
from runtime.expressions.passing import call_python
from runtime.expressions.sql import Sql
from runtime.expressions.times import zone_name
from runtime.expressions.tree import Call, Node
from runtime.expressions.value import Value
from runtime.model.currency import minor_digits, unusual_digits
from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    MONEY,
    NONE,
    NUMBERS,
    TEXT,
    PicklistType,
)
from runtime.model.values import Money

_WRITTEN = (*NUMBERS, MONEY, BOOLEAN, DATE, DATETIME)


def text_node(node: Node, site: Site) -> Node | None:
    """The node as a text; None, and reported, when it cannot be one."""
    if node.type in (TEXT, NONE):
        return node
    if isinstance(node.type, PicklistType):
        return label_of(node, site.scope)
    if node.type in _WRITTEN:
        return Call(TEXT, node.start, node.end, "text", (node,))
    message = f"{named(node.type)[:1].upper()}{named(node.type)[1:]} cannot be written as text."
    help_text = "write a field of the record, such as account.name" if node.type.name == "record" else ""
    site.report(codes.ARGUMENT_TYPE, node.start, node.end, message, help_text)
    return None


def write(value: Any, timezone: tzinfo = UTC) -> str:
    """The value as text."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | Decimal():
            return written(value)
        case Money():
            digits = minor_digits(value.currency)
            return f"{Decimal(round_half_up(value.amount, digits)):.{digits}f} {value.currency}"
        case datetime():
            try:
                return f"{value.astimezone(timezone).replace(tzinfo=None).isoformat(' ', 'minutes')}"
            except OverflowError:
                return ""
        case date():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value)


def text_in_sql(sql: Sql, value: Value) -> Value:
    """The same in SQL."""
    if value.is_known:
        known = None if value.known is None else write(value.known, sql.moment.timezone)
        return Value(TEXT, known=known or None)
    if value.type == MONEY:
        return Value(TEXT, (_money(sql, value),))
    if sql.binding.dialect == "sqlite":
        return Value(TEXT, (call_python(sql, "text", Text(), (value,), zoned=value.type == DATETIME),))
    if value.type in NUMBERS:
        return Value(TEXT, (func.trellis_written(exact(sql, value), type_=Text()),))
    if value.type == BOOLEAN:
        column = value.column
        return Value(TEXT, (case((column, "true"), (column.is_not(None), "false")).cast(Text),))
    if value.type == DATE:
        return Value(TEXT, (func.to_char(value.column, "YYYY-MM-DD", type_=Text()),))
    return Value(TEXT, (local_text(sql, value, "YYYY-MM-DD HH24:MI"),))


def local_text(sql: Sql, value: Value, picture: str) -> Any:
    """A moment of PostgreSQL in the site's time zone, by a picture of to_char."""
    local = func.timezone(literal(zone_name(sql.moment.timezone)), plain(sql, value, UtcDateTime()))
    return func.to_char(local, picture, type_=Text())


def _money(sql: Sql, value: Value) -> Any:
    """Rounded to the currency's decimals, and its code behind a space."""
    code = currency_of(value)
    amount = exact(sql, value)
    return func.trellis_money(amount, null() if code is None else code, type_=Text())


def postgresql() -> tuple[str, ...]:
    """The function that writes money on PostgreSQL: what follows CREATE OR REPLACE FUNCTION."""
    cases = " ".join(f"WHEN '{code}' THEN {digits}" for code, digits in unusual_digits().items())
    return (
        (
            "{place}.trellis_money(amount numeric, currency text) RETURNS text "
            "LANGUAGE sql IMMUTABLE PARALLEL "
            "SAFE AS $$ SELECT CASE WHEN currency IS NULL THEN trim_scale(amount)::text ELSE "
            f"round(amount, CASE currency {cases} ELSE 2 END)::text || ' ' || currency END $$"
        ),
    )


def money_text(amount: Any, currency: str | None) -> str | None:
    """The function of SQLite that does the same; the amount is a text of digits."""
    if amount is None:
        return None
    number = Decimal(amount)
    try:
        return write(number if currency is None else Money(number, currency))
    except ArithmeticError:
        return None
