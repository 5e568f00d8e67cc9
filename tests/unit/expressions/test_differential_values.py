"""Generated values mean the same in Python, in SQLite and in PostgreSQL: what each type can be made of.

TRELLIS_CASES says how many are tried on each database; 400 if it says nothing.
"""

import os
from decimal import Decimal
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Scope
from runtime.expressions.evaluation import AGGREGATES
from runtime.expressions.tree import Aggregate, walk
from runtime.model.types import MONEY
from runtime.model.values import Money
from tests.support.catalogs import small_crm
from tests.support.expression_chance import (
    DATES,
    DEALS,
    MOMENTS,
    TEXTS,
    Chance,
    Words,
    either,
    literal,
    moment_of,
    one,
)
from tests.support.expression_tables import Joined, nested

CASES = int(os.environ.get("TRELLIS_CASES", "400"))
BATCH = 10
DEEPEST = 3
LANGUAGE = Language.standard()
SCOPE = Scope(**small_crm(), module="deals", constants={"vat": Decimal("25.5")})
PLACE = Span.point("generated")


def made(shape: str, *parts: str) -> Words:
    """A shape such as ``({} + {})`` with values of these kinds in its places."""

    def write(random: Random, depth: int = 0) -> str:
        return shape.format(*(value(part, random, depth + 1) for part in parts))

    return write


def matching(pattern: str) -> Words:
    """A text that is matched with a pattern."""
    doubled = pattern.replace("{", "{{").replace("}", "}}")
    return made("matches({}, '" + doubled + "')", "text")


def value(kind: str, random: Random, depth: int = 0) -> str:
    """A value of a kind: a field or a literal, or something that is made of others."""
    if depth >= DEEPEST or not MADE[kind] or random.random() < 0.35:
        return LEAVES[kind](random)
    way = random.choice(MADE[kind])
    return way(random, depth)  # type: ignore[call-arg]


