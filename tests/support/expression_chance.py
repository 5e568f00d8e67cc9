"""Records and parts of expressions by chance: what the differential tests are made of."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from runtime.expressions import Moment, Terms
from runtime.expressions.literals import write_literal
from runtime.model.values import Link, Money
from tests.support.expression_tables import Records

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
TERMS = (
    Terms(),
    Terms(
        "USD",
        {"EUR": Decimal("0.92")},
        (0, 1, 2, 3),
        frozenset([date(2026, 1, 1), date(2026, 2, 2), date(2026, 2, 8)]),
    ),
)
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

    def linked(self, ids):
        """Links with attributes."""
        return tuple(
            Link(link.id, {"role": self.maybe(INTERESTS), "share": self.number(2)})
            for link in self.links(ids)
        )

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
            "members": self.linked(USERS),
            "papers": self.links(USERS),
            "owner": self.maybe((*USERS, *GROUPS)),
        }


Words = Callable[[Random], str]
"""Writes a part of an expression by chance."""


def moment_of(random: Random) -> Moment:
    """A moment on one of the sites, for one of the users or for nobody."""
    users = (None, {"id": 1, "role": "seller", "groups": (11,)}, {"id": 2, "role": None, "groups": ()})
    zone = ZoneInfo(random.choice(ZONES))
    return Moment.at(random.choice(MOMENTS[:9]), zone, random.choice(users), random.choice(TERMS))


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


SAME, IN = one("==", "!="), one("in", "not in")
