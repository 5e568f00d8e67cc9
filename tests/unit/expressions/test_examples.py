"""The examples in the docstrings of functions and operators."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from runtime.expressions import AGGREGATES, Language
from runtime.expressions.reference import examples_of
from runtime.expressions.tree import walk_all
from tests.support.expression_tables import Joined

STANDARD = Language.standard()
PARTS = [*STANDARD.functions.values(), *STANDARD.operators.values()]
EXAMPLES = [example for part in PARTS for example in examples_of(part)]
RECORD = {"id": 1, "account": {"id": 2, "deals": (), "contacts": ()}, "stage": "won"}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_function_and_operator_shows_an_example(part):
    assert examples_of(part)


@pytest.fixture
def saving(scope):
    """Where everything means something."""
    return replace(scope, saving=True)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.text)
def test_an_example_gives_what_it_shows(language, parse, moment, saving, example):
    record = {**RECORD, AGGREGATES: {example.text: None}} if "lookup" in example.text else RECORD
    value = language.evaluate(parse(example.text, None, saving), record, moment, old=RECORD)
    shown = language.evaluate(parse(example.result, None, saving), record, moment)
    assert value == shown


def test_every_example_gives_the_same_in_sql(language, parse, moment, saving, tables, connection):
    for example in EXAMPLES:
        if "changed" in example.text:
            continue
        tree = parse(example.text, None, saving).tree
        if not any(type(node).__name__ == "Aggregate" for node in walk_all(tree)):
            continue
        joined = Joined(tables, "deals", connection.dialect.name)
        tables.fill(connection, {"deals": {1: {"id": 1, "account": 2}}, "accounts": {2: {"id": 2}}})
        columns = language.value_in_sql(tree, joined, moment)
        found = connection.execute(select(*columns).select_from(joined._source)).first()[0]
        shown = language.evaluate(parse(example.result, None, saving), {}, moment)
        assert found == shown, example
