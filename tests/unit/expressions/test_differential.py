"""Generated expressions mean the same in Python, in SQLite and in PostgreSQL.

TRELLIS_CASES says how many expressions are tried on each database; 300 if it says nothing.
"""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Moment, Scope
from runtime.expressions.literals import write_literal
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN
from runtime.model.values import Link, Money
from tests.support.catalogs import small_crm
from tests.support.expression_tables import Joined, Records, Tables, nested

CASES = int(os.environ.get("TRELLIS_CASES", "300"))
LANGUAGE = Language.standard()
SCOPE = Scope(**small_crm(), module="deals")
PLACE = Span.point("generated")

TEXTS = (
    *(
        "a",
        "A",
        "å",
        "Å",
        "Åbo Akademi",
        "åbo",
        "abo",
        "zebra",
        "Ähtäri",
        "Öljy",
        "Müller",
        "Mýller",
        "Straße",
    ),
    *("50%", "a_b", "a\\b", "it's", "İstanbul", "istanbul", "ΟΔΟΣ", "οδος", "{", "e\u0301", "é", "😀 ä"),
)
NUMBERS = (
    *map(Decimal, ("0", "1", "-1", "0.5", "0.1", "10", "9.99", "10.005", "10.01", "-10.005")),
    Decimal("99999999999999.9999"),
)
WHOLE = (0, 1, -1, 2, 10, 10**17, -(10**17))
DATES = (
    *(date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 29), date(2024, 2, 29)),
    *(date.max, date.min),
)
MOMENTS = (
    datetime(2026, 1, 30, 22, 30, tzinfo=UTC),
    datetime(2026, 1, 30, 21, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 1, 30, 22, tzinfo=UTC),
    datetime(2026, 1, 31, 5, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2009, 11, 1, 2, 30, 30, tzinfo=UTC),
    datetime(2009, 11, 1, 3, 30, tzinfo=UTC),
    datetime(2009, 10, 31, 23, 30, tzinfo=UTC),
    datetime(2, 1, 1, tzinfo=UTC),
    datetime(9998, 12, 31, 23, 59, tzinfo=UTC),
)
STAGES = ("prospecting", "proposal", "won", "lost", "parked", "gone")
INTERESTS = ("a", "a_b", "b", "c_1")
USERS, GROUPS, ACCOUNTS, DEALS = (1, 2, 3), (11, 12), (21, 22, 23), (31, 32, 33, 34)
ZONES = ("Europe/Helsinki", "America/New_York", "UTC", "America/St_Johns", "Asia/Kathmandu")


def maybe(values):
    """One of the values, or empty."""
    return st.none() | st.sampled_from(values)


def numbers(scale):
    """Decimals that a scale can hold."""
    return maybe([number.quantize(Decimal(1).scaleb(-scale)) for number in NUMBERS])


def money(scale, *currencies):
    """Money in one of the currencies."""
    return st.builds(
        lambda amount, currency: None if amount is None else Money(amount, currency),
        numbers(scale),
        st.sampled_from(currencies),
    )


def links(ids):
    """Links to some of the records."""
    return st.lists(st.sampled_from(ids), unique=True, max_size=2).map(lambda found: tuple(map(Link, found)))


