"""The field type ``money``: an exact amount and its currency."""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text

from runtime.base.messages import message
from runtime.expressions.columns import ScaledDecimal
from runtime.fields.base import (
    Column,
    Example,
    FieldType,
    Input,
    InvalidValueError,
    Parsing,
    Sent,
    Surroundings,
    refuse,
)
from runtime.fields.exact import check_limits, read_decimal, rounded, within
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Picklist
from runtime.model.currency import minor_digits
from runtime.model.types import MONEY, ValueType
from runtime.model.values import Money as Amount

_SIGNS = "+-\u2212"
_LETTER = re.compile(r"[^\W\d_]|[$\u00a2-\u00a5\u20a0-\u20cf]")
_INVISIBLE = str.maketrans("", "", "\u200e\u200f\u061c")


class Money(FieldType):
    """An amount of one of the site's currencies; in REST ``{"amount": "12.50", "currency": "EUR"}``."""

    name = "money"
    title = "Money"
    widget = "money"
    computable = True
    filtered_by = "range"
    measured = True
    settings_schema = MappingProxyType(
        {
            "min": {"type": "number", "description": "The smallest amount it may be, in any currency."},
            "max": {"type": "number", "description": "The largest amount it may be, in any currency."},
            "currencies": {
                "type": "array",
                "items": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "minItems": 1,
                "uniqueItems": True,
                "description": "The currencies it may be in, of those that the site has; all when left out. "
                "The first is that of an amount written without one, unless the site's own is among them.",
            },
        }
    )
    instead = MappingProxyType(
        {
            "pattern": "an amount is a number and its currency, however it was typed: hold it by min, max "
            "and currencies, or by one of the module's checks"
        }
    )
    operators = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is_empty")
    examples = (
        Example({"amount": "12.50", "currency": "EUR"}, Amount(Decimal("12.50"), "EUR")),
        Example({"amount": 7, "currency": "USD"}, Amount(Decimal("7.00"), "USD")),
        Example({"amount": "7.5", "currency": "JPY"}, Amount(Decimal(8), "JPY")),
        Example({"amount": "1.2345"}, Amount(Decimal("1.23"), "EUR")),
        Example("-1234.5", Amount(Decimal("-1234.50"), "EUR")),
        Example(Decimal("0.005"), Amount(Decimal("0.01"), "EUR")),
        Example("9999999999999999.99", Amount(Decimal("9999999999999999.99"), "EUR")),
        Example({"amount": None, "currency": "EUR"}, None),
        Example("", None),
        Example("5", Amount(Decimal("5.00"), "USD"), {"currencies": ["USD"]}),
    )
    rejects = (
        "12,50",
        "twelve",
        {"amount": "1", "currency": "XYZ"},
        {"amount": "1", "currency": 7},
        {"amount": "1", "cents": 5},
        {"currency": "EUR", "amount": {"amount": 1}},
        {"currency": "EUR"},
        "1e400",
        "10000000000000000",
        Decimal("NaN"),
        True,
        ["12.50", "EUR"],
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the currencies it may be in, its usual one, and the decimals that any needs."""
        check_limits(settings)
        site = surroundings.currencies
        own = tuple(settings.get("currencies", site))
        unknown = [currency for currency in own if currency not in site]
        if unknown:
            raise InvalidValueError(
                message(
                    'The currency "{currency}" is not one of the site: it has {currencies}.',
                    currency=unknown[0],
                    currencies=", ".join(site),
                )
            )
        currency = surroundings.currency if surroundings.currency in own else own[0]
        scale = max(minor_digits(each) for each in site)
        return {**settings, "currencies": own, "currency": currency, "scale": scale}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """Money."""
        return MONEY

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """The amount, and beside it its currency's code."""
        return (Column("", ScaledDecimal(settings["scale"])), Column("currency", Text()))

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The amount and the currency."""
        return (value.amount, value.currency) if isinstance(value, Amount) else (None, None)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The money of an amount and a currency."""
        return None if parts[0] is None else Amount(parts[0], parts[1])

    def parse(self, raw: object, field: Field, parsing: Parsing) -> Amount | None:
        """The amount, rounded to the decimals of its currency.

        Where ``parsing`` has no currency, one that is not written is left '' for :meth:`in_currency` to say.
        """
        amount: object = raw
        currency: object = None
        if isinstance(raw, Amount):
            amount, currency = raw.amount, raw.currency
        elif isinstance(raw, Mapping):
            if "amount" not in raw or not raw.keys() <= {"amount", "currency"}:
                raise refuse(field, "{label} must have an amount and a currency, and nothing else.")
            amount, currency = raw["amount"], raw.get("currency")
        if isinstance(amount, str) and parsing.door != "rest":
            amount, written = _apart(amount, field, parsing.formats)
            if written and currency and written != currency:
                raise refuse(
                    field, "{label} names two currencies, {one} and {other}.", one=written, other=currency
                )
            currency = written or currency
        number = read_decimal(amount, field, parsing)
        if number is None:
            return None
        if not currency and not parsing.currency:
            return Amount(rounded(number, field.settings["scale"], field), "")
        usual = (
            parsing.currency
            if parsing.currency in field.settings["currencies"]
            else field.settings["currency"]
        )
        return self.in_currency(number, self._currency(currency or usual, field), field)

    def in_currency(self, number: Decimal, currency: str, field: Field) -> Amount:
        """The amount in one of the field's currencies, rounded to its decimals."""
        code = self._currency(currency, field)
        digits = minor_digits(code)
        number = rounded(number, digits, field)
        if field.settings["scale"] != digits:
            number = rounded(number, field.settings["scale"], field).quantize(Decimal(1).scaleb(-digits))
        within(number, field)
        return Amount(number, code)

    def to_json(self, value: Any) -> object:
        """The amount as a string of exact digits, and the currency."""
        if value is None:
            return None
        return {"amount": f"{value.amount:.{minor_digits(value.currency)}f}", "currency": value.currency}

    def from_json(self, value: Any) -> object:
        """The money again."""
        return None if value is None else Amount(Decimal(value["amount"]), value["currency"])

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The amount with the currency's symbol."""
        return "" if value is None else formats.money(value)

    def plain(self, value: Any) -> str:
        """The digits and the currency's code: ``12.50 EUR``."""
        return "" if value is None else f"{value.amount:.{minor_digits(value.currency)}f} {value.currency}"

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The amount and the currency, each for its own control."""
        if value is None:
            return {"amount": "", "currency": field.settings["currency"]}
        digits = value.amount.quantize(Decimal(1).scaleb(-minor_digits(value.currency)))
        return {"amount": formats.input_number(digits), "currency": value.currency}

    def sent(self, form: Sent, name: str) -> Input:
        """The amount, and the currency that stands beside it."""
        return {"amount": form.text(name), "currency": form.text(f"{name}:currency")}

    def is_unchanged(self, sent: Input, held: Input) -> bool:
        """The same amount of the same currency; a currency beside no amount says nothing."""
        assert isinstance(sent, Mapping)
        assert isinstance(held, Mapping)
        currency = sent["currency"] or held["currency"]
        return sent["amount"] == held["amount"] and (currency == held["currency"] or not sent["amount"])

    def _currency(self, written: object, field: Field) -> str:
        known = field.settings["currencies"]
        if not isinstance(written, str) or written not in known:
            raise refuse(field, "{label} must be in {currencies}.", currencies=" or ".join(known))
        return written


def _apart(text: str, field: Field, formats: Formats) -> tuple[str, str | None]:
    """The number and the currency of what a person typed: ``12,50 €``, ``EUR 12.50``, ``-$5``."""
    written = text.translate(_INVISIBLE).strip()
    if written.isascii() and not _LETTER.search(written):
        return written, None
    sign, body = (written[0], written[1:].lstrip()) if written[0] in _SIGNS else ("", written)
    known = field.settings["currencies"]
    names = {name: currency for currency in known for name in (formats.symbol(currency), currency)}
    for name in sorted(names, key=len, reverse=True):
        if body[: len(name)].casefold() == name.casefold():
            return f"{sign}{body[len(name) :].strip()}", names[name]
        if body[-len(name) :].casefold() == name.casefold():
            return f"{sign}{body[: -len(name)].strip()}", names[name]
    if _LETTER.search(body):
        raise refuse(field, "{label} must be an amount in {currencies}.", currencies=" or ".join(known))
    return written, None
