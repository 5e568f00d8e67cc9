"""Either: the same holds as before, and what several begin with is asked once."""

import itertools

import pytest

from runtime.expressions import Language, Moment
from runtime.expressions.either import either, is_same
from runtime.expressions.tree import Operation
from runtime.model.types import BOOLEAN
from tests.unit.expressions.conftest import Parse

RULES = (
    ("active and chance > 1", "active and chance > 2", "urgent", "active and chance > 3 and urgent"),
    ("active", "active and chance > 2"),
    ("active and urgent", "urgent and active", "chance == 2"),
    ("chance > 1 and active and urgent", "chance > 1 and active and not urgent", "chance > 1 and urgent"),
    ("not urgent or active", "active and chance == 1"),
)


@pytest.mark.parametrize("rules", RULES, ids=" | ".join)
def test_what_several_begin_with_is_drawn_out_and_the_same_holds_of_every_value(
    parse: Parse, language: Language, moment: Moment, rules: tuple[str, ...]
) -> None:
    trees = [parse(each).tree for each in rules]
    plain, evaluator = Operation(BOOLEAN, 0, 0, "or", tuple(trees)), language.evaluator(moment)
    seen = set()
    for active, urgent, chance in itertools.product(
        (True, False, None), (True, False, None), (None, 1, 2, 4)
    ):
        record = {"active": active, "urgent": urgent, "chance": chance}
        holds = evaluator.run(plain, record)
        assert (evaluator.run(either(trees), record) is True) is holds, record  # or empty, which holds not
        seen.add(holds)
    assert seen == {True, False}


def test_rules_about_the_same_records_ask_of_these_once(parse: Parse) -> None:
    rules = ("urgent", "active and chance > 1", "active    and chance > 2", "active and chance > 3")
    found = either([parse(each).tree for each in rules])
    assert isinstance(found, Operation)
    assert (found.operator, len(found.operands)) == ("or", 2)
    of_active = found.operands[1]
    assert isinstance(of_active, Operation)
    assert (of_active.operator, len(of_active.operands)) == ("and", 2)
    assert either([parse("urgent").tree]) == parse("urgent").tree


def test_what_is_written_elsewhere_says_the_same(parse: Parse) -> None:
    assert is_same(parse("active and chance > 1").tree, parse("  active  and  chance > 1").tree)
    assert not is_same(parse("active and chance > 1").tree, parse("active and chance > 2").tree)
    assert not is_same(parse("active").tree, parse("urgent").tree)
