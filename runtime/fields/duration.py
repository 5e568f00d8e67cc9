"""The field type ``duration``: a length of time."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from runtime.base.messages import message, phrase
from runtime.expressions.columns import Microseconds
from runtime.fields.base import (
    Column,
    Example,
    FieldType,
    Input,
    InvalidValueError,
    Parsing,
    Schema,
    Surroundings,
    refuse,
    refuse_unreadable,
)
from runtime.fields.duration_format import clock_text, exact, iso_text
from runtime.fields.formats import Formats, UnreadableError
from runtime.model.catalog import Field, Picklist
from runtime.model.duration import LONGEST, read_duration, write_duration
from runtime.model.types import DURATION, ValueType

_SENTENCE = phrase("{label} must be a duration, such as PT1H30M, 1:30 or 7 days.")


class Duration(FieldType):
    """A length of time, below zero too: people type ``1:30``, ``1 h 30 min`` or ``7 days``, and REST has
    ISO 8601's ``PT1H30M``.

    It is kept as a whole number of microseconds, so that the difference of any two moments fits it exactly.
    Months and years have no fixed length, and are no durations.
    """

    name = "duration"
    title = "Duration"
    widget = "duration"
    computable = True
    filtered_by = "range"
    measured = True
    settings_schema = MappingProxyType(
        {
            "min": {"type": "string", "description": "The shortest it may be, such as 0 minutes."},
            "max": {"type": "string", "description": "The longest it may be, such as 40 hours."},
        }
    )
    operators = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is_empty")
    examples = (
        Example("PT1H30M", timedelta(hours=1, minutes=30)),
        Example("1:30", timedelta(hours=1, minutes=30)),
        Example("P7D", timedelta(days=7)),
        Example("7 days", timedelta(days=7)),
        Example("-2 hours", timedelta(hours=-2)),
        Example("1 hour 30 minutes", timedelta(minutes=90)),
        Example("-PT0.5S", timedelta(milliseconds=-500)),
        Example("0:00:15", timedelta(seconds=15)),
        Example("PT0S", timedelta()),
        Example(" 1000:00 ", timedelta(hours=1000)),
        Example("", None),
        Example("PT8H", timedelta(hours=8), {"min": "0 minutes", "max": "8 hours"}),
    )
    rejects = (
        "90",
        90,
        "1:60",
        "P",
        "PT",
        "P1Y",
        "P2M",
        "3 months",
        "half an hour",
        "1000001 days",
        "PT1H30",
        "1 hour and a half",
        "\u0661:30",
        True,
        ["PT1H"],
        {"hours": 1},
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the limits as durations."""
        limits = {key: _limit(key, text) for key, text in settings.items()}
        if "min" in limits and "max" in limits and limits["min"] > limits["max"]:
            raise InvalidValueError(
                message(
                    "The setting min ({min}) is above max ({max}).", min=settings["min"], max=settings["max"]
                )
            )
        return limits

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A duration."""
        return DURATION

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of microseconds."""
        return (Column("", Microseconds()),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> timedelta | None:
        """The duration; a form and an import take the words of their language too."""
        value = self._read(raw, field, parsing)
        if value is not None:
            least, most = field.settings.get("min", -LONGEST), field.settings.get("max", LONGEST)
            if value < least:
                raise refuse(field, "{label} must be at least {min}.", min=write_duration(least))
            if value > most:
                raise refuse(field, "{label} must be at most {max}.", max=write_duration(most))
        return value

    def _read(self, raw: object, field: Field, parsing: Parsing) -> timedelta | None:
        if raw is None or isinstance(raw, timedelta):
            return raw
        if not isinstance(raw, str):
            raise refuse(field, _SENTENCE)
        text = raw.strip()
        if not text:
            return None
        try:
            if parsing.door != "rest":
                return parsing.formats.parse_duration(text)
            value = exact(text)
        except UnreadableError as error:
            raise refuse_unreadable(field, error) from None
        value = read_duration(text) if value is None else value
        if value is None:
            raise refuse(field, _SENTENCE)
        return value

    def to_json(self, value: Any) -> object:
        """ISO 8601's way."""
        return None if value is None else iso_text(value)

    def from_json(self, value: Any) -> object:
        """The duration again."""
        return None if value is None else exact(value)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The duration in the reader's words."""
        return "" if value is None else formats.duration(value)

    def plain(self, value: Any) -> str:
        """Hours and minutes, and seconds if need be: ``168:00``."""
        return "" if value is None else clock_text(value)

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """Hours and minutes; whole days in days."""
        if value and not value % timedelta(days=1):
            return f"{value.days} d"
        return self.plain(value)

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """A text of ISO 8601."""
        return {"type": ["string", "null"], "pattern": r"^-?P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9.]+S)?)?$"}

    def written_schema(self, settings: Mapping[str, Any]) -> Schema:
        """A text of ISO 8601, or in words."""
        return {"type": ["string", "null"], "maxLength": 80}


def _limit(key: str, text: str) -> timedelta:
    value = read_duration(text)
    if value is None:
        raise InvalidValueError(
            message(
                'The setting {key} is "{written}"; write it as 7 days or 90 minutes.', key=key, written=text
            )
        )
    return value
