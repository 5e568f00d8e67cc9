"""A few deals that differ in everything: what the examples of the filter operators are asked of.

It is past midnight of Saturday 31 January 2026 in Helsinki; user 1 asks, who belongs to the groups 11 and 12.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from runtime.expressions import Moment
from runtime.model.values import Link, Money
from tests.support.expression_tables import Records

MOMENT = Moment.at(
    datetime(2026, 1, 30, 22, 30, tzinfo=UTC),
    ZoneInfo("Europe/Helsinki"),
    {"id": 1, "role": "seller", "groups": (11, 12)},
)


def money(amount: str) -> Money:
    """Euros."""
    return Money(Decimal(amount), "EUR")


RECORDS: Records = {
    "users": {1: {"id": 1, "name": "Ada"}, 2: {"id": 2, "name": "Bo"}},
    "groups": {11: {"id": 11, "name": "Sales"}, 12: {"id": 12, "name": "Service"}},
    "accounts": {
        21: {"id": 21, "name": "Acme", "industry": "it", "owner": 2},
        22: {"id": 22, "name": "Beta", "industry": "steel", "owner": 1},
    },
    "deals": {
        31: {
            "id": 31,
            "name": "Chairs",
            "note": "An oak chair",
            "stage": "won",
            "amount": money("1500"),
            "count": 3,
            "active": True,
            "close_date": date(2026, 1, 31),
            "due_date": date(2025, 12, 15),
            "met_at": datetime(2026, 1, 30, 22, 30, tzinfo=UTC),
            "starts": time(9),
            "lasts": timedelta(minutes=30),
            "account": 21,
            "seller": 1,
            "owner": 1,
            "interests": ("a", "b"),
            "members": (Link(1),),
        },
        32: {
            "id": 32,
            "name": "Desks",
            "stage": "lost",
            "amount": money("99.50"),
            "active": False,
            "close_date": date(2026, 1, 24),
            "due_date": date(2026, 2, 5),
            "met_at": datetime(2026, 1, 23, 22, 30, tzinfo=UTC),
            "starts": time(10),
            "lasts": timedelta(hours=2),
            "account": 22,
            "seller": 2,
            "owner": 11,
            "members": (Link(2),),
        },
        33: {
            "id": 33,
            "name": "Lamps",
            "stage": "prospecting",
            "amount": money("700"),
            "close_date": date(2026, 2, 10),
            "due_date": date(2026, 5, 1),
            "owner": 2,
        },
        34: {"id": 34, "name": "Shelves"},
        35: {
            "id": 35,
            "name": "Tables",
            "stage": "proposal",
            "active": True,
            "close_date": date(2027, 3, 1),
            "due_date": date(2026, 1, 30),
            "met_at": datetime(2026, 2, 1, 10, tzinfo=UTC),
            "account": 21,
            "owner": 2,
        },
    },
}
