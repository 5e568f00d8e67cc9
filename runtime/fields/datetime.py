"""The field type ``datetime``: a moment, UTC inside, in the reader's time zone on screens."""

import datetime
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from runtime.expressions.columns import UtcDateTime
from runtime.fields.base import Column, Example, FieldType, Input, Parsing, refuse, refuse_unreadable
from runtime.fields.date_format import by_format, in_utc, read_moment
from runtime.fields.formats import Formats, UnreadableError
from runtime.model.catalog import Field, Picklist
from runtime.model.types import DATETIME, ValueType

_SENTENCE = "{label} must be a date and time with an offset, such as 2026-01-31T09:30:00Z."


class DateTime(FieldType):
    """A moment to the microsecond; in REST RFC 3339, read in any offset and written in UTC."""

    name = "datetime"
    title = "Date and time"
    widget = "datetime"
    filtered_by = "period"
    later_settings = ("optional_time",)
    operators = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is_empty")
    examples = (
        Example("2026-01-31T09:30:00Z", datetime.datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        Example("2026-01-31T09:30:00+02:00", datetime.datetime(2026, 1, 31, 7, 30, tzinfo=UTC)),
        Example(
            "2026-01-31t23:59:59.123456-05:30", datetime.datetime(2026, 2, 1, 5, 29, 59, 123456, tzinfo=UTC)
        ),
        Example("2026-07-01T00:00:00.5Z", datetime.datetime(2026, 7, 1, 0, 0, 0, 500000, tzinfo=UTC)),
        Example("0001-01-02T00:00:00Z", datetime.datetime(1, 1, 2, tzinfo=UTC)),
        Example("9999-12-30T23:59:59Z", datetime.datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC)),
        Example("", None),
    )
    rejects = (
        "2026-01-31T09:30:00",
        "2026-01-31",
        "2026-02-30T00:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T09:30:60Z",
        "2026-01-31T09:30:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "yesterday",
        1769851800,
        True,
        {"date": "2026-01-31"},
    )

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A datetime."""
        return DATETIME

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of moments."""
        return (Column("", UtcDateTime()),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> datetime.datetime | None:
        """The moment in UTC; without an offset, which REST demands, it is in the zone of ``parsing``."""
        if raw is None:
            return None
        moment: datetime.datetime | None
        try:
            if isinstance(raw, str):
                text = raw.strip()
                if not text:
                    return None
                if parsing.door == "import" and parsing.date_format:
                    moment = by_format(text, parsing.date_format)
                elif parsing.door == "rest":
                    moment = read_moment(text)
                else:
                    return parsing.formats.parse_datetime(text, parsing.timezone)
            else:
                moment = raw if isinstance(raw, datetime.datetime) else None
            if moment is None or (moment.tzinfo is None and parsing.door == "rest"):
                raise refuse(field, _SENTENCE)
            return in_utc(moment, parsing.timezone)
        except UnreadableError as error:
            raise refuse_unreadable(field, error) from None

    def to_json(self, value: Any) -> object:
        """RFC 3339 in UTC, with the decimals of the second that it needs."""
        return None if value is None else value.replace(tzinfo=None).isoformat() + "Z"

    def from_json(self, value: Any) -> object:
        """The moment again."""
        return None if value is None else datetime.datetime.fromisoformat(value)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The moment in the reader's language and time zone, to the minute."""
        return "" if value is None else formats.datetime(value)

    def plain(self, value: Any) -> str:
        """RFC 3339 in UTC."""
        return "" if value is None else str(self.to_json(value))

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The reader's own time, as the browser's control holds it."""
        return "" if value is None else formats.input_datetime(value)

    def is_unchanged(self, sent: Input, held: Input) -> bool:
        """The same moment; browsers leave zeros out."""
        return _shortest(str(sent)) == _shortest(str(held))


def _shortest(moment: str) -> str:
    """A moment without the zeros that a browser leaves out."""
    seconds, point, fraction = moment.partition(".")
    fraction = fraction.rstrip("0")
    if fraction:
        return seconds + point + fraction
    return seconds.removesuffix(":00") if seconds.count(":") == 2 else seconds
