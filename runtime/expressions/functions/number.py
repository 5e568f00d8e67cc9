"""Functions of numbers and money."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import BigInteger, Integer, Numeric, Text, case, cast, func, literal

from runtime.expressions import arithmetic, codes
from runtime.expressions.calculating import rest
from runtime.expressions.calculating_in_sql import calculated, exact, number_only
from runtime.expressions.columns import Exact
from runtime.expressions.functions.base import Function, Parameter, Site
from runtime.expressions.moment import Moment
from runtime.expressions.passing import call_python
from runtime.expressions.tree import Call, Node
from runtime.expressions.value import Value
from runtime.model.types import DECIMAL, DURATION, INTEGER, MONEY, NONE, NUMBERS, TEXT, ValueType
from runtime.model.values import Money

if TYPE_CHECKING:
    from runtime.expressions.sql import Sql

_AMOUNT = (*NUMBERS, MONEY)


class _OfNumber(Function):
    """Takes a number or money, and gives the same."""

    family = "number"
    parameters: ClassVar[Sequence[Parameter]] = (Parameter("number", _AMOUNT),)
    returns: ValueType = DECIMAL  # type: ignore[misc]

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """The type is that of the number."""
        fitted = self.fitted(arguments, site)
        if fitted is None:
            return None
        given = fitted[0].type
        type_ = given if given in (MONEY, INTEGER, NONE, DURATION) else self.plain_type()
        return Call(type_, site.start, site.end, self.name, fitted)

    def plain_type(self) -> ValueType:
        """Of a plain number."""
        return DECIMAL

    def value(self, moment: Moment, number: Any, *others: Any) -> object:
        """In Python."""
        if number is None or None in others:
            return None
        if isinstance(number, Money):
            found = self.number(number.amount, *others)
            return None if found is None else Money(Decimal(found), number.currency)
        return self.number(number, *others)

    def number(self, number: Any, *others: Any) -> Any:
        """Of a plain number."""
        raise NotImplementedError

    def in_postgresql(self, sql: "Sql", number: Any, others: Sequence[Value]) -> Any:
        """Of a plain number, on PostgreSQL."""
        raise NotImplementedError

    def node_column(self, sql: "Sql", node: Call) -> Value:
        """In SQL."""
        number, *others = map(sql.value, node.arguments)
        if number.is_known and number.known is None:
            return Value(node.type)
        if sql.binding.dialect == "sqlite":
            column = call_python(sql, self.name, Exact(), (number_only(number), *others))
        else:
            column = self.in_postgresql(sql, exact(sql, number), others)
        if number.type != MONEY:
            return Value(node.type, (column,))
        currency = number.columns[1] if not number.is_known else literal(number.known.currency, Text())  # type: ignore[attr-defined]
        return Value(MONEY, (column, currency))


class Round(_OfNumber):
    """A number, or an amount, rounded half away from zero; to whole ones when no places are given.

    Negative places round to tens and hundreds.

    >>> round(2.345, 2)
    2.35
    >>> round(-2.5)
    -3
    >>> round(1234, -2)
    1200
    """

    name = "round"
    parameters = (Parameter("number", _AMOUNT), Parameter("places", (INTEGER,), optional=True))

    def number(self, number: Any, places: int = 0) -> Any:
        """Rounded."""
        return arithmetic.round_half_up(number, places)

    def in_postgresql(self, sql: "Sql", number: Any, others: Sequence[Value]) -> Any:
        """ROUND, which rounds half away from zero too."""
        if not others:
            return func.round(number, 0, type_=Exact())
        return func.trellis_round(number, exact(sql, others[0]), type_=Exact())

    def postgresql(self) -> tuple[str, ...]:
        """Rounding to places that a field may have."""
        return (
            (
                "{place}.trellis_round(value numeric, places numeric) RETURNS numeric LANGUAGE sql IMMUTABLE "
                "PARALLEL SAFE AS $$ SELECT CASE WHEN places BETWEEN -36 AND 12 "
                "THEN {place}.trellis_bounded(round(value, places::int)) END $$"
            ),
        )


class Floor(_OfNumber):
    """The greatest whole number that is not above a number.

    >>> floor(2.7)
    2
    >>> floor(-2.1)
    -3
    """

    name = "floor"

    def plain_type(self) -> ValueType:
        """A whole number."""
        return INTEGER

    def number(self, number: Any, *others: Any) -> Any:
        """Floored."""
        return arithmetic.floor(number)

    def in_postgresql(self, sql: "Sql", number: Any, others: Sequence[Value]) -> Any:
        """FLOOR."""
        return func.floor(number, type_=Exact())


class Ceil(_OfNumber):
    """The least whole number that is not below a number.

    >>> ceil(2.1)
    3
    >>> ceil(-2.7)
    -2
    """

    name = "ceil"

    def plain_type(self) -> ValueType:
        """A whole number."""
        return INTEGER

    def number(self, number: Any, *others: Any) -> Any:
        """Raised."""
        return arithmetic.ceiling(number)

    def in_postgresql(self, sql: "Sql", number: Any, others: Sequence[Value]) -> Any:
        """CEIL."""
        return func.ceil(number, type_=Exact())


class Abs(_OfNumber):
    """A number, or an amount, without its sign.

    >>> abs(-2.5)
    2.5
    """

    name = "abs"

    def number(self, number: Any, *others: Any) -> Any:
        """Without its sign."""
        return abs(number) if isinstance(number, int) else number.copy_abs()

    def in_postgresql(self, sql: "Sql", number: Any, others: Sequence[Value]) -> Any:
        """ABS."""
        return func.abs(number, type_=number.type)


class Mod(Function):
    """What a floored division leaves over, as ``%``: it has the sign of the divisor. By zero it is empty.

    >>> mod(7, 3)
    1
    >>> mod(-7, 3)
    2
    """

    name = "mod"
    family = "number"
    parameters = (Parameter("number", NUMBERS), Parameter("divisor", NUMBERS))
    returns = DECIMAL

    def value(self, moment: Moment, number: Any, divisor: Any) -> object:
        """In Python."""
        return rest(number, divisor)

    def column(self, sql: "Sql", number: Value, divisor: Value) -> Value:
        """In SQL."""
        return Value(DECIMAL, calculated(sql, "%", number, divisor).columns)


class NumberFunction(Function):
    """The number of a text, of an amount, or of true and false (1 and 0).

    A text is written plainly, with a point: ``-12.50``. Another one gives an empty value.

    >>> number('12.50')
    12.5
    >>> number('12,50')
    none
    >>> number(true)
    1
    """

    name = "number"
    family = "convert"
    parameters = (Parameter("value", (TEXT, DECIMAL, MONEY)),)
    returns = DECIMAL

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """Of true and false, too."""
        if arguments[0].type.name == "boolean":
            return Call(DECIMAL, site.start, site.end, self.name, arguments)
        return super().check(arguments, site)

    def value(self, moment: Moment, value: Any) -> object:
        """In Python."""
        if isinstance(value, str):
            return arithmetic.read_number(value)
        if isinstance(value, bool):
            return int(value)
        return value.amount if isinstance(value, Money) else value

    def column(self, sql: "Sql", value: Value) -> Value:
        """In SQL."""
        if value.type.name == "boolean":
            return Value(DECIMAL, (case((value.column, 1), (value.column.is_not(None), 0)).cast(BigInteger),))
        if value.type != TEXT:
            return number_only(Value(DECIMAL, value.columns, value.known))
        if sql.binding.dialect == "sqlite":
            return Value(DECIMAL, (call_python(sql, self.name, Exact(), (value,)),))
        trimmed = func.btrim(value.column, " ")
        plain = trimmed.op("~")(arithmetic.PLAIN_NUMBER)
        return Value(DECIMAL, (case((plain, cast(trimmed, Numeric()))).cast(Exact()),))


class FormatNumber(Function):
    """A number as text with so many decimals, rounded half away from zero; 2 when nothing is said.

    The third argument stands in place of the point, the fourth between groups of three digits.

    >>> format_number(1234.5)
    '1234.50'
    >>> format_number(1234567.891, 1, ',', ' ')
    '1 234 567,9'
    """

    name = "format_number"
    family = "number"
    parameters = (
        Parameter("number", _AMOUNT),
        Parameter("decimals", (INTEGER,), constant=True, optional=True),
        Parameter("point", (TEXT,), constant=True, optional=True),
        Parameter("groups", (TEXT,), constant=True, optional=True),
    )
    returns = TEXT

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """At most 12 decimals."""
        found = super().check(arguments, site)
        places = getattr(arguments[1], "value", 0) if len(arguments) > 1 else 2
        if found is not None and not (isinstance(places, int) and 0 <= places <= arithmetic.PLACES):
            message = f"format_number takes 0 to {arithmetic.PLACES} decimals."
            site.report(codes.ARGUMENT_TYPE, arguments[1].start, arguments[1].end, message)
            return None
        return found

    def value(
        self, moment: Moment, number: Any, decimals: int = 2, point: str = ".", groups: str | None = None
    ) -> object:
        """In Python."""
        if number is None or decimals is None:
            return None
        amount = number.amount if isinstance(number, Money) else number
        rounded = Decimal(arithmetic.round_half_up(Decimal(amount), decimals))
        text = f"{abs(rounded):,.{decimals}f}".replace(",", "\0").replace(".", point or "")
        sign = "-" if rounded < 0 else ""
        return sign + text.replace("\0", groups or "")

    def column(
        self,
        sql: "Sql",
        number: Value,
        decimals: Value | None = None,
        point: Value | None = None,
        groups: Value | None = None,
    ) -> Value:
        """In SQL."""
        given = [each for each in (decimals, point, groups) if each is not None]
        if sql.binding.dialect == "sqlite":
            return Value(TEXT, (call_python(sql, self.name, Text(), (number_only(number), *given)),))
        places = 2 if decimals is None else decimals.known
        if not isinstance(places, int):
            return Value(TEXT)
        picture = "FM" + "999," * 11 + "990" + ("." + "0" * places if places else "")
        rounded = func.round(exact(sql, number), cast(literal(places), Integer))
        written = func.to_char(rounded, picture)
        shown_groups = str(groups.known or "") if groups is not None else ""
        shown_point = "." if point is None else str(point.known or "")
        # Through a character that no number has, so that the two may change places.
        found = func.replace(func.replace(written, ",", "\x01"), ".", shown_point)
        return Value(TEXT, (func.replace(found, "\x01", shown_groups, type_=Text()),))