PEOPLE = st.fixed_dictionaries(
    {"name": maybe(TEXTS), "email": maybe(TEXTS), "role": maybe(("seller", "ceo")), "manager": maybe(USERS)}
)
TEAMS = st.fixed_dictionaries({"name": maybe(TEXTS), "members": links(USERS)})
COMPANIES = st.fixed_dictionaries(
    {
        "name": maybe(TEXTS),
        "industry": maybe(("it", "steel", "food")),
        "credit": money(2, "EUR", "USD"),
        "rating": numbers(1),
        "founded": maybe(DATES),
        "seen_at": maybe(MOMENTS),
        "parent_account": maybe(ACCOUNTS),
        "owner": maybe((*USERS, *GROUPS)),
        "contacts": links(USERS),
    }
)
SALES = st.fixed_dictionaries(
    {
        "name": maybe(TEXTS),
        "note": maybe(TEXTS),
        "stage": maybe(STAGES),
        "old_stage": maybe(STAGES),
        "interests": st.lists(st.sampled_from(INTERESTS), unique=True, max_size=3).map(tuple),
        "favourite": maybe(INTERESTS),
        "amount": money(2, "EUR", "USD"),
        "budget": money(4, "EUR", "USD"),
        "price": numbers(4),
        "count": maybe(WHOLE),
        "chance": numbers(2),
        "active": maybe((True, False)),
        "urgent": maybe((True, False)),
        "close_date": maybe(DATES),
        "due_date": maybe(DATES),
        "met_at": maybe(MOMENTS),
        "created_at": maybe(MOMENTS),
        "account": maybe(ACCOUNTS),
        "seller": maybe(USERS),
        "members": links(USERS),
        "papers": links(USERS),
        "owner": maybe((*USERS, *GROUPS)),
    }
)
RECORDS = st.fixed_dictionaries(
    {
        "users": st.fixed_dictionaries(dict.fromkeys(USERS, PEOPLE)),
        "groups": st.fixed_dictionaries(dict.fromkeys(GROUPS, TEAMS)),
        "accounts": st.fixed_dictionaries(dict.fromkeys(ACCOUNTS, COMPANIES)),
        "deals": st.fixed_dictionaries(dict.fromkeys(DEALS, SALES)),
    }
)
MOMENT = st.builds(
    lambda now, zone, user: Moment.at(now, ZoneInfo(zone), user),
    st.sampled_from(MOMENTS[:8]),
    st.sampled_from(ZONES),
    st.sampled_from(
        (None, {"id": 1, "role": "seller", "groups": (11,)}, {"id": 2, "role": None, "groups": ()})
    ),
)


def written(values):
    """Literals of the values."""
    return st.sampled_from([write_literal(value) for value in values])


TEXT = st.sampled_from(
    ["name", "note", "account.name", "owner.name", "owner.email", "seller.role", "user.role"]
)
NUMBER = st.sampled_from(
    [
        *("amount", "budget", "price", "count", "chance", "stage.probability", "stage.weight"),
        *("account.credit", "account.rating", "account.parent_account.credit"),
    ]
)
DATE = st.sampled_from(
    [
        *("close_date", "due_date", "account.founded", "today()", "date(met_at)", "date(account.seen_at)"),
        *("today() - days(1)", "close_date + days(1)", "due_date - days(400)", "date(met_at) + days(7)"),
    ]
)
MOMENTARY = st.sampled_from(
    [
        "met_at",
        "account.seen_at",
        "now()",
        "created_at",
        "met_at + days(1)",
        "now() - days(1)",
        "met_at - days(-1)",
    ]
)
PERSON = st.sampled_from(["seller", "account.owner", "owner", "user", "owner.manager", "1", "2", "none"])
STAGE = st.sampled_from(["stage", "old_stage"])
INTEREST = st.sampled_from(["favourite", *map(write_literal, INTERESTS)])
ORDER = st.sampled_from(["<", "<=", ">", ">="])
SAME = st.sampled_from(["==", "!="])
IN = st.sampled_from(["in", "not in"])
KINDS = st.sampled_from(["'open'", "'won'", "'lost'", "none"])


def compared(left, right, signs):
    """One side, a sign, the other side, and at times the other way round."""
    return st.builds(
        lambda a, sign, b, swap: f"{b} {sign} {a}" if swap else f"{a} {sign} {b}",
        left,
        signs,
        right,
        st.booleans(),
    )


def listed(value, items, minimum=0):
    """A value in a written list."""
    return st.builds(
        lambda a, sign, found: f"{a} {sign} [{', '.join(found)}]",
        value,
        IN,
        st.lists(items, min_size=minimum, max_size=3),
    )


def called(names, *arguments):
    """A function of some arguments."""
    return st.builds(lambda name, *given: f"{name}({', '.join(given)})", st.sampled_from(names), *arguments)


