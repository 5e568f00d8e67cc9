"""Each operator of the filter builder knows its own examples, and finds the deals that they name."""

import pytest

from runtime.expressions.conditions import Conditions, Group
from runtime.expressions.filters.base import EVERY, Row
from runtime.expressions.language import Language
from tests.support.expression_tables import Joined
from tests.support.expression_trees import alike
from tests.support.filter_deals import MOMENT, RECORDS

CONDITIONS = Conditions.standard(Language.standard())
OPERATORS = [pytest.param(each, id=each.name) for each in CONDITIONS.operators.values()]


def names(connection, tables, language, expression):
    joined = Joined(tables, "deals", connection.dialect.name)
    ids = connection.execute(joined.ids(language.to_sql(expression, joined, MOMENT))).scalars()
    return tuple(sorted(str(RECORDS["deals"][id_]["name"]) for id_ in ids))


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_is_known_by_its_examples(operator, parse, scope):
    assert operator.examples
    for example in operator.examples:
        (part,) = CONDITIONS.read(example.text, scope).parts
        assert isinstance(part, Row), example.text
        assert part.operator == operator.name, example.text
        assert alike(parse(CONDITIONS.write(part)).tree, parse(example.text).tree)


def test_the_examples_find_what_they_say(connection, tables, parse, language):
    tables.fill(connection, RECORDS)
    for operator in CONDITIONS.operators.values():
        for example in operator.examples:
            found = names(connection, tables, language, parse(example.text))
            assert found == example.found, (operator.name, example.text)


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_says_all_that_it_holds(operator):
    places = {hole: hole.upper() for hole in operator.shape.holes}
    said = operator.sentence.format(field="FIELD", **places)
    assert all(each in said for each in ("FIELD", *places.values()))
    known = {*EVERY, "user", "users", "group", "owner"}
    assert set(operator.kinds) <= known


def test_every_field_can_be_asked_something(scope):
    for field in scope.modules["deals"].all_fields():
        node = CONDITIONS.field(field.key, scope)
        assert node is not None
        assert CONDITIONS.asked_of(node), field.key


def test_the_words_of_the_operators_of_one_field_differ(scope):
    for field in scope.modules["deals"].all_fields():
        node = CONDITIONS.field(field.key, scope)
        assert node is not None
        titles = [operator.title for operator in CONDITIONS.asked_of(node)]
        assert len(set(titles)) == len(titles), field.key


def test_one_operator_alone_reads_a_condition(parse):
    for operator in CONDITIONS.operators.values():
        for example in operator.examples:
            tree = parse(example.text).tree
            readers = [other.name for other in CONDITIONS.operators.values() if other.read(tree)]
            assert readers == [operator.name], example.text


def test_an_unknown_condition_stays_as_it_is_written(scope):
    for text in ("stagee == 'won'", "stage ==", "sum(count) > 1", "stage"):
        group = CONDITIONS.read(text, scope)
        assert CONDITIONS.write(group) == text
        assert isinstance(group, Group)
