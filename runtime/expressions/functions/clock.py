"""Functions that give or make a date, or a date and time, and the lengths that one is moved by."""

import ast
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import BigInteger, Date, Integer, cast, func, literal

from runtime.expressions import codes
from runtime.expressions.calculating import duration
from runtime.expressions.calculating_in_sql import exact, plain
from runtime.expressions.calendar import Months, moment_of
from runtime.expressions.columns import Microseconds, UtcDateTime
from runtime.expressions.functions.base import Function, Parameter, Site
from runtime.expressions.moment import Moment
from runtime.expressions.passing import call_python
from runtime.expressions.times import local_date, local_date_in_sql, zone_name
from runtime.expressions.tree import Call, Node
from runtime.expressions.value import Value
from runtime.model.types import DATE, DATETIME, DECIMAL, DURATION, INTEGER, MONTHS, ValueType

if TYPE_CHECKING:
    from runtime.expressions.checking import Checker
    from runtime.expressions.sql import Sql

_MOST = 120_000
"""Months from the first date there is to the last."""


class Today(Function):
    """The present date in the site's time zone.

    >>> today() == date(now())
    true
    """

    name = "today"
    family = "date"
    returns = DATE

    def value(self, moment: Moment, *arguments: Any) -> date:
        """In Python. Every part of one evaluation, and of one query, has the same date."""
        return moment.today


class Now(Function):
    """The present date and time.

    >>> now() == now()
    true
    """

    name = "now"
    family = "date"
    returns = DATETIME

    def value(self, moment: Moment, *arguments: Any) -> datetime:
        """In Python. Every part of one evaluation, and of one query, has the same moment."""
        return moment.now


class DateFunction(Function):
    """The date of a moment, in the site's time zone; or that of a year, a month and a day.

    A day that the calendar has not is empty.

    >>> date(now()) == today()
    true
    >>> date('2026-01-31T12:00') == '2026-01-31'
    true
    >>> date(2026, 2, 28)
    date('2026-02-28')
    >>> date(2026, 2, 30)
    none
    """

    name = "date"
    family = "date"
    parameters = (
        Parameter("moment", (DATETIME, DATE)),
        Parameter("month", (INTEGER,), optional=True),
        Parameter("day", (INTEGER,), optional=True),
    )
    returns = DATE
    zoned = True

    def check_syntax(self, checker: "Checker", node: ast.Call) -> Node | None:
        """A moment, or three numbers."""
        if len(node.args) == 2:
            start, end = checker.syntax.span(node)
            checker.report(
                codes.ARGUMENTS, start, end, "date takes 1 or 3 arguments, not 2.", "date(2026, 1, 31)"
            )
            return None
        return super().check_syntax(checker, node)

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """A moment, or three numbers."""
        parameters = self.parameters[1:2] * 3 if len(arguments) == 3 else self.parameters
        fitted = [
            self._argument(parameter, argument, site)
            for parameter, argument in zip(parameters, arguments, strict=False)
        ]
        known = tuple(argument for argument in fitted if argument is not None)
        if len(known) < len(fitted):
            return None
        return Call(DATE, site.start, site.end, self.name, known)

    def value(self, moment: Moment, *arguments: Any) -> date | None:
        """In Python."""
        if len(arguments) == 1:
            value = arguments[0]
            return local_date(value, moment.timezone) if isinstance(value, datetime) else value
        if None in arguments:
            return None
        try:
            return date(*map(int, arguments))
        except (ValueError, OverflowError):
            return None

    def column(self, sql: "Sql", *arguments: Any) -> Value:
        """In SQL; of a moment it remembers the column, so that a comparison can still use its index."""
        if len(arguments) == 1:
            value: Value = arguments[0]
            if value.type == DATE:
                return value
            column = local_date_in_sql(value.column, sql.moment.timezone, sql.binding)
            return Value(DATE, (column,), moment=value.column)
        if sql.binding.dialect == "sqlite":
            return Value(DATE, (call_python(sql, self.name, Date(), arguments),))
        numbers = [exact(sql, value) for value in arguments]
        return Value(DATE, (func.trellis_date_of(*numbers, type_=Date()),))

    def postgresql(self) -> tuple[str, ...]:
        """A date of three numbers that may be none."""
        return (
            (
                "{place}.trellis_date_of(y numeric, m numeric, d numeric) RETURNS date "
                "LANGUAGE sql IMMUTABLE "
                "PARALLEL SAFE AS $$ SELECT CASE WHEN y BETWEEN 1 AND 9999 AND m BETWEEN 1 AND 12 AND d >= 1 "
                "AND d <= extract(day FROM make_date(y::int, m::int, 1) + interval '1 "
                "month' - interval '1 day') "
                "THEN make_date(y::int, m::int, d::int) END $$"
            ),
        )


