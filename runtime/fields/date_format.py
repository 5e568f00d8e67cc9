"""How one language writes dates and times, and reads what people type; its patterns are parsed once."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale

from runtime.fields.number_format import UnreadableError

LONGEST = 60
"""More characters than any date with a time has."""

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
"""The first moment that is kept; the day before it belongs to year 0 somewhere on earth."""
LATEST = datetime(9999, 12, 30, 23, 59, 59, 999999, tzinfo=UTC)
"""The last moment that is kept."""

WAYS: Mapping[str, str] = MappingProxyType(
    {"iso": "yyyy-MM-dd", "dots": "d.M.yyyy", "slashes": "dd/MM/yyyy", "month_first": "MM/dd/yyyy"}
)
"""The ways of writing a day that people may choose, whatever their language."""

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt]| +)([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)? ?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_TIME = re.compile(
    r"(?P<day>.*\S)[\s,]+(?P<h>[0-9]{1,2})[:.](?P<m>[0-9]{2})(?:[:.](?P<s>[0-9]{2}))?\s*(?P<half>\D*)"
)
_CLOCK = re.compile(r"(?P<h>[0-9]{1,2})[:.](?P<m>[0-9]{2})(?:[:.](?P<s>[0-9]{2}))?\s*(?P<half>[^0-9]{0,20})")
_TOKEN = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z']+)")
_PIECE = re.compile(r"[0-9]+|[^0-9\s./,\-'\u2019\u200e\u200f\u060c]+")

_PARTS = {
    "d": "{0.day}",
    "dd": "{0.day:02d}",
    "M": "{0.month}",
    "MM": "{0.month:02d}",
    "L": "{0.month}",
    "LL": "{0.month:02d}",
    "MMM": "{1}",
    "LLL": "{1}",
    "MMMM": "{1}",
    "LLLL": "{1}",
    "y": "{0.year}",
    "yyyy": "{0.year:04d}",
    "H": "{0.hour}",
    "HH": "{0.hour:02d}",
    "h": "{2}",
    "hh": "{2:02d}",
    "mm": "{0.minute:02d}",
    "ss": "{0.second:02d}",
    "a": "{3}",
    "B": "{3}",
    "b": "{3}",
}


class DateFormat:
    """Dates and times of one language. Build it once and keep it: it loads locale data."""

    def __init__(self, locale: Locale, way: str | None = None) -> None:
        """``way`` is one of :data:`WAYS`; without one a day is written as the language does."""
        own = WAYS.get(way or "")
        day = own or locale.date_formats["medium"].pattern
        hour = locale.time_formats["short"].pattern
        glue = str(locale.datetime_formats["short"])
        self._date = _template(day) or "{0.year:04d}-{0.month:02d}-{0.day:02d}"
        clock = _template(hour) or "{0.hour:02d}:{0.minute:02d}"
        self._clock = clock
        self._moment = _glue(glue, self._date, clock)
        width = "wide" if "MMMM" in day or "LLLL" in day else "abbreviated"
        self._months: tuple[str, ...] = tuple(locale.months["format"][width][month] for month in range(1, 13))
        self._month_names = _month_names(locale)
        periods = locale.day_periods["format"]["abbreviated"]
        self._halves: tuple[str, str] = (periods.get("am", "AM"), periods.get("pm", "PM"))
        self._filler = {
            word.casefold()
            for pattern in (self._date, *(str(glue) for glue in locale.datetime_formats.values()))
            for word in _PIECE.findall(re.sub(r"\{[^}]*\}", " ", pattern))
        }
        self._order = _order(day, None if own else locale)

    def day(self, value: date) -> str:
        """A day: ``30.11.2026``."""
        return self._date.format(value, self._months[value.month - 1])

    def moment(self, value: datetime) -> str:
        """A moment, to the minute, in the time zone that it is given in: ``30.11.2026 9.30``."""
        hour = value.hour
        return self._moment.format(
            value, self._months[value.month - 1], hour % 12 or 12, self._halves[hour >= 12]
        )

    def clock(self, value: time) -> str:
        """A time of day, to the minute: ``9.30``; seconds are said where there are some."""
        hour = value.hour
        said = self._clock.format(value, "", hour % 12 or 12, self._halves[hour >= 12])
        if not value.second:
            return said
        found = re.search(r"([0-9]+)([:.])([0-9]{2})", said)
        if not found:
            return value.isoformat("seconds")
        return f"{said[: found.end()]}{found[2]}{value.second:02d}{said[found.end() :]}"

    def read_time(self, text: str) -> time:
        """The time of day that was typed: ``9.30``, ``09:30:15``, ``9:30 PM``."""
        found = _CLOCK.fullmatch(text.strip())
        if not found:
            raise UnreadableError("{label} must be a time of day, such as 09:30.")
        try:
            hour = self._hour(int(found["h"]), found["half"].strip())
            return time(hour, int(found["m"]), int(found["s"] or 0))
        except ValueError:  # an UnreadableError is one
            raise UnreadableError("{label} has no such time of day.") from None

    def read_date(self, text: str) -> date:
        """The day that was typed in this language or in ISO's way; raises :class:`UnreadableError`."""
        written = _written(text)
        found = _ISO_DATE.fullmatch(written)
        if found:
            return _day(int(found[1]), int(found[2]), int(found[3]))
        return self._read_local(written)

    def read_datetime(self, text: str, zone: ZoneInfo) -> datetime:
        """The moment that was typed, in UTC; without an offset of its own it is in ``zone``.

        A day alone is its beginning. Raises :class:`UnreadableError`.
        """
        written = _written(text)
        moment = read_moment(written)
        if moment is None:
            moment = self._read_local_moment(written)
        return in_utc(moment, zone)

    def _read_local_moment(self, text: str) -> datetime:
        found = _TIME.fullmatch(text)
        if not found:
            return datetime.combine(self.read_date(text), time())
        hour = self._hour(int(found["h"]), found["half"].strip())
        day = self.read_date(found["day"])
        try:
            clock = time(hour, int(found["m"]), int(found["s"] or 0))
        except ValueError:
            raise UnreadableError("{label} has no such time of day.") from None
        return datetime.combine(day, clock)

    def _hour(self, hour: int, half: str) -> int:
        if not half:
            return hour
        word = half.replace(".", "").replace(" ", "").casefold()
        halves = [
            name.replace(".", "").replace(" ", "").replace("\u00a0", "").casefold() for name in self._halves
        ]
        for late, names in enumerate((("am", halves[0]), ("pm", halves[1]))):
            if word in names and 1 <= hour <= 12:
                return hour % 12 + 12 * late
        raise UnreadableError("{label} is not a date with a time of day.")

    def _read_local(self, text: str) -> date:
        numbers: list[str] = []
        month: int | None = None
        for piece in _PIECE.findall(text):
            if piece[0] in "0123456789":
                numbers.append(piece)
            elif piece.casefold() in self._filler:
                continue
            elif month is None and piece.casefold() in self._month_names:
                month = self._month_names[piece.casefold()]
            else:
                raise UnreadableError("{label} is not a date.")
        if len(numbers) != (3 if month is None else 2):
            raise UnreadableError("{label} is not a date.")
        years = [place for place, number in enumerate(numbers) if len(number) == 4]
        if len(years) != 1 or any(len(number) not in (1, 2, 4) for number in numbers):
            raise UnreadableError("{label} is a date whose year is not written with four digits.")
        year = int(numbers.pop(years[0]))
        if month is not None:
            return _day(year, month, int(numbers[0]))
        first, second = int(numbers[0]), int(numbers[1])
        if years[0] == 1:
            raise UnreadableError("{label} is not a date.")
        if years[0] == 0:
            return _day(year, first, second)
        return self._by_order(year, first, second)

    def _by_order(self, year: int, first: int, second: int) -> date:
        if self._order == "dm":
            return _day(year, second, first)
        if self._order == "md":
            return _day(year, first, second)
        if first != second and first <= 12 and second <= 12:
            raise UnreadableError(
                "{label} can be read as {one} or as {other}: write it as year-month-day.",
                one=_day(year, second, first).isoformat(),
                other=_day(year, first, second).isoformat(),
            )
        return _day(year, second, first) if second <= 12 else _day(year, first, second)


