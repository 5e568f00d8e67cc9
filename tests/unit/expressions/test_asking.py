"""Which conditions are compiled once for everybody."""

import pytest

from runtime.expressions.asking import is_for_anybody
from runtime.expressions.tree import Aggregate, Call, Literal, Operation, Read, User
from runtime.model.types import BOOLEAN, INTEGER, record_of

ME, ID = User(record_of("users"), 0, 0), User(INTEGER, 0, 0)
OWNER = Read(record_of("users"), 0, 0, (), ("owner",))
AGE = Read(INTEGER, 0, 0, (), ("age",))
GROUPS = User(INTEGER, 0, 0, "groups")


def operation(operator, *operands):
    return Operation(BOOLEAN, 0, 0, operator, operands)


@pytest.mark.parametrize(
    "tree",
    [
        operation("==", OWNER, ME),
        operation("!=", ME, OWNER),
        operation("or", operation("==", OWNER, ME), operation("in", OWNER, GROUPS)),
        operation("==", AGE, Literal(INTEGER, 0, 0, 3)),
        Aggregate(BOOLEAN, 0, 0, "exists", (), condition=operation("==", OWNER, ME), key="k"),
    ],
)
def test_who_owns_a_record_is_asked_alike_of_everybody(tree):
    assert is_for_anybody(tree)


@pytest.mark.parametrize(
    "tree",
    [
        operation("==", ID, Literal(INTEGER, 0, 0, 5)),
        operation("==", AGE, ID),
        operation("<", AGE, ID),
        operation("==", ME, ME),
        operation("==", Call(INTEGER, 0, 0, "len", (ME,)), AGE),
        Aggregate(BOOLEAN, 0, 0, "exists", (), condition=operation("==", AGE, ID), key="k"),
    ],
)
def test_what_is_worked_out_of_an_id_is_compiled_for_each(tree):
    assert not is_for_anybody(tree)