FOUND = written(
    ("a", "Å", "å", "ÅBO", "%", "_", "\\", "\u0131", "O", "\u03c3", "{", "é", "e\u0301", "😀", "x" * 40, None)
)
STAGE_VALUES = written(STAGES[:-1])
DATE_VALUES = written(DATES)
MOMENT_VALUES = written(MOMENTS) | st.sampled_from(["'2026-01-31T00:30'", "'2009-11-01T00:00:30'"])
LEAF = st.one_of(
    compared(TEXT, TEXT | written((*TEXTS, None)), SAME),
    compared(TEXT, TEXT | written(TEXTS), ORDER),
    listed(TEXT, TEXT | written((*TEXTS, None))),
    called(["contains", "starts_with", "ends_with"], TEXT, TEXT | FOUND),
    called(["contains", "starts_with"], FOUND, TEXT),
    compared(NUMBER, NUMBER | written((*NUMBERS, *WHOLE, None)), SAME),
    compared(NUMBER, NUMBER | written((*NUMBERS, *WHOLE, 10**18 - 1)), ORDER),
    listed(NUMBER, NUMBER | written((*NUMBERS, None))),
    compared(DATE, DATE | MOMENTARY | DATE_VALUES, SAME | ORDER),
    compared(DATE, st.just("none"), SAME),
    listed(DATE, DATE | DATE_VALUES, 1),
    compared(MOMENTARY, MOMENTARY | MOMENT_VALUES | DATE_VALUES, SAME | ORDER),
    listed(MOMENTARY, MOMENTARY | MOMENT_VALUES, 1),
    listed(MOMENTARY, DATE_VALUES, 1),
    compared(PERSON, PERSON, SAME),
    compared(st.just("account"), st.sampled_from(["21", "account.parent_account", "none"]), SAME),
    st.builds(lambda a, sign: f"{a} {sign} user.groups", st.just("owner"), IN),
    st.builds(
        lambda a, sign, b: f"{a} {sign} {b}",
        PERSON,
        IN,
        st.sampled_from(["members", "account.contacts", "owner.members"]),
    ),
    listed(PERSON.filter(str.isidentifier), PERSON),
    compared(STAGE, STAGE, SAME),
    compared(STAGE, STAGE_VALUES | st.just("none"), SAME),
    listed(STAGE, STAGE_VALUES | st.just("none")),
    compared(st.just("stage.kind"), KINDS, SAME),
    compared(
        st.just("stage.kind"), st.sampled_from(["old_stage.kind", "name", "account.industry.kind"]), SAME
    ),
    listed(st.sampled_from(["stage.kind", "old_stage.kind"]), KINDS),
    compared(
        st.just("stage.hot"), st.sampled_from(["true", "false", "none", "active", "old_stage.hot"]), SAME
    ),
    st.builds(lambda a, sign: f"{a} {sign} interests", INTEREST | st.just("none"), IN),
    st.builds(lambda a: f"is_empty({a})", TEXT | NUMBER | DATE | MOMENTARY | STAGE | PERSON),
    st.sampled_from(["is_empty(members)", "is_empty(interests)", "is_empty(papers)", "is_empty(stage.kind)"]),
    st.sampled_from(["active", "urgent", "stage.hot", "true", "false", "none", "active == urgent"]),
    compared(st.sampled_from(["active", "urgent"]), st.sampled_from(["true", "false", "none"]), SAME),
    st.sampled_from(["1 < count < 10", "0 <= chance <= price", "id == 31", "this == 31", "account.id == 21"]),
)
CONDITION = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.builds(lambda a, word, b: f"({a}) {word} ({b})", inner, st.sampled_from(["and", "or"]), inner),
        st.builds(lambda a: f"not ({a})", inner),
        st.builds(lambda a, sign, b: f"({a}) {sign} ({b})", inner, SAME, inner | st.just("active")),
    ),
    max_leaves=5,
)


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


def in_python(tables: Tables, records: Records, expression: Expression, moment: Moment) -> set[int]:
    """The ids of the deals of which Python says so."""
    return {
        id_
        for id_ in DEALS
        if LANGUAGE.holds(expression, nested(tables, records, "deals", id_), moment) is True
    }


def test_a_generated_condition_means_the_same_in_python_and_in_sql(connection, tables):
    @settings(
        max_examples=max(CASES // 4, 1),
        deadline=None,
        derandomize="TRELLIS_CASES" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(records=RECORDS, texts=st.lists(CONDITION, min_size=4, max_size=4), moment=MOMENT)
    def compare(records, texts, moment):
        for by_id in records.values():
            for id_, values in by_id.items():
                values["id"] = id_
        tables.fill(connection, records)
        for text in texts:
            expression, negated = parsed(text), parsed(f"not ({text})")
            expected = in_python(tables, records, expression, moment)
            assert in_sql(connection, tables, expression, moment) == expected, text
            assert in_sql(connection, tables, negated, moment) == set(DEALS) - expected, f"not ({text})"
            assert in_python(tables, records, negated, moment) == set(DEALS) - expected, f"not ({text})"
        connection.rollback()

    compare()
