"""Values as they are written in an expression."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Moment, Scope
from runtime.expressions.literals import write_literal
from runtime.model.types import DATE, DATETIME, ValueType
from runtime.model.values import Money
from tests.support.catalogs import small_crm

LANGUAGE = Language.standard()
SCOPE = Scope(**small_crm(), module="deals")


def read(text: str, expect: ValueType | None = None) -> object:
    expression, found = LANGUAGE.parse(text, Span.point("written"), SCOPE, expect)
    assert expression is not None, (text, found)
    return LANGUAGE.evaluate(expression, {}, Moment.at(datetime(2026, 1, 31, tzinfo=UTC)))


storable = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


@given(st.text(storable, min_size=1))
def test_any_text_reads_back_as_it_was(text):
    assert read(write_literal(text)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**13), max_value=10**13))
def test_any_number_reads_back_as_it_was(number):
    assert read(write_literal(number)) == number


@given(st.dates())
def test_any_date_reads_back_as_it_was(day):
    assert read(write_literal(day), DATE) == day


@given(st.datetimes(timezones=st.just(UTC)))
def test_any_moment_reads_back_as_it_was(moment):
    assert read(write_literal(moment), DATETIME) == moment


@pytest.mark.parametrize(
    "value, written",
    [
        (None, "none"),
        ("", "none"),
        (True, "true"),
        (7, "7"),
        (Decimal("1E+2"), "100"),
        (Money(Decimal("12.50"), "EUR"), "12.50"),
        (date(2026, 1, 31), "'2026-01-31'"),
        (("won", "it's"), r"['won', 'it\'s']"),
    ],
)
def test_a_value_is_written_as_a_person_would(value, written):
    assert write_literal(value) == written


@pytest.mark.parametrize("value", [1.5, object(), {"a": 1}, datetime(2026, 1, 31)])  # noqa: DTZ001 - refused
def test_what_no_field_holds_cannot_be_written(value):
    with pytest.raises(TypeError):
        write_literal(value)