class DatetimeFunction(Function):
    """A date and time in the site's time zone: a date, at midnight or at an hour and a minute.

    >>> datetime('2026-01-31T08:30') == datetime(date('2026-01-31'), 8, 30)
    true
    >>> datetime(date('2026-01-31'), 24)
    none
    """

    name = "datetime"
    family = "date"
    parameters = (
        Parameter("date", (DATETIME, DATE)),
        Parameter("hour", (INTEGER,), optional=True),
        Parameter("minute", (INTEGER,), optional=True),
    )
    returns = DATETIME
    zoned = True

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """A date with an hour is a date, and not a moment."""
        first = Parameter("date", (DATE,)) if len(arguments) > 1 else self.parameters[0]
        fitted = [
            self._argument(parameter, argument, site)
            for parameter, argument in zip((first, *self.parameters[1:]), arguments, strict=False)
        ]
        known = tuple(argument for argument in fitted if argument is not None)
        return Call(DATETIME, site.start, site.end, self.name, known) if len(known) == len(fitted) else None

    def value(
        self, moment: Moment, day: Any, hour: int | None = 0, minute: int | None = 0
    ) -> datetime | None:
        """In Python."""
        if isinstance(day, datetime) or None in (day, hour, minute):
            return day if isinstance(day, datetime) else None
        return moment_of(day, moment.timezone, int(hour or 0), int(minute or 0))

    def column(self, sql: "Sql", *arguments: Any) -> Value:
        """In SQL."""
        day: Value = arguments[0]
        if day.type == DATETIME:
            return day
        if sql.binding.dialect == "sqlite":
            column = call_python(sql, self.name, UtcDateTime(), arguments, zoned=True)
            return Value(DATETIME, (column,))
        zone = literal(zone_name(sql.moment.timezone))
        parts = [exact(sql, value) for value in arguments[1:]]
        parts += [exact(sql, Value(INTEGER, known=0))] * (2 - len(parts))
        column = func.trellis_moment_of(plain(sql, day, Date()), *parts, zone, type_=UtcDateTime())
        return Value(DATETIME, (column,))

    def postgresql(self) -> tuple[str, ...]:
        """A moment of a day, an hour and a minute."""
        return (
            (
                "{place}.trellis_moment_of(day date, h numeric, m numeric, zone text) RETURNS timestamptz "
                "LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT CASE WHEN found BETWEEN "
                "timestamptz '0001-01-01 00:00:00+00' AND timestamptz '9999-12-31 23:59:59.999999+00' "
                "THEN found END FROM (SELECT CASE WHEN h BETWEEN 0 AND 23 AND m BETWEEN 0 AND 59 "
                "THEN (day + make_time(h::int, m::int, 0)) AT TIME ZONE zone END AS found) made $$"
            ),
        )


class _Length(Function):
    """So many units of time; more than the calendar has make it empty."""

    family = "date"
    seconds: ClassVar[int]
    returns: ValueType = DURATION  # type: ignore[misc]
    parameters = (Parameter("n", (INTEGER,)),)

    def value(self, moment: Moment, n: Any) -> timedelta | None:
        """In Python."""
        if n is None or abs(n) > 10**18:
            return None
        return duration(n * self.seconds * 1_000_000)

    def column(self, sql: "Sql", n: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(DURATION, (call_python(sql, self.name, Microseconds(), (n,)),))
        units = exact(sql, n) * literal(self.seconds * 1_000_000, BigInteger())
        return Value(DURATION, (func.trellis_duration(units, type_=Microseconds()),))


class Days(_Length):
    """A duration of so many days, to move a date by.

    >>> today() - days(7) < today()
    true
    >>> days(-1) < days(1)
    true
    """

    name = "days"
    seconds = 86_400


class Weeks(_Length):
    """A duration of so many weeks.

    >>> weeks(2) == days(14)
    true
    """

    name = "weeks"
    seconds = 7 * 86_400


class Hours(_Length):
    """A duration of so many hours.

    >>> hours(1.5) == minutes(90)
    true
    """

    name = "hours"
    seconds = 3600
    parameters = (Parameter("n", (DECIMAL,)),)


class Minutes(_Length):
    """A duration of so many minutes.

    >>> minutes(60) == hours(1)
    true
    """

    name = "minutes"
    seconds = 60
    parameters = (Parameter("n", (DECIMAL,)),)


class Seconds(_Length):
    """A duration of so many seconds.

    >>> seconds(90) == minutes(1.5)
    true
    """

    name = "seconds"
    seconds = 1
    parameters = (Parameter("n", (DECIMAL,)),)


class _Calendar(Function):
    """So many units of the calendar."""

    family = "date"
    months: ClassVar[int]
    parameters = (Parameter("n", (INTEGER,)),)
    returns: ValueType = MONTHS  # type: ignore[misc]

    def value(self, moment: Moment, n: Any) -> Months | None:
        """In Python."""
        return None if n is None or abs(n) * self.months > _MOST else Months(int(n) * self.months)

    def column(self, sql: "Sql", n: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(MONTHS, (call_python(sql, self.name, BigInteger(), (n,)),))
        bound = exact(sql, n) * literal(self.months, Integer())
        return Value(MONTHS, (cast(func.trellis_small(bound, _MOST), BigInteger),))


class MonthsFunction(_Calendar):
    """So many months, to move a date by; past a month's end it is the month's last day.

    >>> date('2026-01-31') + months(1)
    date('2026-02-28')
    """

    name = "months"
    months = 1

    def postgresql(self) -> tuple[str, ...]:
        """A number that is empty when it is too large."""
        return (
            (
                "{place}.trellis_small(value numeric, most integer) RETURNS numeric LANGUAGE sql IMMUTABLE "
                "PARALLEL SAFE AS $$ SELECT CASE WHEN abs(value) <= most THEN value END $$"
            ),
        )


class Years(_Calendar):
    """So many years, to move a date by; the 29th of February becomes the 28th where there is none.

    >>> date('2024-02-29') + years(1)
    date('2025-02-28')
    """

    name = "years"
    months = 12
