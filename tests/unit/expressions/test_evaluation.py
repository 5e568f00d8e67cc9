"""What an expression means in Python."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from runtime.base.registry import Registry
from runtime.expressions import Language, Moment
from runtime.expressions.evaluation import STEPS, BudgetError
from runtime.expressions.functions.base import Function
from runtime.model.types import BOOLEAN, DATE, INTEGER, TEXT, record_of
from runtime.model.values import Link, Money, Ref

EMPTY = dict.fromkeys(("name", "note", "stage", "amount", "budget", "count", "active", "account", "owner"))


def euros(amount):
    return Money(Decimal(amount), "EUR")


def dollars(amount):
    return Money(Decimal(amount), "USD")


@pytest.mark.parametrize(
    "text, values, result",
    [
        ("name == none", {}, True),
        ("name == ''", {}, True),
        ("name != 'a'", {}, True),
        ("name == note", {}, True),
        ("name != note", {}, False),
        ("name < 'a' or name >= 'a'", {}, False),
        ("not (name < 'a')", {}, True),
        ("not active", {}, True),
        ("active == false", {}, False),
        ("stage in ['won', 'lost']", {}, False),
        ("stage not in ['won', 'lost']", {}, True),
        ("stage in ['won', none]", {}, True),
        ("stage.kind == none", {}, True),
        ("stage.kind == none", {"stage": "parked"}, True),
        ("stage.kind == 'won'", {"stage": "won"}, True),
        ("stage.kind != 'won'", {"stage": "a value of old"}, True),
        ("stage.probability > 40", {"stage": "proposal"}, True),
        ("account.name == none", {}, True),
        ("account.owner.manager == none", {}, True),
        ("owner == user", {"owner": 1}, True),
        ("owner in user.groups", {"owner": 11}, True),
        ("owner == user", {}, False),
        ("name == 'Åbo'", {"name": "åbo"}, False),
        ("name <= 'ÅBO'", {"name": "åbo"}, True),
        ("name < 'ä'", {"name": "å"}, True),
        ("amount == 10", {"amount": dollars("10.00")}, True),
        ("amount == budget", {"amount": euros(1), "budget": dollars(1)}, False),
        ("amount != budget", {"amount": euros(1), "budget": dollars(1)}, True),
        ("amount < budget", {"amount": euros(1), "budget": dollars(2)}, False),
        (
            "amount < budget",
            {"amount": euros(1), "budget": euros("1.0001")},
            True,
        ),
        ("1 < count < 10", {"count": 5}, True),
        ("1 < count < 10", {"count": 10}, False),
    ],
)
def test_empties_texts_and_money_mean_what_the_language_says(language, parse, moment, text, values, result):
    assert language.evaluate(parse(text), {**EMPTY, **values}, moment) is result


@pytest.mark.parametrize(
    "at, result",
    [
        (datetime(2026, 1, 30, 21, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 30, 22, 0, tzinfo=UTC), True),
        (datetime(2026, 1, 31, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 1, 31, 22, 0, tzinfo=UTC), False),
    ],
)
def test_a_moment_is_compared_with_a_date_by_its_date_on_the_site(language, parse, moment, at, result):
    for text in ("met_at == '2026-01-31'", "met_at == today()", "date(met_at) == today()"):
        assert language.holds(parse(text), {"met_at": at}, moment) is result


def test_a_time_without_a_zone_is_on_the_site(language, parse, moment):
    expression = parse("met_at == '2026-01-31T00:30'")
    assert language.holds(expression, {"met_at": datetime(2026, 1, 30, 22, 30, tzinfo=UTC)}, moment)


def test_dates_move_over_leap_days_and_stop_at_the_ends_of_the_calendar(language, parse, moment):
    leap = language.evaluate(parse("close_date + days(1)", DATE), {"close_date": date(2024, 2, 28)}, moment)
    assert leap == date(2024, 2, 29)
    assert language.evaluate(parse("close_date + days(1)", DATE), {"close_date": date.max}, moment) is None


def test_today_is_the_sites(language, parse):
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    expression = parse("today()", DATE)
    assert language.evaluate(expression, {}, Moment.at(late, ZoneInfo("Europe/Helsinki"))) == date(2026, 2, 1)
    assert language.evaluate(expression, {}, Moment.at(late)) == date(2026, 1, 31)


@pytest.mark.parametrize("account", [21, {"id": 21}, Ref("accounts", 21, "Acme")])
def test_a_record_may_be_an_id_a_reference_or_its_fields(language, parse, moment, account):
    assert language.holds(parse("account == 21 and account.id == 21"), {"account": account}, moment)


def test_links_may_be_links_or_ids(language, parse, moment):
    for members in ((Link(1), Link(2)), (1, 2), [Ref("users", 1, "Maija")]):
        assert language.holds(
            parse("user in members and not is_empty(members)"), {"members": members}, moment
        )
    assert language.holds(parse("is_empty(members) and user not in members"), {"members": ()}, moment)


def test_what_only_users_have_is_empty_of_a_group(language, parse, moment):
    expression = parse("owner.email == none")
    assert language.holds(expression, {"owner": {"id": 11, "name": "Sales"}}, moment)


def test_nobody_signed_in_is_empty(language, parse):
    nobody = Moment.at(datetime(2026, 1, 31, tzinfo=UTC))
    record = {"owner": 1}
    assert not language.holds(parse("owner == user or owner in user.groups"), record, nobody)
    assert language.holds(
        parse("is_empty(user) and is_empty(user.groups) and user.role == none"), record, nobody
    )


def test_a_record_without_what_is_read_is_an_error_and_not_empty(language, parse, moment):
    with pytest.raises(LookupError, match=r"account\.industry"):
        language.evaluate(parse("account.industry == 'it'"), {"account": {"id": 21}}, moment)
    with pytest.raises(LookupError, match=r"account\.industry"):
        language.evaluate(parse("account.industry == 'it'"), {"account": 21}, moment)
    with pytest.raises(LookupError, match="stage"):
        language.evaluate(parse("stage == 'won'"), {}, moment)


def test_the_evaluator_knows_none_of_simpleevals_own_functions(language, moment):
    assert set(language.evaluator(moment).functions) == set(language.functions)


def test_an_evaluation_has_a_budget_of_steps(language, parse, moment):
    evaluator = language.evaluator(moment)
    tree = parse("sum(account.deals.count, count > 1) > 1").tree
    evaluator.run(tree, {"account": {"deals": [{"count": 1}] * 1000}})
    with pytest.raises(BudgetError, match="steps"):
        evaluator.run(tree, {"account": {"deals": [{"count": 1}] * STEPS}})


def test_an_evaluation_has_a_budget_of_time(language, parse, moment, monkeypatch):
    evaluator = language.evaluator(moment)
    times = iter(range(100))
    monkeypatch.setattr("runtime.expressions.evaluation.thread_time", lambda: next(times))
    with pytest.raises(BudgetError, match="50 ms"):
        evaluator.run(
            parse("count(account.deals, count > 1) > 1").tree, {"account": {"deals": [{"count": 1}] * 1000}}
        )


class Shout(Function):
    """A function that only this test has."""

    name = "shout"
    family = "text"
    returns = TEXT

    def value(self, moment):
        return "HEY"


def test_two_languages_in_one_process_have_functions_of_their_own(language, parse, scope, moment):
    own = Language(Registry("function", [Shout()]), language.operators)
    expression, found = own.parse("shout() == 'HEY'", parse("true").span, scope, BOOLEAN)
    assert expression is not None, found
    assert own.holds(expression, {}, moment)
    assert language.parse("shout() == 'HEY'", parse("true").span, scope, BOOLEAN)[0] is None


def test_the_tree_knows_its_types(parse):
    assert parse("account", None).type == record_of("accounts")
    assert parse("account.id", None).type == INTEGER
