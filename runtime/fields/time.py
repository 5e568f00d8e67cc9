"""The field type ``time``: a time of day, without a day and without a time zone."""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Time as TimeColumn

from runtime.base.messages import phrase
from runtime.fields.base import (
    Column,
    Example,
    FieldType,
    Input,
    Parsing,
    Schema,
    refuse,
    refuse_unreadable,
)
from runtime.fields.formats import Formats, UnreadableError
from runtime.model.catalog import Field, Picklist
from runtime.model.types import TIME, ValueType

_SENTENCE = phrase("{label} must be a time of day, such as 09:30 or 09:30:15.")
_ISO = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")


class Time(FieldType):
    """A time of day to the second, 00:00:00 to 23:59:59; in REST ``09:30:00``."""

    name = "time"
    title = "Time of day"
    widget = "time"
    filtered_by = "range"
    operators = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is_empty")
    examples = (
        Example("09:30", datetime.time(9, 30)),
        Example("09:30:15", datetime.time(9, 30, 15)),
        Example(" 00:00 ", datetime.time()),
        Example("23:59:59", datetime.time(23, 59, 59)),
        Example("", None),
    )
    rejects = (
        "24:00",
        "9:30",
        "09:60",
        "09:30:60",
        "0930",
        "09:30Z",
        "09:30+02:00",
        "09:30:15.5",
        "9 o'clock",
        "\u0660\u0669:30",
        930,
        True,
        ["09:30"],
    )

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A time of day."""
        return TIME

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of times."""
        return (Column("", TimeColumn()),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> datetime.time | None:
        """The time of day; people may write it in their language's way, ``9.30`` or ``9:30 PM``."""
        if isinstance(raw, datetime.time) and raw.tzinfo is None and not raw.microsecond:
            return raw
        if raw is None:
            return None
        if not isinstance(raw, str):
            raise refuse(field, _SENTENCE)
        text = raw.strip()
        if not text:
            return None
        try:
            if _ISO.fullmatch(text):
                return datetime.time.fromisoformat(text)
            if parsing.door == "rest":
                raise refuse(field, _SENTENCE)
            return parsing.formats.parse_time(text)
        except UnreadableError as error:
            raise refuse_unreadable(field, error) from None
        except ValueError:
            raise refuse(field, "{label} has no such time of day.") from None

    def to_json(self, value: Any) -> object:
        """Hours, minutes and seconds."""
        return None if value is None else value.isoformat("seconds")

    def from_json(self, value: Any) -> object:
        """The time again."""
        return None if value is None else datetime.time.fromisoformat(value)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The time in the reader's language, to the minute where it has no seconds."""
        return "" if value is None else formats.time(value)

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """What the browser's own control holds."""
        return "" if value is None else value.isoformat("seconds" if value.second else "minutes")

    def is_unchanged(self, sent: Input, held: Input) -> bool:
        """The same time; browsers leave seconds of zero out."""
        return str(sent).removesuffix(":00" if str(sent).count(":") == 2 else "\0") == held

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """Hours and minutes, seconds if need be."""
        return {"type": ["string", "null"], "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}