def read_moment(text: str) -> datetime | None:
    """A moment in ISO's (RFC 3339's) way, aware when it has an offset; None when it is written otherwise.

    Digits beyond microseconds are cut. Raises :class:`UnreadableError` where there is no such day or time.
    """
    found = _ISO_MOMENT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, part, offset = found.groups()
    date_ = _day(int(year), int(month), int(day))
    try:
        clock = time(int(hour), int(minute), int(second or 0), int((part or "0").ljust(6, "0")[:6]))
    except ValueError:
        raise UnreadableError("{label} has no such time of day.") from None
    moment = datetime.combine(date_, clock)
    if offset is None:
        return moment
    if offset in "Zz":
        return moment.replace(tzinfo=UTC)
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 23 or minutes > 59:
        raise UnreadableError("{label} has no such offset from UTC.")
    shift = timedelta(hours=hours, minutes=minutes)
    try:
        return (moment + shift if offset[0] == "-" else moment - shift).replace(tzinfo=UTC)
    except OverflowError:
        raise UnreadableError("{label} is outside the years 1 to 9999.") from None


def by_format(text: str, format_: str) -> datetime:
    """The day or moment that is written in a ``strptime`` format; raises :class:`UnreadableError`."""
    try:
        if format_ == "%Y-%m-%d" and _ISO_DAY.fullmatch(text):  # most files' way, and much the quicker
            return datetime.fromisoformat(text)
        return datetime.strptime(_written(text), format_)  # noqa: DTZ007 - the caller knows the zone
    except (ValueError, OverflowError, re.error):
        raise UnreadableError("{label} is not written as {format} says.", format=format_) from None


