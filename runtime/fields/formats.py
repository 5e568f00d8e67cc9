"""Formats: how one reader's language and time zone write numbers, money, dates and times."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale, UnknownLocaleError
from phonenumbers import NumberParseException, PhoneNumberFormat

from runtime.base.messages import Translate
from runtime.fields.countries import country_names
from runtime.fields.date_format import DateFormat
from runtime.fields.duration_format import DurationFormat
from runtime.fields.number_format import NumberFormat, UnreadableError

__all__ = ["Formats", "UnreadableError"]

PHONES = 5000
"""How many telephone numbers one reader's formats remember the look of; working it out takes 0.1 ms each."""


class Formats:
    """Texts for one reader, and values from what that reader types.

    Building one loads locale data (about 10 ms the first time), so its owner keeps one for each language and
    time zone. ``translate`` gives the words that no locale data has (Yes, No). Every ``parse_…`` raises
    :class:`UnreadableError`, whose message leaves the field's ``{label}`` open.
    """

    def __init__(
        self,
        language: str,
        timezone: str,
        translate: Translate = lambda text: text,
        *,
        dates: str | None = None,
        numbers: str | None = None,
    ) -> None:
        """``dates`` and ``numbers`` are ways of writing that the reader chose over the language's own."""
        self.language = language
        self.timezone = ZoneInfo(timezone)
        self._numbers = NumberFormat(_locale(language), numbers)
        self._dates = DateFormat(_locale(language), dates)
        self._durations = DurationFormat(_locale(language))
        self._words = (translate("No"), translate("Yes"))
        self._phones: dict[tuple[str, str | None], str] = {}
        self._countries: Mapping[str, str] | None = None
        self.integer = self._numbers.integer
        self.decimal = self._numbers.decimal
        self.percent = self._numbers.percent
        self.trimmed = self._numbers.trimmed
        self.money = self._numbers.money
        self.symbol = self._numbers.symbol
        self.date = self._dates.day
        self.time = self._dates.clock
        self.parse_time = self._dates.read_time
        self.duration = self._durations.text
        self.parse_duration = self._durations.read

    def datetime(self, value: dt.datetime) -> str:
        """A moment in the reader's time zone: ``30.11.2026 9.30``."""
        return self._dates.moment(value.astimezone(self.timezone))

    def boolean(self, value: bool) -> str:
        """``Yes`` or ``No``, in the reader's language."""
        return self._words[value]

    def phone(self, value: str, region: str | None = None) -> str:
        """A telephone number as it is written between countries: ``+358 40 1234567``; any other as it is.

        One of the ``region`` is written as people do there: ``040 1234567``.
        """
        if value[:1] != "+":
            return value
        shown = self._phones.get((value, region))
        if shown is None:
            if len(self._phones) >= PHONES:
                self._phones.clear()
            shown = self._phones[value, region] = _phone(value, region)
        return shown

    @property
    def countries(self) -> Mapping[str, str]:
        """The names of all countries by their codes, in the order of the names; worked out once."""
        if self._countries is None:
            self._countries = country_names(self.language)
        return self._countries

    def country_named(self, name: str) -> str | None:
        """The code of the country of that name, in this language or in English."""
        wanted = name.casefold()
        for names in (self.countries, country_names("en")):
            for code, known in names.items():
                if known.casefold() == wanted:
                    return code
        return None

    def input_number(self, value: Decimal) -> str:
        """A number as a form's control holds it: ``-1234,50``."""
        return self._numbers.input(value)

    def input_datetime(self, value: dt.datetime) -> str:
        """A moment as the browser's own control holds it: the reader's time, to the millisecond at most."""
        local = value.astimezone(self.timezone).replace(tzinfo=None)
        if local.microsecond:
            return local.isoformat(timespec="milliseconds")
        return local.isoformat(timespec="seconds" if local.second else "minutes")

    def parse_decimal(self, text: str, decimal_mark: str | None = None) -> Decimal:
        """A number as people type it here, or plainly (``1234.5``); refused where the two ways differ.

        ``decimal_mark`` names the one separator in use, and settles it.
        """
        return _only(self._numbers.readings(text, decimal_mark), "{label} must be a number.")

    def parse_integer(self, text: str, decimal_mark: str | None = None) -> int:
        """A whole number as people type it here."""
        readings = self._numbers.readings(text, decimal_mark)
        whole = tuple(number for number in readings if number == number.to_integral_value())
        return int(_only(whole, "{label} must be a whole number."))

    def parse_boolean(self, text: str) -> bool:
        """Yes or no, in words of this language, of English, or as 1 and 0."""
        word = text.strip().casefold()
        for value, words in enumerate((("no", "n", "false", "f", "0"), ("yes", "y", "true", "t", "1"))):
            if word in words or word == self._words[value].casefold():
                return bool(value)
        raise UnreadableError("{label} must be yes or no.")

    def parse_date(self, text: str) -> dt.date:
        """A day as people type it here, or as ``2026-11-30``; the year has four digits."""
        return self._dates.read_date(text)

    def parse_datetime(self, text: str, timezone: ZoneInfo | None = None) -> dt.datetime:
        """A moment as people type it here, or in ISO's way, in UTC; ``timezone`` is of one without offset."""
        return self._dates.read_datetime(text, timezone or self.timezone).astimezone(dt.UTC)


def _phone(value: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(value)
        is_own = region is not None and phonenumbers.country_code_for_region(region) == number.country_code
        form = PhoneNumberFormat.NATIONAL if is_own else PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, form)
    except NumberParseException:
        return value


def _only(readings: tuple[Decimal, ...], otherwise: str) -> Decimal:
    if len(readings) > 1:
        raise UnreadableError(
            "{label} can be read as {one} or as {other}: write it without thousands separators.",
            one=readings[0],
            other=readings[1],
        )
    if not readings:
        raise UnreadableError(otherwise)
    return readings[0]


def _locale(language: str) -> Locale:
    """The locale of a language code such as ``fi`` or ``pt-BR``; English where there is none."""
    for code in (language, language.replace("_", "-").split("-")[0]):
        try:
            return Locale.parse(code.replace("_", "-"), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
