"""The field types integer, decimal and percent."""

from decimal import Decimal

import pytest

from runtime.fields.base import InvalidValueError
from tests.support.field_types import SURROUNDINGS, TYPES, field_of, parsing_of


@pytest.mark.parametrize("kind", ["integer", "decimal", "percent", "money"])
def test_limits_that_contradict_each_other_are_refused(kind: str):
    with pytest.raises(InvalidValueError, match=r"min \(5\) is above max \(1\)"):
        TYPES[kind].complete({"min": 5, "max": 1}, SURROUNDINGS)


@pytest.mark.parametrize(
    "kind, raw, sentence",
    [
        ("integer", "11", "Value must be at most 10."),
        ("integer", "-1", "Value must be at least 0."),
        ("decimal", "10.01", "Value must be at most 10."),
        ("percent", "-0.01", "Value must be at least 0."),
    ],
)
def test_a_number_outside_its_limits_is_refused(kind: str, raw: str, sentence: str):
    with pytest.raises(InvalidValueError) as refused:
        TYPES[kind].parse(raw, field_of(kind, {"min": 0, "max": 10}), parsing_of("rest"))
    assert str(refused.value) == sentence


def test_a_number_is_rounded_before_it_is_held_to_its_limits():
    assert TYPES["decimal"].parse("10.004", field_of("decimal", {"max": 10}), parsing_of("rest")) == 10


@pytest.mark.parametrize(
    "scale, largest", [(0, "9" * 18), (2, "9" * 16 + ".99"), (12, "9" * 6 + "." + "9" * 12)]
)
def test_a_decimal_has_eighteen_digits_at_most(scale: int, largest: str):
    field = field_of("decimal", {"scale": scale})
    assert TYPES["decimal"].parse(largest, field, parsing_of("rest")) == Decimal(largest)
    over = Decimal(largest) + Decimal(1).scaleb(-scale)
    for raw in (over, str(over), -over, largest + "9" if scale else largest + ".5"):
        with pytest.raises(InvalidValueError, match=f"may have {18 - scale} digits before the decimal point"):
            TYPES["decimal"].parse(raw, field, parsing_of("rest"))


def test_a_number_of_json_is_taken_exactly_as_it_was_written():
    field = field_of("decimal", {"scale": 12})
    assert (
        str(TYPES["decimal"].parse(Decimal("123456.123456789012"), field, parsing_of("rest")))
        == "123456.123456789012"
    )
    assert str(TYPES["decimal"].parse(0.1, field, parsing_of("rest"))) == "0.100000000000"


def test_nothing_is_below_zero_and_nothing():
    value = TYPES["decimal"].parse("-0.001", field_of("decimal"), parsing_of("rest"))
    assert str(value) == "0.00"


def test_a_percentage_may_be_typed_with_its_sign():
    percent = TYPES["percent"]
    for language, typed in (("en", "25.5%"), ("fi", "25,5 %"), ("fi", "25,5\u00a0%"), ("tr", "%25,5")):
        assert percent.parse(typed, field_of("percent"), parsing_of("form", language)) == Decimal("25.5")
    with pytest.raises(InvalidValueError):
        percent.parse("25.5 %", field_of("percent"), parsing_of("rest"))


def test_a_percentage_is_shown_with_the_decimals_it_needs():
    percent, formats = TYPES["percent"], parsing_of("form", "fi").formats
    field = field_of("percent")
    shown = [
        percent.input(Decimal(text), field, formats) for text in ("25.50", "100.00", "0.00", "0.05", "-3.00")
    ]
    assert shown == ["25,5", "100", "0", "0,05", "-3"]
    assert percent.text(Decimal("25.50"), field, formats, {}) == "25,5\u00a0%"


def test_an_ambiguous_number_of_a_form_is_refused_with_both_readings():
    with pytest.raises(InvalidValueError) as refused:
        TYPES["decimal"].parse("1.234", field_of("decimal"), parsing_of("form", "de"))
    assert (
        str(refused.value) == "Value can be read as 1234 or as 1.234: write it without thousands separators."
    )


def test_the_separator_that_an_imports_map_names_settles_it():
    decimal, field = TYPES["decimal"], field_of("decimal", {"scale": 3})
    assert decimal.parse("1.234", field, parsing_of("import", "de", decimal=".")) == Decimal("1.234")
    assert decimal.parse("1.234", field, parsing_of("import", "de", decimal=",")) == Decimal(1234)
