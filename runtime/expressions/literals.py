"""Literals: how numbers, dates and texts are written in an expression, and read from it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from runtime.expressions.numbers import DIGITS
from runtime.model.duration import write_duration
from runtime.model.values import Money

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_CLOCK = re.compile(r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?\Z", re.ASCII)
_DATETIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:\d{2})?\Z", re.ASCII
)


def exact_number(written: str) -> Decimal | int | None:
    """The number of a plain literal such as ``1_000.50``; None when it has more than 18 digits."""
    plain = written.replace("_", "")
    digits = plain.replace(".", "").lstrip("0")
    if len(digits) > DIGITS:
        return None
    return Decimal(plain) if "." in plain else int(plain)


def read_date(text: str) -> date | None:
    """The date of ``2026-01-31``; None when it is none."""
    if not _DATE.match(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_datetime(text: str) -> datetime | None:
    """The moment of ``2026-01-31T08:00``, in UTC if it names a zone, and without a zone if it does not."""
    match = _DATETIME.match(text)
    if not match:
        return None
    day, time, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone == 'Z' else zone or ''}")
        return moment.astimezone(UTC) if zone else moment
    except (ValueError, OverflowError):
        return None


def read_time(text: str) -> time | None:
    """The time of day of ``09:30`` or ``09:30:15``; None when it is none."""
    try:
        return time.fromisoformat(text) if _CLOCK.match(text) else None
    except ValueError:
        return None


def write_literal(value: object) -> str:
    """The value as it is written in an expression, for building conditions from what people choose.

    Knows what a canonical value may be: None, text, bool, int, Decimal, Money (its amount), date, aware
    datetime, time, timedelta, and a tuple or list of these. Raises TypeError for anything else.
    """
    match value:
        case None | "":
            return "none"
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case Money():
            return write_literal(value.amount)
        case datetime():
            if value.tzinfo is None:
                raise TypeError(f"{value} has no time zone; a moment must have one.")
            return f"'{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z'"
        case date() | time():
            return f"'{value.isoformat()}'"
        case timedelta():
            return f"'{write_duration(value)}'"
        case tuple() | list():
            return f"[{', '.join(map(write_literal, value))}]"
    raise TypeError(f"A {type(value).__name__} cannot be written in an expression.")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "'"
