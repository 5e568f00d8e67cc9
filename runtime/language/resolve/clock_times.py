"""Times as triggers write them: cron's notation, an offset from a date, a time of day, a time zone."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from runtime.model.duration import read_duration

WORKDAYS = re.compile(r"([+-]?\d{1,4}) workdays?")
DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def cron_problem(text: str) -> str:
    """What is wrong with a time in cron's notation; '' where nothing is."""
    if len(text.split()) != 5:
        return "it has five parts: minute, hour, day, month, day of the week"
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, ValueError) as error:
        return str(error)
    except StopIteration:
        return "it never comes"
    return ""


def read_offset(text: str) -> tuple[timedelta, int] | None:
    """A length of time, and a number of days that are worked: one of the two."""
    found = WORKDAYS.fullmatch(text.strip())
    if found is not None:
        return timedelta(), int(found[1])
    length = read_duration(text)
    return None if length is None else (length, 0)


def read_time(text: str) -> time | None:
    """A time of day, such as 08:00."""
    found = DAY.fullmatch(text.strip())
    return None if found is None else time(int(found[1]), int(found[2]))


def is_zone(name: str) -> bool:
    """Whether a text names a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
