"""Tracing: the evaluator tells the value of each part, and its result is what it gives anyway."""

from dataclasses import replace
from decimal import Decimal

import pytest

from runtime.expressions.tracing import Traced
from runtime.model.values import Money


@pytest.fixture
def trace(language, parse, moment, scope):
    def run(text, record, old=None):
        expression = parse(text, None, replace(scope, saving=True))
        traced = language.tracer(moment).trace(expression.tree, record, None, old)
        assert traced.value == language.evaluator(moment).run(expression.tree, record, None, old)
        return {text[part.node.start : part.node.end]: part for part in reversed(list(traced.walk()))}

    return run


def test_each_part_has_its_value(trace):
    found = trace("amount * chance / 100", {"amount": Money(Decimal(200), "EUR"), "chance": Decimal(15)})
    assert {text: part.value for text, part in found.items()} == {
        "amount * chance / 100": Money(Decimal(30), "EUR"),
        "amount * chance": Money(Decimal(3000), "EUR"),
        "amount": Money(Decimal(200), "EUR"),
        "chance": Decimal(15),
        "100": 100,
    }


def test_a_branch_that_is_not_taken_is_not_looked_at(trace):
    found = trace("1 if active else count", {"active": True, "count": 5})
    assert "count" not in found
    assert found["active"].value is True


def test_what_changed_shows_both_values(trace):
    found = trace("changed(count)", {"count": 2}, {"count": 1})
    whole: Traced = found["changed(count)"]
    assert [(part.value, part.before) for part in whole.parts] == [(2, False), (1, True)]


def test_what_is_said_of_each_related_record_is_left_out(trace):
    record = {"account": {"id": 1, "deals": [{"count": 1}, {"count": 4}, {"count": 9}]}}
    found = trace("count(account.deals, count > 3) + 1", record)
    assert found["count(account.deals, count > 3)"].value == 2
    assert "count > 3" not in found