LEAVES: dict[str, Words] = {
    "number": either(
        one("price", "count", "chance", "stage.probability", "stage.weight", "account.rating", "const.vat"),
        literal(0, 1, -1, 2, 3, 7, 10, Decimal("0.5"), Decimal("-1.005"), Decimal("2.345"), Decimal("99.99")),
    ),
    "whole": either(one("count", "stage.probability", "len(name)"), literal(0, 1, -1, 2, 3, 5, 12, 40)),
    "money": one("amount", "budget", "account.credit", "account.parent_account.credit"),
    "text": either(
        one("name", "note", "account.name", "owner.name", "seller.role", "concat(stage.kind)", "stage.label"),
        literal(*TEXTS, " a b ", "12.5", "-3", "x-y z", "yes", None),
    ),
    "date": either(
        one("close_date", "due_date", "account.founded", "today()", "date(met_at)"),
        lambda random: f"date({literal(*DATES)(random)})",
    ),
    "time": either(
        one("met_at", "created_at", "account.seen_at", "now()"),
        lambda random: f"datetime({literal(*MOMENTS)(random)})",
    ),
    "length": one(
        "days(1)", "days(count)", "hours(36)", "minutes(-90)", "(close_date - due_date)", "weeks(1)"
    ),
    "months": one("months(1)", "months(-13)", "years(1)", "months(count)", "months(len(name))"),
    "true": one("active", "urgent", "stage.hot", "true", "false", "none"),
    "of_deals": one(
        "stage == 'won'", "active", "amount > this.credit", "count < 5", "seller == this.owner", "not urgent"
    ),
    "of_mine": one("stage.kind == 'open'", "amount > this.amount", "name < this.name", "id != this.id"),
    "of_link": one("link.role == 'a'", "link.share > 0.5", "name > this.name", "link.role in ['b', none]"),
}
MADE: dict[str, tuple[Words, ...]] = {
    "number": (
        made("({} + {})", "number", "number"),
        made("({} - {})", "number", "number"),
        made("({} * {})", "number", "number"),
        made("({} / {})", "number", "number"),
        made("({} // {})", "number", "number"),
        made("({} % {})", "number", "number"),
        made("(({}) ** 2)", "number"),
        made("({} ** -1)", "number"),
        made("({} ** {})", "number", "whole"),
        made("-({})", "number"),
        made("({} / {})", "money", "money"),
        made("({} // {})", "money", "money"),
        made("({} / {})", "length", "length"),
        made("round({}, 2)", "number"),
        made("round({}, {})", "number", "whole"),
        made("floor({})", "number"),
        made("ceil({})", "number"),
        made("abs({})", "number"),
        made("mod({}, {})", "number", "number"),
        made("min({}, {})", "number", "number"),
        made("max({}, {}, {})", "number", "number", "number"),
        made("default({}, {})", "number", "number"),
        made("if_({}, {}, {})", "true", "number", "number"),
        made("({} if {} else {})", "number", "true", "number"),
        made("case(stage, 'won', {}, 'lost', {})", "number", "number"),
        made("case({}, {}, {}, {}, {})", "true", "number", "true", "number", "number"),
        made("number({})", "text"),
        made("number({})", "money"),
        made("number({})", "true"),
        made("number(text({}))", "number"),
        made("sum(account.deals.count, {})", "of_deals_scope"),
        made("sum(account.deals.price)", *()),
        made("avg(account.deals.chance)", *()),
        made("avg(account.deals.price, {})", "of_mine"),
        made("max(account.deals.price)", *()),
        made("min(members.id, {})", "of_link"),
        made("lookup(accounts, industry == this.account.industry, rating, -founded)", *()),
        made("first(account.deals.price, {}, name)", "of_mine"),
    ),
    "whole": (
        made("({} + {})", "whole", "whole"),
        made("({} * {})", "whole", "whole"),
        made("len({})", "text"),
        made("len(interests)", *()),
        made("year({})", "date"),
        made("month({})", "date"),
        made("day({})", "date"),
        made("weekday({})", "date"),
        made("week({})", "date"),
        made("quarter({})", "date"),
        made("days_between({}, {})", "date", "date"),
        made("workdays_between({}, {})", "date", "date"),
        made("count(account.deals)", *()),
        made("count(account.deals, {})", "of_mine"),
        made("count(account.deals.name)", *()),
        made("count(members)", *()),
        made("count(members, {})", "of_link"),
        made("count(account.branches.deals, {})", "of_mine"),
        made("count(account.deals.members)", *()),
        made("floor({})", "number"),
    ),
    "money": (
        made("({} + {})", "money", "money"),
        made("({} - {})", "money", "money"),
        made("({} + {})", "money", "number"),
        made("({} - {})", "number", "money"),
        made("({} * {})", "money", "number"),
        made("({} * {})", "number", "money"),
        made("({} / {})", "money", "number"),
        made("({} % {})", "money", "number"),
        made("({} // {})", "money", "number"),
        made("-({})", "money"),
        made("round({}, 1)", "money"),
        made("abs({})", "money"),
        made("floor({})", "money"),
        made("min({}, {})", "money", "money"),
        made("max({}, {})", "money", "number"),
        made("default({}, {})", "money", "money"),
        made("default({}, 0)", "money"),
        made("if_({}, {}, {})", "true", "money", "money"),
        made("if_({}, {}, {})", "true", "money", "number"),
        made("in_currency({}, 'USD')", "money"),
        made("in_currency({}, 'EUR')", "money"),
        made("in_currency({}, 'SEK')", "money"),
        made("sum(account.deals.amount)", *()),
        made("sum(account.deals.budget, {})", "of_mine"),
        made("avg(account.deals.amount, {})", "of_mine"),
        made("max(account.deals.amount, {})", "of_mine"),
        made("min(account.deals.budget)", *()),
        made("first(account.deals.amount, {}, -close_date)", "of_mine"),
        made("first(account.deals.budget)", *()),
        made("lookup(deals, account == this.account and id != this.id, budget)", *()),
    ),
    "text": (
        made("upper({})", "text"),
        made("lower({})", "text"),
        made("title({})", "text"),
        made("trim({})", "text"),
        made("slug({})", "text"),
        made("left({}, {})", "text", "whole"),
        made("right({}, {})", "text", "whole"),
        made("mid({}, {}, {})", "text", "whole", "whole"),
        made("replace({}, {}, {})", "text", "text", "text"),
        made("pad({}, {}, '0')", "text", "whole"),
        made("pad({}, 5)", "text"),
        made("concat({}, {})", "text", "text"),
        made("concat({}, ' ', {}, stage, {})", "text", "number", "date"),
        made("concat({}, {}, {})", "money", "time", "true"),
        made("format('{{}} of {{}}', {}, {})", "number", "text"),
        made("text({})", "number"),
        made("text({})", "money"),
        made("text({})", "date"),
        made("text({})", "time"),
        made("text({})", "true"),
        made("format_number({})", "number"),
        made("format_number({}, 3, ',', ' ')", "money"),
        made("format_number({}, 0, ',', '.')", "number"),
        made("format_date({}, 'D.M.YYYY')", "date"),
        made("format_date({}, 'YY/MM/DD at HH:mm \"x\"')", "time"),
        made("default({}, {})", "text", "text"),
        made("if_({}, {}, {})", "true", "text", "text"),
        made("case(concat({}, name), {}, {}, 'else')", "text", "text", "text"),
        made("first(account.deals.name, {}, -name)", "of_mine"),
        made("first(members.name, {})", "of_link"),
        made("lookup(users, id == this.seller.id, email)", *()),
    ),
    "date": (
        made("({} + {})", "date", "length"),
        made("({} - {})", "date", "length"),
        made("({} + {})", "date", "months"),
        made("({} - {})", "date", "months"),
        made("add_months({}, {})", "date", "whole"),
        made("add_workdays({}, {})", "date", "whole"),
        *(
            made(f"{name}({{}}, '{period}')", "date")
            for name in ("start_of", "end_of")
            for period in ("day", "week", "month", "quarter", "year")
        ),
        made("date({})", "time"),
        made("date(2026, {}, {})", "whole", "whole"),
        made("date(year({}), 2, 29)", "date"),
        made("min({}, {})", "date", "date"),
        made("max({}, {})", "date", "date"),
        made("default({}, {})", "date", "date"),
        made("if_({}, {}, {})", "true", "date", "date"),
        made("min(account.deals.close_date, {})", "of_mine"),
        made("max(account.deals.due_date)", *()),
    ),
    "time": (
        made("({} + {})", "time", "length"),
        made("({} - {})", "time", "length"),
        made("({} + {})", "time", "months"),
        made("datetime({})", "date"),
        made("datetime({}, {}, 30)", "date", "whole"),
        made("default({}, {})", "time", "time"),
        made("max({}, {})", "time", "time"),
        made("max(account.deals.met_at, {})", "of_mine"),
    ),
    "length": (
        made("({} - {})", "date", "date"),
        made("({} - {})", "time", "time"),
        made("({} + {})", "length", "length"),
        made("({} * {})", "length", "number"),
        made("({} / {})", "length", "number"),
        made("-({})", "length"),
        made("hours({})", "number"),
        made("seconds({})", "number"),
        made("days({})", "whole"),
        made("default({}, {})", "length", "length"),
    ),
    "months": (made("({} + {})", "months", "months"),),
    "true": (
        made("({} == {})", "number", "number"),
        made("({} < {})", "number", "number"),
        made("({} != {})", "money", "money"),
        made("({} >= {})", "money", "number"),
        made("({} == {})", "free", "text"),
        made("(upper({}) < {})", "text", "filled"),
        made("({} <= {})", "date", "date"),
        made("({} > {})", "time", "time"),
        made("({} > {})", "length", "length"),
        made("({} in [{}, {}])", "number", "number", "whole"),
        made("({} and {})", "true", "true"),
        made("({} or {})", "true", "true"),
        made("(not {})", "true"),
        made("is_empty({})", "number"),
        made("is_empty({})", "money"),
        made("is_empty({})", "text"),
        made("contains({}, {})", "text", "text"),
        made("starts_with({}, {})", "text", "text"),
        made("ends_with({}, {})", "text", "text"),
        *(
            matching(pattern)
            for pattern in (
                "[A-Z].*",
                ".*[0-9]+.*",
                "[^a-z]*",
                "(a|b|å)+",
                "a{1,3}",
                "\\\\w+",
                ".{2,5}",
                "[åäö]?.*s",
                "\\\\D*",
                "a.c|.*é",
                "\\\\d+\\\\.\\\\d",
            )
        ),
        made("boolean({})", "text"),
        made("boolean({})", "number"),
        made("any_of(interests, ['a', 'c_1'])", *()),
        made("any_of(account.deals.name, ['a', 'Å'])", *()),
        made("exists(account.deals, {})", "of_mine"),
        made("exists(members, {})", "of_link"),
        made("exists(account.branches)", *()),
        made("if_({}, {}, none)", "true", "true"),
        made("default({}, {})", "true", "true"),
    ),
}
LEAVES["free"] = one("name", "note", "account.name", "upper(owner.name)")
MADE["free"] = ()
LEAVES["filled"] = one("name", "account.name", "'m'", "'Ö'", "'z'")
MADE["filled"] = ()
MADE["of_deals_scope"] = MADE["of_mine"] = MADE["of_link"] = MADE["of_deals"] = ()
LEAVES["of_deals_scope"] = LEAVES["of_mine"]
KINDS = ("number", "whole", "money", "text", "date", "time", "length", "true")


