"""The field type ``datetime``: a moment, UTC inside, in the reader's time zone on screens."""

import datetime
import re
from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date as DateColumn

from runtime.base.messages import phrase
from runtime.expressions.columns import UtcDateTime
from runtime.fields.base import (
    Column,
    Example,
    FieldType,
    Input,
    Parsing,
    Schema,
    Sent,
    Surroundings,
    refuse,
    refuse_unreadable,
)
from runtime.fields.date_format import by_format, in_utc, read_moment
from runtime.fields.formats import Formats, UnreadableError
from runtime.model.catalog import Field, Picklist
from runtime.model.types import DATETIME, ValueType
from runtime.model.values import AllDay

_SENTENCE = phrase("{label} must be a date and time with an offset, such as 2026-01-31T09:30:00Z.")

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMED = ("%H", "%I", "%M", "%S", "%X", "%c")


class DateTime(FieldType):
    """A moment to the microsecond; in REST RFC 3339, read in any offset and written in UTC."""

    name = "datetime"
    title = "Date and time"
    widget = "datetime"
    computable = True
    filtered_by = "period"
    settings_schema = MappingProxyType(
        {
            "optional_time": {
                "type": "boolean",
                "default": False,
                "description": "Whether it may be a day without a time, for what lasts all day.",
            }
        }
    )
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
        Example("2026-01-31", AllDay(datetime.date(2026, 1, 31)), {"optional_time": True}),
        Example(
            "2026-01-31T09:30:00Z",
            datetime.datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
            {"optional_time": True},
        ),
        Example("", None, {"optional_time": True}),
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

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the site's time zone, in which a day begins."""
        return {"optional_time": False, **settings, "timezone": surroundings.timezone}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A datetime."""
        return DATETIME

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of moments; beside it the day, where that may stand for a moment."""
        moment = Column("", UtcDateTime())
        return (moment, Column("day", DateColumn())) if settings.get("optional_time") else (moment,)

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The moment, and the day of what lasts all day."""
        if not isinstance(value, AllDay):
            return (value,)
        return value.moment or datetime.datetime.combine(value.day, datetime.time(), UTC), value.day

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The moment, or the day."""
        return parts[0] if len(parts) < 2 or parts[1] is None else AllDay(parts[1], parts[0])

    def is_kept_as_it_is(self, columns: int) -> bool:
        """A moment alone is."""
        return columns == 1

    def parse(self, raw: object, field: Field, parsing: Parsing) -> datetime.datetime | AllDay | None:
        """The moment in UTC; without an offset, which REST demands, it is in the zone of ``parsing``."""
        if isinstance(raw, Mapping) and parsing.door == "form" and raw.keys() == {"date", "time"}:
            raw = f"{raw['date']} {raw['time']}".strip()
        if field.settings.get("optional_time"):
            day = self._day(raw, field, parsing)
            if day is not None:
                return day
        return self._moment(raw, field, parsing)

    def _day(self, raw: object, field: Field, parsing: Parsing) -> AllDay | None:
        """The day of what has no time; None of what has one."""
        day = raw.day if isinstance(raw, AllDay) else None
        if isinstance(raw, str):
            try:
                if parsing.door == "import" and parsing.date_format:
                    timed = any(part in parsing.date_format for part in _TIMED)
                    day = None if timed or not raw.strip() else by_format(raw, parsing.date_format).date()
                elif parsing.door == "rest":
                    day = datetime.date.fromisoformat(raw) if _ISO_DAY.fullmatch(raw.strip()) else None
                elif raw.strip():
                    day = parsing.formats.parse_date(raw)
            except ValueError:
                return None
        if day is None:
            return None
        zone = ZoneInfo(field.settings["timezone"])
        try:
            moment = datetime.datetime.combine(day, datetime.time(), zone).astimezone(UTC)
        except OverflowError:
            raise refuse(field, "{label} is outside the years 1 to 9999.") from None
        return AllDay(day, moment)

    def _moment(self, raw: object, field: Field, parsing: Parsing) -> datetime.datetime | None:
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
        """RFC 3339 in UTC, with the decimals of the second that it needs; a day in ISO's way."""
        if isinstance(value, AllDay):
            return value.day.isoformat()
        return None if value is None else value.replace(tzinfo=None).isoformat() + "Z"

    def from_json(self, value: Any) -> object:
        """The moment again."""
        if value is not None and len(value) == len("2026-01-31"):
            return AllDay(datetime.date.fromisoformat(value))
        return None if value is None else datetime.datetime.fromisoformat(value)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The moment in the reader's language and time zone, to the minute; a day as a date."""
        if isinstance(value, AllDay):
            return formats.date(value.day)
        return "" if value is None else formats.datetime(value)

    def plain(self, value: Any) -> str:
        """RFC 3339 in UTC."""
        return "" if value is None else str(self.to_json(value))

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The reader's own time, as the browser's control holds it; where days may stand, in two controls."""
        if isinstance(value, AllDay):
            return {"date": value.day.isoformat(), "time": ""}
        text = "" if value is None else formats.input_datetime(value)
        if not field.settings.get("optional_time"):
            return text
        day, _, clock = text.partition("T")
        return {"date": day, "time": clock}

    def sent(self, form: Sent, name: str) -> Input:
        """The moment, or a day and a time of their own controls."""
        clock = form.texts(f"{name}:time")
        return {"date": form.text(name), "time": clock[-1]} if clock else form.text(name)

    def is_unchanged(self, sent: Input, held: Input) -> bool:
        """The same moment; browsers leave zeros out."""
        if isinstance(sent, Mapping) and isinstance(held, Mapping):
            return sent["date"] == held["date"] and _shortest(sent["time"]) == _shortest(held["time"])
        return _shortest(str(sent)) == _shortest(str(held))

    def schema(self, settings: Mapping[str, Any]) -> Schema | None:
        """A moment, or a day."""
        if not settings.get("optional_time"):
            return None
        moment, day = ({"type": "string", "format": format_} for format_ in ("date-time", "date"))
        return {"anyOf": [moment, day, {"type": "null"}]}


def _shortest(moment: str) -> str:
    """A moment without the zeros that a browser leaves out."""
    seconds, point, fraction = moment.partition(".")
    fraction = fraction.rstrip("0")
    if fraction:
        return seconds + point + fraction
    return seconds.removesuffix(":00") if seconds.count(":") == 2 else seconds