def in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment in UTC. A naive one is in ``zone``; of two that clocks show alike in autumn the earlier.

    Raises :class:`UnreadableError` for a time that clocks skip in spring, and outside the years 1 to 9999.
    """
    try:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        result = aware.astimezone(UTC)
        skipped = moment.tzinfo is None and result.astimezone(zone).replace(tzinfo=None) != moment
    except OverflowError:
        raise UnreadableError("{label} is outside the years 1 to 9999.") from None
    if skipped:
        raise UnreadableError("{label} is a time that the clocks of {zone} skip.", zone=zone.key)
    if not EARLIEST <= result <= LATEST:
        raise UnreadableError("{label} is outside the years 1 to 9999.")
    return result


def _written(text: str) -> str:
    written = text.strip()
    if len(written) > LONGEST or (
        not written.isascii() and any(char > "\x7f" and char.isdigit() for char in written)
    ):
        raise UnreadableError("{label} is not a date.")
    return written


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableError("{label} is a day that is not in the calendar.") from None


def _template(pattern: str) -> str | None:
    """CLDR's pattern as a template of :meth:`str.format`; None when a part of it is not known here."""
    pieces: list[str] = []
    for quoted, part, _, other in _TOKEN.findall(pattern):
        if part and part not in _PARTS:
            return None
        literal = quoted.replace("''", "'") if quoted else other
        pieces.append(_PARTS[part] if part else literal.replace("{", "{{").replace("}", "}}"))
    return "".join(pieces)


def _glue(glue: str, day: str, clock: str) -> str:
    return glue.replace("'", "").replace("{1}", "\0").replace("{0}", clock).replace("\0", day)


def _month_names(locale: Locale) -> dict[str, int]:
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                pieces = _PIECE.findall(name)
                if len(pieces) == 1 and not pieces[0].isdigit():
                    names.setdefault(pieces[0].casefold(), number)
    return names


def _order(pattern: str, locale: Locale | None) -> str:
    """``dm`` or ``md`` where the pattern leaves no doubt; that of English without a country does."""
    if locale is not None and locale.language == "en" and locale.territory is None:
        return ""
    places = [(pattern.find(letter), letter) for letter in "yMd"]
    order = "".join(letter for _, letter in sorted(places)).lower()
    return {"dmy": "dm", "mdy": "md"}.get(order, "")
