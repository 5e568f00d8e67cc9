"""The examples in the docstrings of functions and operators."""

import inspect
import re

import pytest
from sqlalchemy import select

from runtime.expressions import Language
from tests.support.expression_tables import Joined

EXAMPLE = re.compile(r"^\s*>>> (.+)\n\s*(\S+)$", re.MULTILINE)
STANDARD = Language.standard()
PARTS = [*STANDARD.functions.values(), *STANDARD.operators.values()]
EXAMPLES = [found for part in PARTS for found in EXAMPLE.findall(inspect.getdoc(type(part)) or "")]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_function_and_operator_shows_an_example(part):
    assert EXAMPLE.search(inspect.getdoc(type(part)) or "")


@pytest.mark.parametrize("text, result", EXAMPLES)
def test_an_example_gives_what_it_shows(language, parse, moment, text, result):
    assert language.evaluate(parse(text), {}, moment) is (result == "true")


def test_every_example_gives_the_same_in_sql(language, parse, moment, tables, connection):
    for text, result in EXAMPLES:
        joined = Joined(tables, "deals", connection.dialect.name)
        condition = language.to_sql(parse(text), joined, moment)
        assert bool(connection.execute(select(condition)).scalar()) is (result == "true"), text
