"""Dates of moments in the site's time zone, in Python and on both databases."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, cast, func, literal

from runtime.expressions.binding import Binding
from runtime.expressions.columns import moment_text, read_moment
from runtime.expressions.moment import Moment, Terms


def local_date(moment: datetime, timezone: tzinfo) -> date | None:
    """The date of a moment in a time zone; None past the years 1 to 9999."""
    try:
        return moment.astimezone(timezone).date()
    except OverflowError:
        return None


def local_date_in_sql(moment: ColumnElement[Any], timezone: tzinfo, binding: Binding) -> ColumnElement[Any]:
    """The same in SQL."""
    zone = literal(zone_name(timezone))
    if binding.dialect == "sqlite":
        return func.trellis_date(moment, zone, type_=Date())
    return cast(func.timezone(zone, moment), Date)


def first_moment(day: date, timezone: tzinfo) -> datetime | None:
    """The first moment of a day in a time zone.

    None when the day's moments are no one stretch of time: past the year 9999, and on the rare days whose
    midnight a clock change repeats or skips.
    """
    try:
        midnight = datetime.combine(day, time(), timezone)
        repeated = midnight.replace(fold=1)
        if midnight.utcoffset() != repeated.utcoffset():
            return None
        return midnight.astimezone(UTC)
    except OverflowError:
        return None


def day_after(day: date) -> date | None:
    """The next day; None after the last that there is."""
    return day + timedelta(days=1) if day < date.max else None


def sqlite_functions() -> Mapping[str, Callable[..., Any]]:
    """The SQLite functions of this file by name; each takes two arguments and is deterministic."""
    return MappingProxyType({"trellis_date": _date_of_text, "trellis_shift": _shift_text})


def _date_of_text(moment: str | None, zone: str) -> str | None:
    if moment is None:
        return None
    day = local_date(read_moment(moment), ZoneInfo(zone))
    return day.isoformat() if day else None


def _shift_text(moment: str | None, seconds: int) -> str | None:
    if moment is None:
        return None
    try:
        return moment_text(read_moment(moment) + timedelta(seconds=seconds))
    except OverflowError:
        return None


def place_text(moment: Moment) -> str:
    """The site's time zone and workdays as a text that a function of SQLite is given."""
    terms = moment.terms
    days = ",".join(map(str, terms.week))
    holidays = ",".join(sorted(day.isoformat() for day in terms.holidays))
    return f"{zone_name(moment.timezone)};{days};{holidays}"


def moment_at(place: str) -> Moment:
    """A moment at a place, for functions that depend on the place and not on when it is."""
    zone, days, holidays = (place or "UTC;;").split(";")
    terms = Terms(
        week=tuple(map(int, days.split(","))) if days else (),
        holidays=frozenset(map(date.fromisoformat, holidays.split(","))) if holidays else frozenset(),
    )
    return Moment(date.min, datetime.min.replace(tzinfo=UTC), None, ZoneInfo(zone), terms)


def zone_name(timezone: tzinfo) -> str:
    if isinstance(timezone, ZoneInfo):
        return timezone.key
    if timezone is UTC:
        return "UTC"
    raise ValueError(f"{timezone!r} has no name that a database knows; a ZoneInfo is needed.")
