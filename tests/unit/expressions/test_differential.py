"""Generated expressions mean the same in Python, in SQLite and in PostgreSQL.

Hypothesis gives the chance (and its seed, when a case fails); values and expressions are drawn from it
evenly, where its own strategies would mostly repeat what is simplest. TRELLIS_CASES says how many expressions
are tried on each database; 300 if it says nothing.
"""

import os
from collections.abc import Mapping
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Moment, Scope
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN
from tests.support.catalogs import small_crm
from tests.support.expression_chance import (
    DATES,
    DEALS,
    IN,
    INTERESTS,
    MOMENTS,
    NUMBERS,
    SAME,
    STAGES,
    TEXTS,
    WHOLE,
    Chance,
    called,
    compared,
    either,
    listed,
    literal,
    moment_of,
    one,
    spaced,
)
from tests.support.expression_tables import Joined, Tables, nested

CASES = int(os.environ.get("TRELLIS_CASES", "300"))
BATCH = 10  # expressions on the same records
LANGUAGE = Language.standard()
SCOPE = Scope(**small_crm(), module="deals")
PLACE = Span.point("generated")

ORDER = one("<", "<=", ">", ">=")
TEXT = one("name", "note", "account.name", "owner.name", "owner.email", "seller.role", "user.role")
NUMBER = one(
    *("amount", "budget", "price", "count", "chance", "stage.probability", "stage.weight"),
    *("account.credit", "account.rating", "account.parent_account.credit"),
)
DATE = one(
    *("close_date", "due_date", "account.founded", "today()", "date(met_at)", "date(account.seen_at)"),
    *("today() - days(1)", "close_date + days(1)", "due_date - days(400)", "date(met_at) + days(7)"),
)
TIME = one(
    *("met_at", "account.seen_at", "now()", "created_at", "met_at + days(1)", "now() - days(1)"),
    "met_at - days(-1)",
)
PERSON_FIELD = one("seller", "account.owner", "owner", "user", "owner.manager")
PERSON = either(PERSON_FIELD, one("1", "2", "none"))
STAGE = one("stage", "old_stage")
KIND = one("'open'", "'won'", "'lost'", "none")
PART = (
    "a",
    "Å",
    "å",
    "ÅBO",
    "%",
    "_",
    "\\",
    "\u0131",
    "O",
    "\u03c3",
    "{",
    "é",
    "e\u0301",
    "😀",
    "x" * 40,
    None,
)
ANY_STAGE = either(literal(*STAGES[:-1]), one("none"))
TIMES = either(literal(*MOMENTS), one("'2026-01-31T00:30'", "'2009-11-01T00:00:30'"))
BETWEEN = (Decimal("10.005"), Decimal("-10.005"), Decimal("9.999"))  # no scale of 2 holds these
LEAVES = (
    compared(TEXT, SAME, either(TEXT, literal(*TEXTS, None))),
    compared(TEXT, ORDER, either(TEXT, literal(*TEXTS))),
    listed(TEXT, either(TEXT, literal(*TEXTS, None))),
    called(one("contains", "starts_with", "ends_with"), TEXT, either(TEXT, literal(*PART))),
    called(one("contains", "starts_with", "ends_with"), literal(*TEXTS, *PART), TEXT),
    compared(NUMBER, SAME, either(NUMBER, literal(*NUMBERS, *WHOLE, None))),
    compared(NUMBER, ORDER, either(NUMBER, literal(*NUMBERS, *WHOLE, 10**18 - 1))),
    compared(NUMBER, ORDER, NUMBER),
    compared(one("amount", "chance"), either(SAME, ORDER), literal(*BETWEEN)),
    compared(one("amount", "chance", "count"), either(SAME, ORDER), one("price", "budget")),
    listed(NUMBER, either(NUMBER, literal(*NUMBERS, None))),
    compared(DATE, either(SAME, ORDER), either(DATE, TIME, literal(*DATES))),
    compared(DATE, SAME, one("none")),
    listed(DATE, either(DATE, literal(*DATES)), 1),
    compared(TIME, either(SAME, ORDER), either(TIME, TIMES, literal(*DATES))),
    listed(TIME, either(TIME, TIMES), 1),
    listed(TIME, literal(*DATES), 1),
    compared(PERSON, SAME, PERSON),
    compared(one("account"), SAME, one("21", "22", "account.parent_account", "none")),
    spaced(one("owner"), IN, one("user.groups")),
    spaced(PERSON, IN, one("members", "account.contacts", "owner.members")),
    listed(PERSON_FIELD, PERSON),
    compared(STAGE, SAME, either(STAGE, ANY_STAGE)),
    listed(STAGE, ANY_STAGE),
    compared(one("stage.kind"), SAME, either(KIND, one("old_stage.kind", "name", "account.industry.kind"))),
    listed(one("stage.kind", "old_stage.kind"), KIND),
    compared(one("stage.hot"), SAME, one("true", "false", "none", "active", "old_stage.hot")),
    spaced(either(one("favourite", "none"), literal(*INTERESTS)), IN, one("interests")),
    called(one("is_empty"), either(TEXT, NUMBER, DATE, TIME, STAGE, PERSON)),
    one("is_empty(members)", "is_empty(interests)", "is_empty(papers)", "is_empty(stage.kind)"),
    one("active", "urgent", "stage.hot", "true", "false", "none", "active == urgent"),
    compared(one("active", "urgent"), SAME, one("true", "false", "none")),
    one("1 < count < 10", "0 <= chance <= price", "id == 31", "this == 31", "account.id == 21"),
)


