"""How one language writes durations (``1 hr 30 min``), and reads what people type."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from babel import Locale
from babel.numbers import format_decimal
from babel.units import format_unit

from runtime.fields.number_format import UnreadableError
from runtime.model.duration import LONGEST, UNITS

LONGEST_TEXT = 80
_SENTENCE = "{label} must be a duration, such as 1:30, 90 min or 7 days."
_CLOCK = re.compile(r"([+-])?([0-9]{1,9}):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{1,6}))?)?")
_ISO = re.compile(
    r"([+-])?P(?=[0-9T])(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,12})(?:\.([0-9]{1,6}))?S)?)?"
)
_WORDS = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,6}))?\s*([^\W\d_]+)\.?[\s,]*")
_MICROSECOND = UNITS["microsecond"]
_SHOWN = ("day", "hour", "minute", "second")
_ENGLISH = {"w": "week", "wk": "week", "d": "day", "h": "hour", "hr": "hour", "m": "minute", "min": "minute",
            "mins": "minute", "s": "second", "sec": "second"}  # fmt: skip
LENGTHS: tuple[Literal["long", "short", "narrow"], ...] = ("long", "short", "narrow")
_SAMPLES = (0, 1, 2, 3, 5, 7, 11, 21)
"""Numbers of every plural form that a language has."""


class DurationFormat:
    """Durations of one language; what it needs of the locale's data is looked up once."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._patterns: dict[tuple[str, str], str] = {}
        self._words: dict[str, str] = {}

    def text(self, value: timedelta) -> str:
        """Whole days as days, anything else in hours, minutes and seconds."""
        left = abs(value)
        days = left // UNITS["day"] if left and not left % UNITS["day"] else 0
        parts = [self._said("day", Decimal(days))] if days else self._parts(left)
        return ("-" if value < timedelta() else "") + " ".join(parts)

    def read(self, text: str) -> timedelta:
        """The duration that was typed: ``1:30``, ``1 h 30 min``, ``7 days``, in this language's words or
        English ones. Raises :class:`UnreadableError`.
        """
        written = text.strip()
        if len(written) > LONGEST_TEXT:
            raise UnreadableError(_SENTENCE)
        value = exact(written)
        return self._of_words(written) if value is None else value

    def _parts(self, left: timedelta) -> list[str]:
        hours, left = divmod(left, UNITS["hour"])
        minutes, left = divmod(left, UNITS["minute"])
        seconds = (Decimal(left // _MICROSECOND) / 1_000_000).normalize()
        found = (("hour", Decimal(hours)), ("minute", Decimal(minutes)), ("second", seconds))
        return [self._said(unit, count) for unit, count in found if count] or [
            self._said("minute", Decimal(0))
        ]

    def _said(self, unit: str, count: Decimal) -> str:
        form = self._locale.plural_form(count)
        pattern = self._patterns.get((unit, form))
        if pattern is None:
            pattern = self._patterns[unit, form] = self._pattern(unit, count)
        return pattern.replace("\0", format_decimal(count, "0.######", locale=self._locale))

    def _pattern(self, unit: str, count: Decimal) -> str:
        said = format_unit(count, f"duration-{unit}", LENGTHS[unit != "day"], "0.######", locale=self._locale)
        return said.replace(format_decimal(count, "0.######", locale=self._locale), "\0")

    def _of_words(self, written: str) -> timedelta:
        sign, body = (written[0], written[1:].lstrip()) if written[:1] in ("-", "+") else ("", written)
        total, at = Decimal(0), 0
        while at < len(body):
            found = _WORDS.match(body, at)
            unit = self._unit(found[3]) if found else None
            if found is None or unit is None or (found[2] and len(found[2]) == 3):
                raise UnreadableError(_SENTENCE)
            length = UNITS[unit] // _MICROSECOND
            total += Decimal(f"{found[1]}.{found[2] or 0}") * length
            at = found.end()
        if not at:
            raise UnreadableError(_SENTENCE)
        return _bounded(int(total.to_integral_value()), sign)

    def _unit(self, word: str) -> str | None:
        if not self._words:
            self._words = dict(_ENGLISH)
            for locale in (Locale("en"), self._locale):
                self._words |= _words_of(locale)
        return self._words.get(word.casefold())


def exact(written: str) -> timedelta | None:
    """The duration of a clock (``1:30``) or of ISO 8601 (``PT1H30M``); None when it is neither."""
    clock = _CLOCK.fullmatch(written)
    if clock:
        sign, hours, minutes, seconds, part = clock.groups()
        return _of_parts(sign, 0, 0, hours, minutes, seconds, part)
    iso = _ISO.fullmatch(written)
    return _of_parts(*iso.groups()) if iso else None


def clock_text(value: timedelta) -> str:
    """The duration as hours, minutes and, if there are some, seconds: ``168:00``."""
    hours, left = divmod(abs(value), UNITS["hour"])
    minutes, left = divmod(left, UNITS["minute"])
    part = f".{left.microseconds:06d}".rstrip("0") if left.microseconds else ""
    seconds = f":{left.seconds:02d}{part}" if left else ""
    return f"{'-' if value < timedelta() else ''}{hours}:{minutes:02d}{seconds}"


def iso_text(value: timedelta) -> str:
    """The duration as ISO 8601 writes it: ``PT1H30M``, ``P7D``, ``-PT0.5S``."""
    days, left = divmod(abs(value), UNITS["day"])
    hours, left = divmod(left, UNITS["hour"])
    minutes, left = divmod(left, UNITS["minute"])
    part = f".{left.microseconds:06d}".rstrip("0") if left.microseconds else ""
    time = f"{f'{hours}H' if hours else ''}{f'{minutes}M' if minutes else ''}"
    time += f"{left.seconds}{part}S" if left else ""
    body = f"{f'{days}D' if days else ''}{f'T{time}' if time else ''}" or "T0S"
    return f"{'-' if value < timedelta() else ''}P{body}"


def _of_parts(sign: str | None, *parts: str | int | None) -> timedelta:
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in parts[:5])
    part = str(parts[5] or "").ljust(6, "0")
    total = ((weeks * 7 + days) * 24 + hours) * 60 + minutes
    return _bounded((total * 60 + seconds) * 1_000_000 + int(part), sign or "")


def _bounded(microseconds: int, sign: str) -> timedelta:
    if microseconds > LONGEST // _MICROSECOND:
        raise UnreadableError("{label} is too long: it may be {max} days.", max=LONGEST.days)
    return timedelta(microseconds=-microseconds if sign == "-" else microseconds)


def _words_of(locale: Locale) -> dict[str, str]:
    """What a language calls the units, by the word."""
    found: dict[str, str] = {}
    for unit in ("week", *_SHOWN):
        for length in LENGTHS:
            for count in _SAMPLES:
                said = format_unit(count, f"duration-{unit}", length, locale=locale)
                words = re.findall(r"[^\W\d_]+", said)
                if len(words) == 1:
                    found.setdefault(words[0].casefold(), unit)
    return found