def comparable(found: object) -> object:
    """A value as it is compared: money as its amount and currency, numbers by what they are."""
    if isinstance(found, Money):
        return (found.amount, found.currency)
    return found


def of_row(row, type_):
    """The value of a row's columns."""
    if type_ == MONEY and row[0] is not None:
        return (row[0], row[1]) if row[1] is not None else row[0]
    return row[0]


def in_python(tree, plain, moment):
    """The value for each deal; what only the database can look up is taken from there."""
    evaluator = LANGUAGE.evaluator(moment)
    return {id_: comparable(evaluator.run(tree, record)) for id_, record in plain.items()}


def in_sql(connection, tables, tree, moment):
    """The value for each deal that the database works out."""
    joined = Joined(tables, "deals", connection.dialect.name)
    columns = LANGUAGE.value_in_sql(tree, joined, moment)
    query = select(joined.root.c.id, *columns).select_from(joined._source)
    return {row[0]: of_row(row[1:], tree.type) for row in connection.execute(query)}


def looked_up(connection, tables, tree, moment):
    """The lookups of a tree, by their keys, for each deal."""
    found: dict[int, dict[str, object]] = {id_: {} for id_ in DEALS}
    for node in walk(tree):
        if isinstance(node, Aggregate) and node.steps[0].kind == "all":
            for id_, each in in_sql(connection, tables, node, moment).items():
                made_ = Money(*each) if isinstance(each, tuple) else each
                found[id_][node.key] = made_
    return found


