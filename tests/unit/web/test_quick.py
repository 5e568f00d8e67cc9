"""A quick filter's value becomes a condition of the one language, or nothing."""

from datetime import date

import pytest

from runtime.model.catalog import Path
from runtime.web.quick import PERIODS, Range, condition, period, quote
from tests.support.field_types import field_of

TODAY = date(2026, 2, 28)


@pytest.mark.parametrize(
    "key,first,last",
    [
        ("today", date(2026, 2, 28), date(2026, 2, 28)),
        ("this_week", date(2026, 2, 23), date(2026, 3, 1)),
        ("this_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("this_quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("this_year", date(2026, 1, 1), date(2026, 12, 31)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
        ("last_30_days", date(2026, 1, 29), date(2026, 2, 28)),
        ("next_30_days", date(2026, 2, 28), date(2026, 3, 30)),
        ("past", None, date(2026, 2, 27)),
        ("future", date(2026, 3, 1), None),
    ],
)
def test_a_period_has_a_first_and_a_last_day(key, first, last):
    assert period(key, TODAY) == (first, last)


def test_every_period_but_the_missing_one_has_days_all_year_round():
    for month in range(1, 13):
        for key in set(PERIODS) - {"empty"}:
            first, last = period(key, date(2024, month, 29))
            assert first is None or last is None or first <= last


@pytest.mark.parametrize(
    "kind,by,value,ends,text",
    [
        ("picklist", "choice", "won", Range(), "stage == 'won'"),
        ("multi_picklist", "member", "won", Range(), "'won' in stage"),
        ("boolean", "yes_no", "true", Range(), "stage"),
        ("boolean", "yes_no", "false", Range(), "not stage"),
        ("files", "filled", "true", Range(), "not is_empty(stage)"),
        ("relation", "record", "12", Range(), "stage.id == 12"),
        ("relations", "member", "12", Range(), "12 in stage"),
        ("text", "contains", "it's", Range(), r"contains(stage, 'it\'s')"),
        ("money", "range", "", Range("1", "2.5"), "stage >= 1 and stage <= 2.5"),
        ("integer", "range", "", Range("", "2"), "stage <= 2"),
        ("date", "period", "past", Range(), "stage <= '2026-02-27'"),
        ("date", "period", "empty", Range(), "is_empty(stage)"),
        ("datetime", "period", "", Range("2026-01-01", ""), "date(stage) >= '2026-01-01'"),
        ("text", "contains", "", Range(), None),
        ("money", "range", "", Range(), None),
        ("date", "period", "", Range(), None),
    ],
)
def test_a_value_becomes_a_condition(kind, by, value, ends, text):
    settings = {"picklist": {"picklist": "stages"}, "multi_picklist": {"picklist": "stages"}}
    settings |= {"relation": {"module": "deals"}, "relations": {"module": "deals"}}
    path = Path("stage", (field_of(kind, settings.get(kind), "stage"),))
    assert condition(path, by, value, ends, TODAY) == text


def test_a_text_cannot_leave_its_quotes():
    assert quote("a\\' or true or 'b") == "'a\\\\\\' or true or \\'b'"
