"""Conditions on deals by chance, of every kind of value: what tests of all expressions are made of."""

from decimal import Decimal
from random import Random

from tests.support.expression_chance import (
    DATES,
    IN,
    INTERESTS,
    MOMENTS,
    NUMBERS,
    SAME,
    STAGES,
    TEXTS,
    WHOLE,
    called,
    compared,
    either,
    listed,
    literal,
    one,
    spaced,
)

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
