"""The field type money."""

from decimal import Decimal

import pytest

from runtime.fields.base import InvalidValueError, Surroundings
from runtime.model.values import Money
from tests.support.field_types import TYPES, field_of, parsing_of

MONEY = TYPES["money"]
EURO = Money(Decimal("1234.50"), "EUR")


@pytest.mark.parametrize(
    "language, typed, currency",
    [
        ("fi", "1 234,50", "EUR"),
        ("fi", "1 234,50 €", "EUR"),
        ("fi", "1234.50 eur", "EUR"),
        ("en", "€1,234.50", "EUR"),
        ("en", "$1,234.50", "USD"),
        ("en", "USD 1234.50", "USD"),
        ("sv", "1234,50 US$", "USD"),
    ],
)
def test_an_amount_is_read_with_the_currency_that_is_typed(language: str, typed: str, currency: str):
    money = MONEY.parse(typed, field_of("money"), parsing_of("form", language))
    assert money == Money(Decimal("1234.50"), currency)


@pytest.mark.parametrize(
    "language", ["en", "fi", "sv", "de", "fr", "hi", "ar", "he", "de_CH", "fa", "pt_BR", "ja"]
)
def test_money_as_it_is_shown_is_read_back(language: str):
    parsing = parsing_of("form", language)
    for money in (EURO, Money(Decimal(-1234567), "JPY"), Money(Decimal("-0.05"), "USD")):
        shown = MONEY.text(money, field_of("money"), parsing.formats, {})
        assert MONEY.parse(shown, field_of("money"), parsing) == money


@pytest.mark.parametrize(
    "raw, sentence",
    [
        ("12 kr", "Value must be an amount in EUR or USD or JPY."),
        ({"amount": "5 USD", "currency": "EUR"}, "Value names two currencies, USD and EUR."),
        ({"amount": "5", "currency": "SEK"}, "Value must be in EUR or USD or JPY."),
        ({"currency": "EUR"}, "Value must have an amount and a currency, and nothing else."),
    ],
)
def test_what_is_in_no_currency_of_the_site_is_refused(raw: object, sentence: str):
    with pytest.raises(InvalidValueError) as refused:
        MONEY.parse(raw, field_of("money"), parsing_of("form"))
    assert str(refused.value) == sentence


def test_the_column_has_the_most_decimals_that_a_currency_of_the_site_has():
    assert MONEY.complete({}, Surroundings("EUR", ("EUR", "JPY"), "UTC"))["scale"] == 2
    assert MONEY.complete({}, Surroundings("JPY", ("JPY",), "UTC"))["scale"] == 0
    assert MONEY.complete({}, Surroundings("EUR", ("EUR", "KWD"), "UTC"))["scale"] == 3


def test_the_amount_is_rounded_to_the_decimals_of_its_own_currency():
    assert MONEY.parse({"amount": "2.5", "currency": "JPY"}, field_of("money"), parsing_of("rest")) == Money(
        Decimal(3), "JPY"
    )
    assert MONEY.to_json(Money(Decimal("3.00"), "JPY")) == {"amount": "3", "currency": "JPY"}
    assert MONEY.plain(Money(Decimal("3.00"), "JPY")) == "3 JPY"


def test_an_amount_outside_its_limits_is_refused():
    field = field_of("money", {"min": 0, "max": Decimal("99.5")})
    assert MONEY.parse("99.50", field, parsing_of("rest")) == Money(Decimal("99.50"), "EUR")
    for raw, sentence in (("-0.01", "Value must be at least 0."), ("99.51", "Value must be at most 99.5.")):
        with pytest.raises(InvalidValueError) as refused:
            MONEY.parse(raw, field, parsing_of("rest"))
        assert str(refused.value) == sentence


def test_a_form_holds_the_amount_and_the_currency_apart():
    formats = parsing_of("form", "fi").formats
    assert MONEY.input(EURO, field_of("money"), formats) == {"amount": "1234,50", "currency": "EUR"}
    assert MONEY.input(None, field_of("money"), formats) == {"amount": "", "currency": "EUR"}
