"""How one language writes numbers and money, and reads what people type; its patterns are parsed once."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType

from babel import Locale
from babel.numbers import NumberPattern, get_currency_symbol

from runtime.base.messages import Message, message
from runtime.model.currency import minor_digits
from runtime.model.values import Money

LONGEST = 60
"""More characters than any number that is kept has, its separators included."""

WAYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "space_comma": ("\u00a0", ","),
        "dot_comma": (".", ","),
        "comma_dot": (",", "."),
        "apostrophe_dot": ("\u2019", "."),
    }
)
"""The marks between thousands and before decimals that people may choose, whatever their language."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_PLAIN = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_SPACES = " \u00a0\u202f\u2009"
_APOSTROPHES = "'\u2019"
_MINUSES = "-\u2212"
_INVISIBLE = str.maketrans("", "", "\u200e\u200f\u061c")
_NO_BREAK_SPACE = "\u00a0"


class UnreadableError(ValueError):
    """What was typed cannot be read; ``message`` says why and leaves the field's ``{label}`` open."""

    def __init__(self, text: str, **parameters: object) -> None:
        super().__init__(text)
        self.message: Message = message(text, **parameters)


class NumberFormat:
    """Numbers of one language, in western digits. Build it once and keep it: it loads locale data."""

    def __init__(self, locale: Locale, way: str | None = None) -> None:
        """``way`` is one of :data:`WAYS`; without one the marks are the language's."""
        self._locale = locale
        symbols = locale.number_symbols.get("latn") or {}
        own = (symbols.get("group", ","), symbols.get("decimal", "."))
        self.group_mark, self.decimal_mark = WAYS.get(way or "", own)
        self.minus: str = symbols.get("minusSign", "-")
        self._groups: tuple[int, int] = locale.decimal_formats[None].grouping
        self._exponents = tuple(Decimal(1).scaleb(-scale) for scale in range(19))
        self._percent = self._affixes(locale.percent_formats[None], "")
        self._currencies: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {}
        self._readers: dict[str, re.Pattern[str]] = {}

    def integer(self, value: int) -> str:
        """A whole number with its thousands separated: ``1 234 567``."""
        return self._grouped(f"{value:,}")

    def decimal(self, value: Decimal, scale: int) -> str:
        """A number with exactly ``scale`` decimals: ``1 234,50``."""
        exact = value.quantize(self._exponents[scale], ROUND_HALF_UP, _EXACT)
        return self._grouped(f"{exact:,f}")

    def trimmed(self, value: Decimal) -> str:
        """A number with the decimals it needs: ``25,5``."""
        return self._grouped(_trim(f"{value:,f}"))

    def percent(self, value: Decimal) -> str:
        """A percentage: 25.5 is ``25,5 %``."""
        before, after = self._percent[value < 0]
        return f"{before}{self.trimmed(abs(value))}{after}"

    def money(self, value: Money) -> str:
        """An amount with its currency's symbol and decimals: ``1 234,50 €``."""
        currency = value.currency
        affixes = self._currencies.get(currency)
        if affixes is None:
            affixes = self._currencies[currency] = self._affixes(
                self._locale.currency_formats["standard"], self.symbol(currency)
            )
        before, after = affixes[value.amount < 0]
        return f"{before}{self.decimal(abs(value.amount), minor_digits(currency))}{after}"

    def symbol(self, currency: str) -> str:
        """What the language calls a currency: ``€``."""
        return get_currency_symbol(currency, self._locale)

    def input(self, value: Decimal) -> str:
        """A number as a form's control holds it, without thousands separators: ``-1234,50``."""
        return f"{value:f}".replace(".", self.decimal_mark)

    def readings(self, text: str, decimal_mark: str | None = None) -> tuple[Decimal, ...]:
        """Every number that ``text`` can mean, without doubles; () when it is no number.

        ``decimal_mark`` is the one decimal separator in use. Without it both the language's own way of
        writing and the plain one (``1234.5``) are read.
        """
        if len(text) > LONGEST:
            return ()
        body = text.translate(_INVISIBLE).strip()
        negative = body[:1] in _MINUSES and body != ""
        if negative or body[:1] == "+":
            body = body[1:].lstrip()
        mark = decimal_mark or self.decimal_mark
        found: list[Decimal] = []
        matched = self._reader(mark).fullmatch(body)
        if matched and (matched["whole"] or matched["part"]):
            whole = matched["whole"] or "0"
            if matched["group"]:
                whole = whole.replace(matched["group"], "")
            found.append(Decimal(f"{whole}.{matched['part'] or ''}"))
        if decimal_mark is None and mark != "." and _PLAIN.fullmatch(body):
            plain = Decimal(body)
            if plain not in found:
                found.append(plain)
        return tuple(-number if negative else number for number in found)

    def _reader(self, mark: str) -> re.Pattern[str]:
        """What a number looks like whose decimals follow ``mark``, with or without separated thousands."""
        reader = self._readers.get(mark)
        if reader is None:
            own = self.group_mark if mark == self.decimal_mark else ".,"
            group = "[" + re.escape((own + _SPACES + _APOSTROPHES).replace(mark, "")) + "]"
            inner = f"(?:(?P=group)[0-9]{{{self._groups[1]}}})*"  # 12,34,567 in India, 1,234,567 elsewhere
            thousands = rf"[1-9][0-9]{{0,2}}(?=(?P<group>{group})){inner}(?P=group)[0-9]{{3}}"
            whole = rf"[0-9]+|{thousands}"
            reader = self._readers[mark] = re.compile(
                rf"(?P<whole>{whole})?(?:{re.escape(mark)}(?P<part>[0-9]*))?"
            )
        return reader

    def _grouped(self, text: str) -> str:
        """Python's ``-1,234.5`` in the language's own marks."""
        if self._groups[1] != 3:
            text = self._regrouped(text)
        text = text.replace(",", "\0").replace(".", self.decimal_mark).replace("\0", self.group_mark)
        return self.minus + text[1:] if text[0] == "-" else text

    def _regrouped(self, text: str) -> str:
        sign, rest = ("-", text[1:]) if text[0] == "-" else ("", text)
        whole, point, part = rest.partition(".")
        digits = whole.replace(",", "")
        pieces = [digits[-3:]]
        digits = digits[:-3]
        while digits:
            pieces.append(digits[-self._groups[1] :])
            digits = digits[: -self._groups[1]]
        return sign + ",".join(reversed(pieces)) + point + part

    def _affixes(self, pattern: NumberPattern, symbol: str) -> tuple[tuple[str, str], tuple[str, str]]:
        """What stands before and after the digits, above zero and below; a space keeps letters apart."""
        before = "¤" + _NO_BREAK_SPACE if symbol[-1:].isalpha() else "¤"
        after = _NO_BREAK_SPACE + "¤" if symbol[:1].isalpha() else "¤"
        above, below = (
            (
                re.sub("¤$", before, start).replace("-", self.minus).replace("¤", symbol),
                re.sub("^¤", after, end).replace("-", self.minus).replace("¤", symbol),
            )
            for start, end in zip(pattern.prefix, pattern.suffix, strict=True)
        )
        return above, below


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
