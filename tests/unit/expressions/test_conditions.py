"""What the filter builder reads of a condition, it writes back: the same typed tree, whatever it was."""

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Scope
from runtime.expressions.conditions import DEEPEST, MOST_PARTS, WORDS, Conditions, Group, Written, parts_of
from runtime.expressions.filters.base import Row, kinds_of
from runtime.model.types import BOOLEAN
from tests.support.catalogs import small_crm
from tests.support.condition_chance import condition
from tests.support.expression_trees import alike

CASES = int(os.environ.get("TRELLIS_CASES", "300"))
LANGUAGE = Language.standard()
CONDITIONS = Conditions.standard(LANGUAGE)
SCOPE = Scope(**small_crm(), module="deals")
PLACE = Span.point("generated")
OFTEN = settings(
    max_examples=max(CASES // 3, 1),
    deadline=None,
    derandomize="TRELLIS_CASES" not in os.environ,
    database=None,
)

PATHS = (
    *("name", "note", "stage", "interests", "favourite", "amount", "price", "count", "chance", "active"),
    *("close_date", "met_at", "starts", "lasts", "account", "seller", "members", "papers", "owner"),
    *("created_at", "stage.kind", "stage.probability", "stage.hot", "stage.label", "account.industry"),
    *("account.credit", "account.founded", "account.owner", "account.parent_account.name"),
    *("account.seen_at", "owner.name", "account.industry.kind"),
)
NUMBERS = st.one_of(
    st.integers(-(10**15), 10**15), st.decimals(-(10**9), 10**9, places=3), st.just(Decimal("0.50"))
)
VALUES = {
    "text": st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1),
    "number": NUMBERS,
    "date": st.dates(),
    "datetime": st.dates(),
    "time": st.times().map(lambda value: value.replace(tzinfo=None)),
    "duration": st.timedeltas(timedelta(-9999), timedelta(9999)),
    "record": st.integers(1, 10**12),
    "records": st.integers(1, 10**12),
}
KEYS = {
    "stage": ("won", "lost", "parked"),
    "interests": ("a", "a_b"),
    "favourite": ("a", "c_1"),
    "stage.kind": ("open", "won"),
    "account.industry": ("it", "food"),
    "account.industry.kind": ("service", "industry"),
}


def tree(text):
    expression, found = LANGUAGE.parse(text, PLACE, SCOPE, BOOLEAN)
    assert expression is not None, (text, found)
    return expression.tree


def value(path, kinds):
    if path in KEYS:
        return st.sampled_from(KEYS[path])
    return VALUES[next(kind for kind in VALUES if kind in kinds)]


@st.composite
def rows(draw):
    path = draw(st.sampled_from(PATHS))
    field = CONDITIONS.field(path, SCOPE)
    assert field is not None
    operator = draw(st.sampled_from(CONDITIONS.asked_of(field)))
    values = {}
    for hole in operator.shape.holes:
        if hole == "n":
            values[hole] = draw(st.integers(1, 36_500))
        elif hole == "values":
            values[hole] = tuple(draw(st.lists(value(path, kinds_of(field)), min_size=1, max_size=4)))
        else:
            values[hole] = draw(value(path, kinds_of(field)))
    return Row(path, operator.name, values)


GROUPS = st.recursive(
    rows(),
    lambda parts: st.builds(Group, st.sampled_from(sorted(WORDS)), st.lists(parts, min_size=1, max_size=4)),
    max_leaves=12,
)


@OFTEN
@given(part=GROUPS)
def test_rows_and_groups_are_read_back_as_rows(part):
    text = CONDITIONS.write(part)
    shown = CONDITIONS.read(text, SCOPE)
    assert alike(tree(CONDITIONS.write(shown)), tree(text)), text
    deep = sum(1 for each in parts_of(shown)) > MOST_PARTS or "((((((" in text or "not (not" in text
    written = [each.text for each in parts_of(shown) if isinstance(each, Written)]
    assert not written or deep or _depth(shown) >= DEEPEST, written


@OFTEN
@given(random=st.randoms(use_true_random=True))
def test_any_condition_is_written_back_as_it_was(random):
    text = condition(random)
    shown = CONDITIONS.read(text, SCOPE)
    assert alike(tree(CONDITIONS.write(shown)), tree(text)), text


def _depth(part):
    return 1 + max(map(_depth, part.parts), default=0) if isinstance(part, Group) else 0


