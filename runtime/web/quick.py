"""Quick filters: small controls over a list whose values live in the address and become conditions of the one
language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from runtime.base.messages import Translate, phrase
from runtime.model.catalog import Path
from runtime.model.types import DATETIME, ListType

PERIODS = {
    "today": phrase("Today"),
    "this_week": phrase("This week"),
    "this_month": phrase("This month"),
    "this_quarter": phrase("This quarter"),
    "this_year": phrase("This year"),
    "last_30_days": phrase("Last 30 days"),
    "next_30_days": phrase("Next 30 days"),
    "last_year": phrase("Last year"),
    "past": phrase("In the past"),
    "future": phrase("In the future"),
    "empty": phrase("Not given"),
}
"""The periods that a date may be filtered by, with what they read in English."""


@dataclass(frozen=True, slots=True)
class Range:
    """The ends of a range as they were typed; either may be empty."""

    min: str = ""
    max: str = ""


def period(key: str, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a period; None leaves that end open."""
    month = today.replace(day=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    periods: Mapping[str, Callable[[], tuple[date | None, date | None]]] = {
        "today": lambda: (today, today),
        "this_week": lambda: (today - timedelta(today.weekday()), today + timedelta(6 - today.weekday())),
        "this_month": lambda: (month, _months_later(month, 1) - timedelta(1)),
        "this_quarter": lambda: (quarter, _months_later(quarter, 3) - timedelta(1)),
        "this_year": lambda: (today.replace(month=1, day=1), today.replace(month=12, day=31)),
        "last_30_days": lambda: (today - timedelta(30), today),
        "next_30_days": lambda: (today, today + timedelta(30)),
        "last_year": lambda: (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "past": lambda: (None, today - timedelta(1)),
        "future": lambda: (today + timedelta(1), None),
    }
    return periods[key]()


def period_labels(translate: Translate) -> list[tuple[str, str]]:
    """The periods in the reader's language, in order."""
    return [(key, translate(label)) for key, label in PERIODS.items()]


def condition(path: Path, by: str, value: str, range_: Range, today: date) -> str | None:
    """The condition that a control's value stands for, as an expression; None when nothing was chosen.

    ``by`` is what the field's type is filtered by; if that is a range, the ends of ``range_`` are literals.
    A value that cannot be one of the field's gives a condition that the parser of the language refuses, so a
    mistyped address is told so and never ignored.
    """
    if by == "period":
        return _date_condition(path, value, range_, today)
    if by == "range":
        ends = [f"{path.text} >= {range_.min}"] if range_.min else []
        ends += [f"{path.text} <= {range_.max}"] if range_.max else []
        return " and ".join(ends) or None
    if not value:
        return None
    if by in ("yes_no", "filled"):
        true = path.text if by == "yes_no" else f"not is_empty({path.text})"
        false = f"not {path.text}" if by == "yes_no" else f"is_empty({path.text})"
        return true if value == "true" else false
    if by == "record":
        return f"{path.text}.id == {value}" if value.isdecimal() else f"{path.text} == {quote(value)}"
    if by == "member" or (by == "text" and isinstance(path.field.value_type, ListType)):
        return f"{value if path.field.targets else quote(value)} in {path.text}"
    if by in ("choice", "value"):
        return f"{path.text} == {quote(value)}"
    return f"contains({path.text}, {quote(value)})"


def quote(text: str) -> str:
    """A text as a literal of the expression language."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _date_condition(path: Path, value: str, range_: Range, today: date) -> str | None:
    text = path.text
    if value == "empty":
        return f"is_empty({text})"
    if value and value not in PERIODS:
        return f"{text} == {quote(value)}"
    first, last = (None, None) if not value else period(value, today)
    low = range_.min or (first.isoformat() if first else "")
    high = range_.max or (last.isoformat() if last else "")
    name = f"date({text})" if path.field.value_type == DATETIME else text
    ends = [f"{name} >= {quote(low)}"] if low else []
    ends += [f"{name} <= {quote(high)}"] if high else []
    return " and ".join(ends) or None


def _months_later(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
