"""Functions that turn a value into another kind: true or false, JSON, a part of an address, a currency."""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Boolean, ColumnElement, Text, case, func, literal, type_coerce

from runtime.expressions import arithmetic, codes, texts
from runtime.expressions.calculating_in_sql import calculated, currency_of, exact
from runtime.expressions.columns import Exact
from runtime.expressions.functions.base import Function, Parameter, Site
from runtime.expressions.moment import Moment
from runtime.expressions.tree import Literal, Node
from runtime.expressions.value import Value
from runtime.expressions.writing import write
from runtime.model.types import BOOLEAN, DECIMAL, MONEY, NUMBERS, TEXT
from runtime.model.values import Money

if TYPE_CHECKING:
    from runtime.expressions.sql import Sql

_CODE = re.compile("[A-Z]{3}")
_TRUE = ("true", "yes", "1")
_FALSE = ("false", "no", "0")


class BooleanFunction(Function):
    """Whether a text says ``true``, ``yes`` or ``1``, or a number is not 0; any other text is empty.

    >>> boolean('Yes')
    true
    >>> boolean('0')
    false
    >>> boolean('perhaps')
    none
    >>> boolean(2)
    true
    """

    name = "boolean"
    family = "convert"
    parameters = (Parameter("value", (TEXT, BOOLEAN, DECIMAL)),)
    returns = BOOLEAN

    def value(self, moment: Moment, value: Any) -> bool | None:
        """In Python."""
        if isinstance(value, str):
            word = texts.lower(value.strip(" "))
            return True if word in _TRUE else False if word in _FALSE else None
        return None if value is None else bool(value)

    def column(self, sql: "Sql", value: Value) -> Value:
        """In SQL."""
        if value.type == BOOLEAN:
            return value
        column: ColumnElement[Any]
        if value.type == TEXT:
            word = func.lower(func.trim(value.column, " "))
            column = case((word.in_(_TRUE), True), (word.in_(_FALSE), False))
        else:
            number = exact(sql, value)
            from runtime.expressions import amounts

            zero = amounts.equal_to(sql.binding.dialect, number, 0)
            column = case((zero, False), (number.is_not(None), True))
        return Value(BOOLEAN, (type_coerce(column, Boolean()),))


class Json(Function):
    """A value as JSON: text in quotes, numbers as they are, dates as text, a list in brackets.

    >>> json('a "b"')
    '"a \\\\"b\\\\""'
    >>> json([1, 2.50])
    '[1, 2.5]'
    """

    name = "json"
    family = "convert"
    parameters = (Parameter("value"),)
    returns = TEXT
    no_sql = "it is for what is sent elsewhere, which is made for one record at a time"

    def value(self, moment: Moment, value: Any) -> str | None:
        """In Python."""
        return texts.kept(_json(value))


def _json(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return arithmetic.written(value)
        case Money():
            return f'{{"amount": {json.dumps(write(value).split()[0])}, "currency": "{value.currency}"}}'
        case datetime():
            return json.dumps(value.isoformat().replace("+00:00", "Z"))
        case date():
            return json.dumps(value.isoformat())
        case tuple():
            return f"[{', '.join(map(_json, value))}]"
    return json.dumps(str(value), ensure_ascii=False)


class UrlEncode(Function):
    """A text as a part of an address: what has a meaning there is written as ``%20``.

    >>> url_encode('a b & c')
    'a%20b%20%26%20c'
    """

    name = "url_encode"
    family = "convert"
    parameters = (Parameter("text", (TEXT,)),)
    returns = TEXT
    no_sql = "it is for addresses, which are made for one record at a time"

    def value(self, moment: Moment, text: str | None) -> str | None:
        """In Python."""
        return None if text is None else texts.kept(quote(text, safe="", errors="replace"))


class InCurrency(Function):
    """An amount in another currency, by the rates of ``pack.yaml``; empty where a rate is missing.

    It is not rounded: storing it does that.

    >>> in_currency(none, 'EUR') == none
    true
    """

    name = "in_currency"
    family = "convert"
    parameters = (Parameter("amount", (MONEY,)), Parameter("currency", (TEXT,), constant=True))
    returns = MONEY

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """A currency's code."""
        code = arguments[1]
        if isinstance(code, Literal) and not (
            isinstance(code.value, str)
            and len(code.value) == 3
            and code.value.isalpha()
            and code.value.isupper()
        ):
            message = "A currency is named by its code of three letters."
            site.report(codes.ARGUMENT_TYPE, code.start, code.end, message, "write 'EUR'")
            return None
        if arguments[0].type in NUMBERS:
            message = "in_currency takes money; a plain number has no currency."
            site.report(codes.ARGUMENT_TYPE, arguments[0].start, arguments[0].end, message)
            return None
        return super().check(arguments, site)

    def value(self, moment: Moment, amount: Any, currency: str | None) -> Money | None:
        """In Python."""
        if not isinstance(amount, Money) or currency is None:
            return None
        if amount.currency == currency:
            return amount
        rates = {moment.terms.currency: Decimal(1), **moment.terms.rates}
        if amount.currency not in rates or currency not in rates:
            return None
        own = arithmetic.divide(amount.amount, rates[amount.currency])
        return None if own is None else Money(Decimal(arithmetic.multiply(own, rates[currency])), currency)

    def column(self, sql: "Sql", amount: Value, currency: Value) -> Value:
        """In SQL: a case for each currency that there is a rate of."""
        target, code = currency.known, currency_of(amount)
        terms = sql.moment.terms
        rates = {terms.currency: Decimal(1), **terms.rates}
        if not isinstance(target, str) or code is None:
            return Value(MONEY)
        same = (code == target, exact(sql, amount))
        number = Value(DECIMAL, amount.columns[:1], getattr(amount.known, "amount", None))
        others = [
            (
                code == each,
                calculated(
                    sql, "*", calculated(sql, "/", number, _known(rate)), _known(rates[target])
                ).column,
            )
            for each, rate in rates.items()
            if each != target and target in rates
        ]
        return Value(
            MONEY,
            (type_coerce(case(same, *others), Exact()), type_coerce(literal(target, Text()), Text())),
        )


def _known(number: Decimal) -> Value:
    return Value(DECIMAL, known=number)
