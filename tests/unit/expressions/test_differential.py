"""Generated expressions mean the same in Python, in SQLite and in PostgreSQL.

TRELLIS_CASES says how many expressions are tried on each database; 300 if it says nothing.
"""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
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
BATCH = 10  # expressions on the same records
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
USERS, GROUPS, ACCOUNTS, DEALS = (1, 2, 3), (11, 12), (21, 22, 23, 24), tuple(range(31, 43))
ZONES = ("Europe/Helsinki", "America/New_York", "UTC", "America/St_Johns", "Asia/Kathmandu")


class Chance:
    """Makes records by chance: hypothesis draws the seed, because it would draw every value at length."""

    def __init__(self, seed):
        self.random = Random(seed)

    def maybe(self, values):
        """One of the values, or now and then empty."""
        return None if self.random.random() < 0.2 else self.random.choice(values)

    def number(self, scale):
        """A decimal that the scale can hold."""
        value = self.maybe(NUMBERS)
        return None if value is None else value.quantize(Decimal(1).scaleb(-scale))

    def money(self, scale):
        """Money of one of two currencies."""
        amount = self.number(scale)
        return None if amount is None else Money(amount, self.random.choice(("EUR", "USD")))

    def some(self, values):
        """A few of the values, in their order."""
        chosen = self.random.sample(values, self.random.randrange(min(len(values), 3)))
        return tuple(sorted(chosen))

    def links(self, ids):
        """Links to a few records."""
        return tuple(map(Link, self.some(ids)))

    def records(self) -> Records:
        """Users, groups, accounts and deals that point at each other."""
        make = {"users": self.user, "groups": self.group, "accounts": self.account, "deals": self.deal}
        ids = {"users": USERS, "groups": GROUPS, "accounts": ACCOUNTS, "deals": DEALS}
        return {module: {id_: {"id": id_, **make[module]()} for id_ in ids[module]} for module in make}

    def user(self):
        """A user's fields."""
        return {
            "name": self.maybe(TEXTS),
            "email": self.maybe(TEXTS),
            "role": self.maybe(("seller", "ceo")),
            "manager": self.maybe(USERS),
        }

    def group(self):
        """A group's fields."""
        return {"name": self.maybe(TEXTS), "members": self.links(USERS)}

    def account(self):
        """An account's fields."""
        return {
            "name": self.maybe(TEXTS),
            "industry": self.maybe(("it", "steel", "food")),
            "credit": self.money(2),
            "rating": self.number(1),
            "founded": self.maybe(DATES),
            "seen_at": self.maybe(MOMENTS),
            "parent_account": self.maybe(ACCOUNTS),
            "owner": self.maybe((*USERS, *GROUPS)),
            "contacts": self.links(USERS),
        }

    def deal(self):
        """A deal's fields."""
        return {
            "name": self.maybe(TEXTS),
            "note": self.maybe(TEXTS),
            "stage": self.maybe(STAGES),
            "old_stage": self.maybe(STAGES),
            "interests": self.some(INTERESTS),
            "favourite": self.maybe(INTERESTS),
            "amount": self.money(2),
            "budget": self.money(4),
            "price": self.number(4),
            "count": self.maybe(WHOLE),
            "chance": self.number(2),
            "active": self.maybe((True, False)),
            "urgent": self.maybe((True, False)),
            "close_date": self.maybe(DATES),
            "due_date": self.maybe(DATES),
            "met_at": self.maybe(MOMENTS),
            "created_at": self.maybe(MOMENTS),
            "account": self.maybe(ACCOUNTS),
            "seller": self.maybe(USERS),
            "members": self.links(USERS),
            "papers": self.links(USERS),
            "owner": self.maybe((*USERS, *GROUPS)),
        }


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
    @given(
        seed=st.integers(0, 2**32),
        texts=st.lists(CONDITION, min_size=BATCH, max_size=BATCH),
        moment=MOMENT,
    )
    def compare(seed, texts, moment):
        records = Chance(seed).records()
        tables.fill(connection, records)
        plain = {id_: nested(tables, records, "deals", id_) for id_ in DEALS}
        for text in texts:
            expression, negated = parsed(text), parsed(f"not ({text})")
            expected = in_python(plain, expression, moment)
            assert in_sql(connection, tables, expression, moment) == expected, text
            assert in_sql(connection, tables, negated, moment) == set(DEALS) - expected, f"not ({text})"
            assert in_python(plain, negated, moment) == set(DEALS) - expected, f"not ({text})"
        connection.rollback()

    compare()
