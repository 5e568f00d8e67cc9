"""Generated expressions mean the same in Python, in SQLite and in PostgreSQL.

Hypothesis gives the chance (and its seed, when a case fails); values and expressions are drawn from it
evenly, where its own strategies would mostly repeat what is simplest. TRELLIS_CASES says how many expressions
are tried on each database; 300 if it says nothing.
"""

import os
from collections.abc import Callable, Mapping
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
    "æon",  # comes right after all that start with å
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
    *(date(2009, 11, 1), date(2009, 10, 31), date.max, date.min),
)
MOMENTS = (
    datetime(2026, 1, 30, 22, 30, tzinfo=UTC),
    datetime(2026, 1, 30, 21, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 1, 30, 22, tzinfo=UTC),
    datetime(2026, 1, 31, 5, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2009, 11, 1, 2, 30, 30, tzinfo=UTC),
    datetime(2009, 11, 1, 3, tzinfo=UTC),
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
    """Makes records by chance, most of their fields filled."""

    def __init__(self, random: Random) -> None:
        self.random = random

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


Words = Callable[[Random], str]
"""Writes a part of an expression by chance."""


def moment_of(random: Random) -> Moment:
    """A moment on one of the sites, for one of the users or for nobody."""
    users = (None, {"id": 1, "role": "seller", "groups": (11,)}, {"id": 2, "role": None, "groups": ()})
    return Moment.at(random.choice(MOMENTS[:9]), ZoneInfo(random.choice(ZONES)), random.choice(users))


def one(*texts: str) -> Words:
    """One of these."""
    return lambda random: random.choice(texts)


def literal(*values: object) -> Words:
    """One of these values as it is written."""
    return one(*map(write_literal, values))


def either(*ways: Words) -> Words:
    """What one of the ways writes."""
    return lambda random: random.choice(ways)(random)


def compared(left: Words, signs: Words, right: Words) -> Words:
    """One side, a sign, the other side, and at times the other way round."""

    def write(random: Random) -> str:
        sides = [left(random), right(random)]
        if random.random() < 0.5:
            sides.reverse()
        return f"{sides[0]} {signs(random)} {sides[1]}"

    return write


def listed(value: Words, item: Words, least: int = 0) -> Words:
    """A value in a written list."""

    def write(random: Random) -> str:
        items = ", ".join(item(random) for _ in range(random.randint(least, 3)))
        return f"{value(random)} {IN(random)} [{items}]"

    return write


def called(name: Words, *arguments: Words) -> Words:
    """A function of some arguments."""
    return lambda random: f"{name(random)}({', '.join(argument(random) for argument in arguments)})"


def spaced(*parts: Words) -> Words:
    """The parts with spaces between."""
    return lambda random: " ".join(part(random) for part in parts)


ORDER, SAME, IN = one("<", "<=", ">", ">="), one("==", "!="), one("in", "not in")
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