@pytest.mark.parametrize(
    "text, shown",
    [
        ("stage == 'won' and amount > 5", ("all", ["equals", "more"])),
        ("stage == 'won' or amount > 5", ("any", ["equals", "more"])),
        ("not (stage == 'won' or amount > 5)", ("none", ["equals", "more"])),
        ("not (stage == 'won' and amount > 5)", ("not_all", ["equals", "more"])),
        ("not active and amount > 5 and (count + 1) > count", ("all", ["no", "more", "(count + 1) > count"])),
        ("1 < count < 10", ("all", ["1 < count", "less"])),
        ("owner == user or owner in user.groups", ("all", ["me_or_my_groups"])),
        ("(owner == user or owner in user.groups) and active", ("all", ["me_or_my_groups", "yes"])),
        ("account.owner == user", ("all", ["me"])),
        ("met_at >= today() - days(7)", ("all", ["met_at >= today() - days(7)"])),
        ("met_at == '2026-01-31T08:00'", ("all", ["met_at == '2026-01-31T08:00'"])),
        ("name == 'a\\nb'", ("all", ["name == 'a\\nb'"])),
        ("count == 5.", ("all", ["count == 5."])),
        ("account.id == 21", ("all", ["account.id == 21"])),
        ("this == 31", ("all", ["this == 31"])),
        ("is_empty(date(met_at))", ("all", ["is_empty(date(met_at))"])),
        ("is_empty(met_at)", ("all", ["empty"])),
        ("(1 + (2)) * 3 < (count) and ('(' == name)", ("all", ["(1 + (2)) * 3 < (count)", "'(' == name"])),
        ("", ("all", [])),
    ],
)
def test_a_condition_is_shown_as_these_rows(text, shown):
    group = CONDITIONS.read(text, SCOPE)
    assert (
        group.word,
        [getattr(part, "operator", getattr(part, "text", None)) for part in group.parts],
    ) == shown


def test_a_group_in_a_group_keeps_its_brackets():
    text = "stage == 'won' and (amount > 5 or count > 2)"
    group = CONDITIONS.read(text, SCOPE)
    assert isinstance(group.parts[1], Group)
    assert group.parts[1].word == "any"
    assert CONDITIONS.write(group) == text


def test_a_group_that_is_turned_round_is_one_group():
    text = "active and not (count > 1 or not (count > 2 or not (count > 3 or not (count > 4 or count > 5))))"
    shown = CONDITIONS.read(text, SCOPE)
    assert not [part for part in parts_of(shown) if isinstance(part, Written)]
    assert alike(tree(CONDITIONS.write(shown)), tree(text))


def test_groups_that_stand_too_deep_stay_a_text():
    text = "active"
    for number in range(9):
        text = f"({text} {'and' if number % 2 else 'or'} count > {number})"
    shown = CONDITIONS.read(text, SCOPE)
    assert any(isinstance(part, Written) for part in parts_of(shown))
    assert alike(tree(CONDITIONS.write(shown)), tree(text))


def test_a_condition_of_very_many_parts_stays_a_text():
    text = " or ".join(f"count == {number}" for number in range(MOST_PARTS))
    assert CONDITIONS.read(text, SCOPE).parts == (Written(text),)


def test_what_is_wrong_is_told_at_its_place():
    (wrong,) = CONDITIONS.wrong("active and stagee == 'won'", SCOPE)
    assert (wrong.span.column, wrong.span.end_column) == (12, 18)
    assert 'did you mean "stage"?' in wrong.help
    assert CONDITIONS.wrong("active", SCOPE) == ()


@pytest.mark.parametrize(
    "text,shown",
    [
        ("active and stagee == 'won' and count > 1", ("all", ["yes", "stagee == 'won'", "more"])),
        ("active or (1 + 1) * x > 2", ("any", ["yes", "(1 + 1) * x > 2"])),
        ("not (active or x)", ("all", ["not (active or x)"])),
        ("active and", ("all", ["active and"])),
    ],
)
def test_of_a_wrong_condition_the_right_parts_are_rows(text, shown):
    group = CONDITIONS.read(text, SCOPE)
    parts = [getattr(part, "operator", getattr(part, "text", None)) for part in group.parts]
    assert (group.word, parts) == shown
    assert CONDITIONS.write(group) == text


def test_a_wrong_condition_in_brackets_keeps_them():
    text = "count > 1 and (active or nothing == 5)"
    assert CONDITIONS.write(CONDITIONS.read(text, SCOPE)) == text


def test_a_path_is_a_field_or_nothing():
    assert CONDITIONS.field("account.name", SCOPE) is not None
    for path in ("", "nothing", "user", "this", "1 + 1", "account.nothing", "none", "name == 'a'", "lähde"):
        assert CONDITIONS.field(path, SCOPE) is None, path