def condition(random: Random, depth: int = 0) -> str:
    """A condition of up to eight comparisons."""
    roll = random.random()
    if depth == 3 or roll < 0.55:
        return random.choice(LEAVES)(random)
    if roll < 0.65:
        return f"not ({condition(random, depth + 1)})"
    word = random.choice(("and", "or")) if roll < 0.92 else SAME(random)
    return f"({condition(random, depth + 1)}) {word} ({condition(random, depth + 1)})"


def parsed(text: str) -> Expression:
    """The expression, which the generator means to be right."""
    expression, found = LANGUAGE.parse(text, PLACE, SCOPE, BOOLEAN)
    assert expression is not None, (text, found)
    return expression


def in_sql(connection: Connection, tables: Tables, expression: Expression, moment: Moment) -> set[int]:
    """The ids of the deals of which the database says that the expression holds."""
    joined = Joined(tables, "deals", connection.dialect.name)
    condition = LANGUAGE.to_sql(expression, joined, moment)
    return set(connection.execute(joined.ids(condition)).scalars())


def in_python(plain: dict[int, Mapping[str, object]], expression: Expression, moment: Moment) -> set[int]:
    """The ids of the deals of which Python says so."""
    return {id_ for id_, record in plain.items() if LANGUAGE.holds(expression, record, moment)}


def test_a_generated_condition_means_the_same_in_python_and_in_sql(connection, tables):
    @settings(
        max_examples=max(CASES // BATCH, 1),
        deadline=None,
        derandomize="TRELLIS_CASES" not in os.environ,
        database=None,
    )
    @given(random=st.randoms(use_true_random=True))
    def compare(random):
        records, moment = Chance(random).records(), moment_of(random)
        tables.fill(connection, records)
        plain = {id_: nested(tables, records, "deals", id_) for id_ in DEALS}
        for text in [condition(random) for _ in range(BATCH)]:
            expression, negated = parsed(text), parsed(f"not ({text})")
            expected = in_python(plain, expression, moment)
            assert in_sql(connection, tables, expression, moment) == expected, text
            assert in_sql(connection, tables, negated, moment) == set(DEALS) - expected, f"not ({text})"
            assert in_python(plain, negated, moment) == set(DEALS) - expected, f"not ({text})"
        connection.rollback()

    compare()
