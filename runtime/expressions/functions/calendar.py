"""Functions of the calendar: parts of a date, beginnings and ends of periods, workdays, and dates as text."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import BigInteger, Date, Integer, Text, case, cast, func, literal, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from runtime.expressions import calendar, codes
from runtime.expressions.calculating_in_sql import exact, plain
from runtime.expressions.functions.base import Function, Parameter, Site
from runtime.expressions.moment import Moment
from runtime.expressions.passing import call_python
from runtime.expressions.texts import kept
from runtime.expressions.tree import Call, Literal, Node
from runtime.expressions.value import Value
from runtime.expressions.writing import local_text
from runtime.model.types import DATE, DATETIME, INTEGER, TEXT

if TYPE_CHECKING:
    from runtime.expressions.sql import Sql

_DATE = Parameter("date", (DATE,))


class AddMonths(Function):
    """A date so many months later; past a month's end it is the month's last day.

    >>> add_months(date('2026-01-31'), 1)
    date('2026-02-28')
    """

    name = "add_months"
    family = "date"
    parameters = (_DATE, Parameter("months", (INTEGER,)))
    returns = DATE

    def value(self, moment: Moment, day: date | None, months: int | None) -> date | None:
        """In Python."""
        if day is None or months is None or abs(months) > 120_000:
            return None
        found: date | None = calendar.add_months(day, int(months))
        return found

    def column(self, sql: "Sql", day: Value, months: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(DATE, (call_python(sql, self.name, Date(), (day, months)),))
        by = cast(func.trellis_small(exact(sql, months), 120_000), BigInteger)
        return Value(DATE, (func.trellis_add_months(plain(sql, day, Date()), by, type_=Date()),))


class _Workdays(Function):
    family = "date"
    zoned = True

    def terms(self, sql: "Sql") -> tuple[Any, Any]:
        """The days of the week that are worked, Monday being 1, and the holidays, for PostgreSQL."""
        terms = sql.moment.terms
        week = cast(literal([day + 1 for day in terms.week], ARRAY(Integer)), ARRAY(Integer))
        return week, cast(literal(sorted(terms.holidays), ARRAY(Date)), ARRAY(Date))


class AddWorkdays(_Workdays):
    """The n-th workday after a date (before it, for a negative n), by the workdays of ``pack.yaml``.

    >>> add_workdays(date('2026-01-30'), 1)
    date('2026-02-02')
    >>> add_workdays(date('2026-02-02'), -1)
    date('2026-01-30')
    """

    name = "add_workdays"
    parameters = (_DATE, Parameter("n", (INTEGER,)))
    returns = DATE

    def value(self, moment: Moment, day: date | None, n: int | None) -> date | None:
        """In Python."""
        if day is None or n is None:
            return None
        return calendar.add_workdays(day, int(n), moment.terms.week, moment.terms.holidays)

    def column(self, sql: "Sql", day: Value, n: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(DATE, (call_python(sql, self.name, Date(), (day, n), zoned=True),))
        given = (plain(sql, day, Date()), exact(sql, n), *self.terms(sql))
        return Value(DATE, (func.trellis_add_workdays(*given, type_=Date()),))

    def postgresql(self) -> tuple[str, ...]:
        """Both functions of workdays."""
        return (
            (
                "{place}.trellis_add_workdays(day date, n numeric, week integer[], "
                "holidays date[]) RETURNS date "
                "LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$ DECLARE remaining int; step int; BEGIN "
                f"IF day IS NULL OR n IS NULL OR abs(n) > {calendar.MOST_WORKDAYS} OR cardinality(week) = 0 "
                "THEN RETURN NULL; END IF; remaining := abs(n)::int; step := CASE WHEN "
                "n < 0 THEN -1 ELSE 1 END; "
                "WHILE remaining > 0 LOOP day := day + step; "
                "IF day < '0001-01-01' OR day > '9999-12-31' THEN RETURN NULL; END IF; "
                "IF extract(isodow FROM day)::int = ANY(week) AND NOT day = ANY(holidays) "
                "THEN remaining := remaining - 1; END IF; END LOOP; RETURN day; END $$"
            ),
            (
                "{place}.trellis_workdays(a date, b date, week integer[], holidays date[]) RETURNS integer "
                "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN a <= b THEN "
                "((b - a) / 7 * cardinality(week) + (SELECT count(*) FROM "
                "generate_series(1, mod(b - a, 7)) i "
                "WHERE extract(isodow FROM a + i::int)::int = ANY(week)) "
                "- (SELECT count(*) FROM unnest(holidays) h "
                "WHERE h > a AND h <= b AND extract(isodow FROM h)::int = ANY(week)))::int END $$"
            ),
            (
                "{place}.trellis_workdays_between(a date, b date, week integer[], holidays date[]) "
                "RETURNS integer "
                "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN a <= b "
                "THEN {place}.trellis_workdays(a, b, week, holidays) "
                "ELSE -{place}.trellis_workdays(b, a, week, holidays) END $$"
            ),
        )


class WorkdaysBetween(_Workdays):
    """How many workdays come after one date up to another; negative when the other is the earlier.

    >>> workdays_between(date('2026-01-30'), date('2026-02-03'))
    2
    """

    name = "workdays_between"
    parameters = (Parameter("start", (DATE,)), Parameter("end", (DATE,)))
    returns = INTEGER

    def value(self, moment: Moment, start: date | None, end: date | None) -> int | None:
        """In Python."""
        if start is None or end is None:
            return None
        return calendar.workdays_between(start, end, moment.terms.week, moment.terms.holidays)

    def column(self, sql: "Sql", start: Value, end: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            column = call_python(sql, self.name, BigInteger(), (start, end), zoned=True)
            return Value(INTEGER, (column,))
        given = (plain(sql, start, Date()), plain(sql, end, Date()), *self.terms(sql))
        return Value(INTEGER, (func.trellis_workdays_between(*given, type_=Integer()),))


class DaysBetween(Function):
    """How many days one date is after another; negative when it is before.

    >>> days_between(date('2026-01-31'), date('2026-02-02'))
    2
    """

    name = "days_between"
    family = "date"
    parameters = (Parameter("start", (DATE,)), Parameter("end", (DATE,)))
    returns = INTEGER

    def value(self, moment: Moment, start: date | None, end: date | None) -> int | None:
        """In Python."""
        return None if start is None or end is None else (end - start).days

    def column(self, sql: "Sql", start: Value, end: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(INTEGER, (call_python(sql, self.name, BigInteger(), (start, end)),))
        one, other = plain(sql, start, Date()), plain(sql, end, Date())
        return Value(INTEGER, (other.op("-", return_type=Integer())(one).self_group(),))


class _Period(Function):
    family = "date"
    parameters = (_DATE, Parameter("period", (TEXT,), constant=True))
    returns = DATE

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """A period that there is."""
        period = arguments[1]
        if not isinstance(period, Literal) or period.value not in calendar.PERIODS:
            message = f"{self.name} takes one of the periods {', '.join(calendar.PERIODS)}."
            site.report(
                codes.ARGUMENT_TYPE, period.start, period.end, message, f"write {self.name}(date, 'month')"
            )
            return None
        return super().check(arguments, site)


class StartOf(_Period):
    """The first day of the week (a Monday), month, quarter or year of a date.

    >>> start_of(date('2026-02-18'), 'month')
    date('2026-02-01')
    >>> start_of(date('2026-02-18'), 'week')
    date('2026-02-16')
    """

    name = "start_of"

    def value(self, moment: Moment, day: date | None, period: str) -> date | None:
        """In Python."""
        return None if day is None else calendar.start_of(day, period)

    def column(self, sql: "Sql", day: Value, period: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(DATE, (call_python(sql, self.name, Date(), (day, period)),))
        return Value(DATE, (_truncated(sql, day, period),))


class EndOf(_Period):
    """The last day of the week (a Sunday), month, quarter or year of a date.

    >>> end_of(date('2026-02-18'), 'month')
    date('2026-02-28')
    >>> end_of(date('2026-02-18'), 'quarter')
    date('2026-03-31')
    """

    name = "end_of"

    def value(self, moment: Moment, day: date | None, period: str) -> date | None:
        """In Python."""
        return None if day is None else calendar.end_of(day, period)

    def column(self, sql: "Sql", day: Value, period: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(DATE, (call_python(sql, self.name, Date(), (day, period)),))
        length = "3 months" if period.known == "quarter" else f"1 {period.known}"
        after = _truncated(sql, day, period).op("+")(cast(length, _interval()))
        last = cast(after.op("-")(cast("1 day", _interval())), Date)
        bounded = func.least(last, cast(literal(date.max, Date()), Date))
        return Value(DATE, (type_coerce(case((last.is_not(None), bounded)), Date()),))


def _interval() -> Any:
    from sqlalchemy.dialects.postgresql import INTERVAL

    return INTERVAL()


def _truncated(sql: "Sql", day: Value, period: Value) -> Any:
    from sqlalchemy import TIMESTAMP

    return cast(func.date_trunc(period.known, cast(plain(sql, day, Date()), TIMESTAMP())), Date)


class _Part(Function):
    family = "date"
    parameters = (_DATE,)
    returns = INTEGER
    part: ClassVar[str]
    """What PostgreSQL calls it."""

    def value(self, moment: Moment, day: date | None) -> int | None:
        """In Python."""
        return None if day is None else self.of(day)

    def of(self, day: date) -> int:
        """The part of a date."""
        raise NotImplementedError

    def column(self, sql: "Sql", day: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(INTEGER, (call_python(sql, self.name, BigInteger(), (day,)),))
        return Value(INTEGER, (cast(func.date_part(self.part, plain(sql, day, Date())), Integer),))


class Year(_Part):
    """The year of a date.

    >>> year(date('2026-02-18'))
    2026
    """

    name = "year"
    part = "year"

    def of(self, day: date) -> int:
        """The year."""
        return day.year


class Month(_Part):
    """The month of a date, from 1 to 12.

    >>> month(date('2026-02-18'))
    2
    """

    name = "month"
    part = "month"

    def of(self, day: date) -> int:
        """The month."""
        return day.month


class Day(_Part):
    """The day of the month of a date.

    >>> day(date('2026-02-18'))
    18
    """

    name = "day"
    part = "day"

    def of(self, day: date) -> int:
        """The day."""
        return day.day


class Weekday(_Part):
    """The day of the week of a date: Monday is 1, Sunday 7.

    >>> weekday(date('2026-02-18'))
    3
    """

    name = "weekday"
    part = "isodow"

    def of(self, day: date) -> int:
        """The day of the week."""
        return day.isoweekday()


class Week(_Part):
    """The week of a date, by ISO 8601: week 1 has the year's first Thursday.

    >>> week(date('2026-01-01'))
    1
    """

    name = "week"
    part = "week"

    def of(self, day: date) -> int:
        """The week."""
        return day.isocalendar().week


class Quarter(_Part):
    """The quarter of a date, from 1 to 4.

    >>> quarter(date('2026-02-18'))
    1
    """

    name = "quarter"
    part = "quarter"

    def of(self, day: date) -> int:
        """The quarter."""
        return (day.month - 1) // 3 + 1


_TOKEN = re.compile("YYYY|YY|MM|M|DD|D|HH|mm")
_PICTURES = {
    "YYYY": "YYYY",
    "YY": "YY",
    "MM": "MM",
    "M": "FMMM",
    "DD": "DD",
    "D": "FMDD",
    "HH": "HH24",
    "mm": "MI",
}


class FormatDate(Function):
    """A date, or a date and time, as text: ``YYYY YY MM M DD D HH mm`` stand for its parts.

    A date and time is in the site's time zone.

    >>> format_date(date('2026-02-08'), 'D.M.YYYY')
    '8.2.2026'
    >>> format_date(date('2026-02-08'), 'YYYY-MM-DD')
    '2026-02-08'
    """

    name = "format_date"
    family = "date"
    parameters = (Parameter("date", (DATE, DATETIME)), Parameter("pattern", (TEXT,), constant=True))
    returns = TEXT
    zoned = True

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """A moment stays one: its hour may be asked for."""
        pattern = self._argument(self.parameters[1], arguments[1], site)
        if arguments[0].type == DATETIME:
            first: Node | None = arguments[0]
        else:
            first = self._argument(self.parameters[0], arguments[0], site)
        if first is None or pattern is None:
            return None
        return Call(TEXT, site.start, site.end, self.name, (first, pattern))

    def value(self, moment: Moment, day: Any, pattern: str | None) -> str | None:
        """In Python."""
        if day is None or pattern is None:
            return None
        if isinstance(day, datetime):
            try:
                day = day.astimezone(moment.timezone)
            except OverflowError:
                return None
        hour, minute = (day.hour, day.minute) if isinstance(day, datetime) else (0, 0)
        parts = {
            "YYYY": f"{day.year:04}",
            "YY": f"{day.year % 100:02}",
            "MM": f"{day.month:02}",
            "M": str(day.month),
            "DD": f"{day.day:02}",
            "D": str(day.day),
            "HH": f"{hour:02}",
            "mm": f"{minute:02}",
        }
        return kept(_TOKEN.sub(lambda found: parts[found[0]], pattern))

    def column(self, sql: "Sql", day: Value, pattern: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            zoned = day.type == DATETIME
            return Value(TEXT, (call_python(sql, self.name, Text(), (day, pattern), zoned=zoned),))
        if not isinstance(pattern.known, str):
            return Value(TEXT)
        picture = ""
        position = 0
        for found in _TOKEN.finditer(pattern.known):
            picture += _quoted(pattern.known[position : found.start()]) + _PICTURES[found[0]]
            position = found.end()
        picture += _quoted(pattern.known[position:])
        if day.type == DATETIME:
            return Value(TEXT, (local_text(sql, day, picture),))
        return Value(TEXT, (func.to_char(plain(sql, day, Date()), picture, type_=Text()),))


def _quoted(text: str) -> str:
    """Text that stands for itself in a picture of to_char."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if text else ""
