"""The field type ``date``: a day of the calendar, without a time zone."""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date as DateColumn

from runtime.fields.base import Column, Example, FieldType, Parsing, refuse, refuse_unreadable
from runtime.fields.date_format import by_format, read_moment
from runtime.fields.formats import Formats, UnreadableError
from runtime.model.catalog import Field, Picklist
from runtime.model.types import DATE, ValueType

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Date(FieldType):
    """A day of the years 1 to 9999; in REST ``2026-01-31``."""

    name = "date"
    title = "Date"
    widget = "date"
    computable = True
    filtered_by = "period"
    operators = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is_empty")
    examples = (
        Example("2026-01-31", datetime.date(2026, 1, 31)),
        Example(" 2024-02-29 ", datetime.date(2024, 2, 29)),
        Example("0001-01-01", datetime.date(1, 1, 1)),
        Example("9999-12-31", datetime.date(9999, 12, 31)),
        Example("", None),
    )
    rejects = (
        "2026-02-29",
        "31.1.2026",
        "2026-01-31T00:00:00Z",
        "2026-W05-6",
        "20260131",
        "0000-01-01",
        "10000-01-01",
        "\u0662\u0660\u0662\u0666-01-31",
        20260131,
        True,
        ["2026-01-31"],
    )

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A date."""
        return DATE

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of dates."""
        return (Column("", DateColumn()),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> datetime.date | None:
        """The day. An import may give it with a time, where the format says so or it is midnight."""
        if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
            return raw
        if raw is None:
            return None
        if not isinstance(raw, str):
            raise refuse(field, "{label} must be a date, such as 2026-01-31.")
        text = raw.strip()
        if not text:
            return None
        try:
            if parsing.door == "import" and parsing.date_format:
                return by_format(text, parsing.date_format).date()
            if parsing.door == "import":
                moment = read_moment(text)
                if moment and moment.time() == datetime.time():
                    return moment.date()
            elif parsing.door == "rest" and not _ISO.fullmatch(text):
                raise refuse(field, "{label} must be a date, such as 2026-01-31.")
            return parsing.formats.parse_date(text)
        except UnreadableError as error:
            raise refuse_unreadable(field, error) from None

    def to_json(self, value: Any) -> object:
        """The day in ISO's way."""
        return None if value is None else value.isoformat()

    def from_json(self, value: Any) -> object:
        """The day again."""
        return None if value is None else datetime.date.fromisoformat(value)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The day in the reader's language."""
        return "" if value is None else formats.date(value)
