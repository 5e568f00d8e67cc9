"""A quick filter's value becomes a condition of the one language, or nothing."""

from datetime import date

import pytest

from runtime.model.catalog import Path
from runtime.web.quick import PERIODS, Range, condition, period, quote

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
    "kind,value,ends,text",
    [
        ("picklist", "won", Range(), "stage == 'won'"),
        ("multi_picklist", "won", Range(), "'won' in stage"),
        ("boolean", "true", Range(), "stage"),
        ("boolean", "false", Range(), "not stage"),
        ("files", "true", Range(), "not is_empty(stage)"),
        ("relation", "12", Range(), "stage.id == 12"),
        ("relations", "12", Range(), "12 in stage"),
        ("text", "it's", Range(), r"contains(stage, 'it\'s')"),
        ("money", "", Range("1", "2.5"), "stage >= 1 and stage <= 2.5"),
        ("integer", "", Range("", "2"), "stage <= 2"),
        ("date", "past", Range(), "stage <= '2026-02-27'"),
        ("date", "empty", Range(), "is_empty(stage)"),
        ("datetime", "", Range("2026-01-01", ""), "date(stage) >= '2026-01-01'"),
        ("text", "", Range(), None),
        ("money", "", Range(), None),
        ("date", "", Range(), None),
    ],
)
def test_a_value_becomes_a_condition(kind, value, ends, text):
    assert condition(Path("stage", ()), kind, value, ends, TODAY) == text


def test_a_text_cannot_leave_its_quotes():
    assert quote("a\\' or true or 'b") == "'a\\\\\\' or true or \\'b'"
