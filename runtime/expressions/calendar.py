"""Calendar arithmetic in Python: months and years, beginnings and ends of periods, workdays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

PERIODS = ("day", "week", "month", "quarter", "year")
MOST_WORKDAYS = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """So many months: a length whose days are known only beside a date."""

    n: int


def add_months(value: Any, n: int) -> Any:
    """A date, or a moment, so many months later; past a month's end it is the month's last day.

    None past the years 1 to 9999. A moment keeps its time of the day, in UTC.
    """
    month = value.year * 12 + value.month - 1 + n
    year, index = divmod(month, 12)
    if not 1 <= year <= 9999:
        return None
    return value.replace(year=year, month=index + 1, day=min(value.day, _days_in(year, index + 1)))


def _days_in(year: int, month: int) -> int:
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


def start_of(day: date, period: str) -> date:
    """The first day of the week (a Monday), month, quarter or year of a day."""
    match period:
        case "week":
            return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


def end_of(day: date, period: str) -> date:
    """The last day of the week (a Sunday), month, quarter or year of a day."""
    match period:
        case "week":
            return date.fromordinal(min(day.toordinal() + 6 - day.weekday(), date.max.toordinal()))
        case "month":
            return day.replace(day=_days_in(day.year, day.month))
        case "quarter":
            month = (day.month - 1) // 3 * 3 + 3
            return day.replace(month=month, day=_days_in(day.year, month))
        case "year":
            return day.replace(month=12, day=31)
    return day


def moment_of(day: date, timezone: tzinfo, hour: int = 0, minute: int = 0) -> datetime | None:
    """The moment at which a day has come to an hour in a time zone; None outside the calendar.

    Where a clock change repeats the time, the second is meant; where it skips it, what the clocks would have
    shown without the change: so PostgreSQL reads it.
    """
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        return None
    first = datetime.combine(day, time(hour, minute), timezone)
    second = first.replace(fold=1)
    try:
        return (
            max(first.astimezone(UTC), second.astimezone(UTC)) if _repeats(first) else first.astimezone(UTC)
        )
    except OverflowError:
        return None


def _repeats(first: datetime) -> bool:
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    return before is not None and after is not None and before > after


def add_workdays(day: date, n: int, week: Collection[int], holidays: Collection[date]) -> date | None:
    """The ``n``-th workday after a day (before it, for a negative one); 0 is the day itself.

    ``week`` has the numbers of the days that are worked, Monday being 0.
    """
    if abs(n) > MOST_WORKDAYS or not week:
        return None
    step = timedelta(days=1 if n >= 0 else -1)
    left = abs(n)
    try:
        while left:
            day += step
            if day.weekday() in week and day not in holidays:
                left -= 1
    except OverflowError:
        return None
    return day


def workdays_between(start: date, end: date, week: Collection[int], holidays: Collection[date]) -> int:
    """How many workdays come after ``start`` up to ``end``; negative when ``end`` is the earlier."""
    if end < start:
        return -workdays_between(end, start, week, holidays)
    weeks, rest = divmod((end - start).days, 7)
    days = weeks * len(week)
    days += sum((start.weekday() + offset) % 7 in week for offset in range(1, rest + 1))
    return days - sum(start < holiday <= end and holiday.weekday() in week for holiday in holidays)
