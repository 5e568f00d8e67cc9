"""A quick filter's value becomes a condition of the one language, or nothing."""

import pytest

from runtime.expressions import Language, Scope
from runtime.expressions.conditions import Conditions
from runtime.expressions.filters.base import Row
from runtime.model.catalog import Path
from runtime.web.quick import PERIODS, Range, condition, quote
from tests.support.catalogs import small_crm
from tests.support.field_types import field_of

CONDITIONS = Conditions.standard(Language.standard())


def test_every_period_is_an_operator_of_the_filter_builder():
    path = Path("close_date", (field_of("date", None, "close_date"),))
    scope = Scope(**small_crm(), module="deals")
    for key in PERIODS:
        text = condition(path, "period", key, Range(), CONDITIONS)
        assert text is not None
        (row,) = CONDITIONS.read(text, scope).parts
        assert isinstance(row, Row), key


@pytest.mark.parametrize(
    "kind,by,value,ends,text",
    [
        ("picklist", "choice", "won", Range(), "stage == 'won'"),
        ("multi_picklist", "member", "won", Range(), "'won' in stage"),
        ("boolean", "yes_no", "true", Range(), "stage"),
        ("boolean", "yes_no", "false", Range(), "not stage"),
        ("files", "filled", "true", Range(), "not is_empty(stage)"),
        ("relation", "record", "12", Range(), "stage == 12"),
        ("relations", "member", "12", Range(), "12 in stage"),
        ("text", "contains", "it's", Range(), r"contains(stage, 'it\'s')"),
        ("money", "range", "", Range("1", "2.5"), "stage >= 1 and stage <= 2.5"),
        ("integer", "range", "", Range("", "2"), "stage <= 2"),
        ("date", "period", "past", Range(), "stage < today()"),
        ("date", "period", "last_30_days", Range(), "today() - days(30) <= stage <= today()"),
        ("date", "period", "past", Range("2026-01-01", ""), "stage < today() and stage >= '2026-01-01'"),
        ("date", "period", "empty", Range(), "is_empty(stage)"),
        ("datetime", "period", "", Range("2026-01-01", ""), "stage >= '2026-01-01'"),
        ("text", "contains", "", Range(), None),
        ("money", "range", "", Range(), None),
        ("date", "period", "", Range(), None),
    ],
)
def test_a_value_becomes_a_condition(kind, by, value, ends, text):
    settings = {"picklist": {"picklist": "stages"}, "multi_picklist": {"picklist": "stages"}}
    settings |= {"relation": {"module": "deals"}, "relations": {"module": "deals"}}
    path = Path("stage", (field_of(kind, settings.get(kind), "stage"),))
    assert condition(path, by, value, ends, CONDITIONS) == text


def test_a_text_cannot_leave_its_quotes():
    assert quote("a\\' or true or 'b") == "'a\\\\\\' or true or \\'b'"
