"""Quick filters: small controls over a list whose values live in the address and become conditions of the one
language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runtime.base.messages import Translate, phrase
from runtime.expressions.conditions import Conditions
from runtime.expressions.filters.base import Row
from runtime.model.catalog import Path
from runtime.model.types import ListType

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
"""The periods that a date may be filtered by, with what they read in English.

Each is an operator of the filter builder, by its name or by :data:`COUNTED`.
"""
COUNTED: Mapping[str, tuple[str, Mapping[str, object]]] = MappingProxyType(
    {"last_30_days": ("last_days", {"n": 30}), "next_30_days": ("next_days", {"n": 30})}
)


@dataclass(frozen=True, slots=True)
class Range:
    """The ends of a range as they were typed; either may be empty."""

    min: str = ""
    max: str = ""

    @property
    def text(self) -> str:
        """As it reads; '' where there is no end."""
        if not self.min and not self.max:
            return ""
        return self.min if self.min == self.max else f"{self.min} \u2013 {self.max}"


def period_labels(translate: Translate) -> list[tuple[str, str]]:
    """The periods in the reader's language, in order."""
    return [(key, translate(label)) for key, label in PERIODS.items()]


def condition(path: Path, by: str, value: str, range_: Range, conditions: Conditions) -> str | None:
    """The condition that a control's value stands for, as an expression; None when nothing was chosen.

    ``by`` is what the field's type is filtered by; if that is a range, the ends of ``range_`` are literals.
    A value that cannot be one of the field's gives a condition that the parser of the language refuses, so a
    mistyped address is told so and never ignored.
    """
    if by == "period":
        return _date_condition(path, value, range_, conditions)
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
        return f"{path.text} == {value}" if value.isdecimal() else f"{path.text} == {quote(value)}"
    if by == "member" or (by == "text" and isinstance(path.field.value_type, ListType)):
        return f"{value if path.field.targets else quote(value)} in {path.text}"
    if by in ("choice", "value"):
        return f"{path.text} == {quote(value)}"
    return f"contains({path.text}, {quote(value)})"


def quote(text: str) -> str:
    """A text as a literal of the expression language."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _date_condition(path: Path, value: str, range_: Range, conditions: Conditions) -> str | None:
    text = path.text
    if value and value not in PERIODS:
        return f"{text} == {quote(value)}"
    operator, values = COUNTED.get(value, (value, {}))
    parts = [conditions.write(Row(text, operator, values))] if value else []
    parts += [f"{text} >= {quote(range_.min)}"] if range_.min else []
    parts += [f"{text} <= {quote(range_.max)}"] if range_.max else []
    return " and ".join(parts) or None
