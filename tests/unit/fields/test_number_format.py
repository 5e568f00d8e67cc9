"""Numbers as each language writes them, and what people type read back."""

import time
from decimal import Decimal

import pytest

from runtime.fields.formats import Formats, UnreadableError
from runtime.model.values import Money

SPACE = "\u00a0"
ZONE = "Europe/Helsinki"


@pytest.mark.parametrize(
    "language, text",
    [
        ("en", "-1,234,567"),
        ("fi", f"\u22121{SPACE}234{SPACE}567"),
        ("de", "-1.234.567"),
        ("hi", "-12,34,567"),
        ("de-CH", "-1\u2019234\u2019567"),
        ("xx", "-1,234,567"),
    ],
)
def test_a_whole_number_has_its_thousands_apart(language: str, text: str):
    assert Formats(language, ZONE).integer(-1_234_567) == text


def test_a_decimal_has_all_its_decimals_and_is_rounded_half_away_from_zero():
    formats = Formats("fi", ZONE)
    assert formats.decimal(Decimal("1234.5"), 2) == f"1{SPACE}234,50"
    assert formats.decimal(Decimal("2.345"), 2) == "2,35"
    assert formats.decimal(Decimal("-2.345"), 2) == "\u22122,35"
    assert formats.decimal(Decimal(999999999999999999), 0) == "999 999 999 999 999 999".replace(" ", SPACE)


@pytest.mark.parametrize(
    "language, text", [("en", "25.5%"), ("fi", f"25,5{SPACE}%"), ("tr", "%25,5"), ("de", f"25,5{SPACE}%")]
)
def test_a_percentage_has_the_decimals_it_needs(language: str, text: str):
    assert Formats(language, ZONE).percent(Decimal("25.50")) == text


@pytest.mark.parametrize(
    "language, currency, text",
    [
        ("en", "EUR", "-€1,234.50"),
        ("fi", "EUR", f"\u22121{SPACE}234,50{SPACE}€"),
        ("sv", "JPY", f"\u22121{SPACE}235{SPACE}JPY"),
        ("en", "CHF", f"-CHF{SPACE}1,234.50"),
        ("fi", "KWD", f"\u22121{SPACE}234,500{SPACE}KWD"),
    ],
)
def test_money_has_the_decimals_of_its_currency(language: str, currency: str, text: str):
    assert Formats(language, ZONE).money(Money(Decimal("-1234.50"), currency)) == text


@pytest.mark.parametrize(
    "language, typed, number",
    [
        ("en", "1,234.50", "1234.50"),
        ("en", "1,234", "1234"),
        ("en", "-5", "-5"),
        ("en", "+5", "5"),
        ("en", ".5", "0.5"),
        ("en", "5.", "5"),
        ("fi", "1 234,50", "1234.50"),
        ("fi", f"\u22121{SPACE}234,50", "-1234.50"),
        ("fi", "1.234", "1.234"),
        ("fi", "0,125", "0.125"),
        ("de", "1.234,5", "1234.5"),
        ("de", "1.5", "1.5"),
        ("de", "0.125", "0.125"),
        ("de", "12.345.678", "12345678"),
        ("de-CH", "1'234.50", "1234.50"),
        ("hi", "12,34,567.5", "1234567.5"),
    ],
)
def test_a_number_is_read_as_it_is_typed_in_a_language_or_plainly(language: str, typed: str, number: str):
    assert Formats(language, ZONE).parse_decimal(typed) == Decimal(number)


@pytest.mark.parametrize(
    "language, typed",
    [
        ("en", "1,5"),
        ("en", "1 234,5"),
        ("en", "1,23,456"),
        ("en", "0,123"),
        ("en", "1e5"),
        ("en", "12a"),
        ("en", ""),
        ("en", "-"),
        ("en", "."),
        ("en", "\u0661\u0662"),
        ("en", "\u00b2"),
        ("fi", "1,234.50"),
        ("fi", "1 23"),
        ("fi", "1 234 5678"),
        ("de", "1,234.50"),
        ("de", "1.234 567"),
        ("en", "9" * 61),
    ],
)
def test_what_is_no_number_is_refused(language: str, typed: str):
    with pytest.raises(UnreadableError, match="must be a number"):
        Formats(language, ZONE).parse_decimal(typed)


@pytest.mark.parametrize("language", ["de", "es", "it", "nl", "tr", "da"])
def test_a_number_that_can_be_read_in_two_ways_is_refused(language: str):
    with pytest.raises(UnreadableError) as refused:
        Formats(language, ZONE).parse_decimal("1.234")
    assert {refused.value.message.parameters["one"], refused.value.message.parameters["other"]} == {
        Decimal(1234),
        Decimal("1.234"),
    }


def test_a_named_decimal_separator_settles_how_a_number_is_read():
    formats = Formats("de", ZONE)
    assert formats.parse_decimal("1.234", ".") == Decimal("1.234")
    assert formats.parse_decimal("1.234", ",") == Decimal(1234)
    assert formats.parse_decimal("1,234.5", ".") == Decimal("1234.5")
    with pytest.raises(UnreadableError):
        formats.parse_decimal("1.5", ",")


def test_a_whole_number_is_read_where_only_one_reading_is_whole():
    formats = Formats("de", ZONE)
    assert formats.parse_integer("1.234") == 1234
    assert formats.parse_integer("5,0") == 5
    with pytest.raises(UnreadableError):
        formats.parse_integer("1.000")
    with pytest.raises(UnreadableError, match="whole"):
        formats.parse_integer("1,5")


@pytest.mark.parametrize(
    "language", ["en", "fi", "sv", "de", "fr", "hi", "tr", "ar", "he", "fa", "de_CH", "ja", "pl"]
)
def test_what_is_shown_is_read_back_in_every_language(language: str):
    formats = Formats(language, ZONE)
    for number in map(Decimal, ("-1234567.50", "0.05", "12.30", "-0.25")):
        assert formats.parse_decimal(formats.decimal(number, 2)) == number
        assert formats.parse_decimal(formats.input_number(number)) == number
    assert formats.parse_integer(formats.integer(-12_345_678)) == -12_345_678


def test_five_hundred_cells_take_less_than_two_milliseconds():
    formats = Formats("fi", ZONE)
    money, number = Money(Decimal("1234567.50"), "EUR"), Decimal("1234567.50")
    best = {}
    for name, write in {
        "money": lambda: formats.money(money),
        "decimal": lambda: formats.decimal(number, 2),
        "percent": lambda: formats.percent(number),
        "integer": lambda: formats.integer(1_234_567),
    }.items():
        times = []
        for _ in range(20):
            begun = time.thread_time()
            for _ in range(500):
                write()
            times.append(time.thread_time() - begun)
        best[name] = min(times)
    assert max(best.values()) < 0.002, best