def test_a_generated_value_is_the_same_in_python_and_in_sql(connection, tables):
    @settings(
        max_examples=max(CASES // BATCH, 1),
        deadline=None,
        derandomize="TRELLIS_CASES" not in os.environ,
        database=None,
        phases=[Phase.generate],  # what is found is small enough, and making it smaller takes minutes
    )
    @given(random=st.randoms(use_true_random=True))
    def compare(random):
        records, moment = Chance(random).records(), moment_of(random)
        tables.fill(connection, records)
        nests = {id_: nested(tables, records, "deals", id_, 3, 3) for id_ in DEALS}
        for text in [value(random.choice(KINDS), random) for _ in range(BATCH)]:
            expression, found = LANGUAGE.parse(text, PLACE, SCOPE)
            assert expression is not None, (text, found)
            fetched = looked_up(connection, tables, expression.tree, moment)
            plain = {id_: {**nests[id_], AGGREGATES: fetched[id_]} for id_ in DEALS}
            expected = in_python(expression.tree, plain, moment)
            given_ = in_sql(connection, tables, expression.tree, moment)
            wrong = {id_: (expected[id_], given_[id_]) for id_ in DEALS if expected[id_] != given_[id_]}
            assert not wrong, (text, moment, wrong)
        connection.rollback()

    compare()
