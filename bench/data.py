"""The records that are measured, the same ones each time: row ``i`` depends on nothing but ``i``."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any

Values = dict[str, Any]
"""One record's fields, as REST writes them."""

ADJECTIVES = (
    "Acme",
    "Global",
    "Northern",
    "Summit",
    "Blue",
    "Quantum",
    "Bright",
    "Pioneer",
    "Atlas",
    "Vertex",
)
TRADES = ("Logistics", "Systems", "Foods", "Energy", "Media", "Health", "Robotics", "Textiles", "Capital")
FORMS = ("Inc", "LLC", "GmbH", "Ltd", "SA", "Group", "Holdings", "Co")
CITIES = ("Boston", "Chicago", "Austin", "London", "Paris", "Berlin", "Madrid", "Tokyo", "Toronto", "Sydney")
INDUSTRIES = ("technology", "finance", "healthcare", "manufacturing", "retail", "energy")
PRODUCTS = ("Platform", "Support", "Licences", "Migration", "Training", "Hardware", "Audit", "Integration")
STAGES = {
    "prospecting": 25,
    "qualification": 20,
    "proposal": 15,
    "negotiation": 10,
    "won": 18,
    "lost": 12,
}
TYPES = {"new_business": 70, "renewal": 20, "expansion": 10}
PRIORITIES = ("low", "medium", "high")
TEXT = """customer asked for a revised quote before the board meets next quarter and wants delivery terms with
volume discount included after the pilot in two plants budget is approved but legal review is pending"""
WORDS = tuple(TEXT.split())
FIRST_DAY = dt.date(2022, 1, 1)
PEOPLE = ("ana", "ben", "cho", "dee", "eli", "fay", "gus", "hal", "ivy", "jon")
OWNERS = tuple(f"{name}@example.com" for name in PEOPLE)


def accounts(n: int) -> Iterator[Values]:
    """``n`` accounts."""
    for i in range(1, n + 1):
        pick = random.Random(f"account/{i}")
        name = f"{pick.choice(ADJECTIVES)} {pick.choice(TRADES)} {pick.choice(FORMS)} {i}"
        yield {
            "name": name,
            "industry": pick.choice(INDUSTRIES),
            "website": f"https://www.{name.split()[0].lower()}{i}.example",
            "city": pick.choice(CITIES),
            "employees": pick.randint(1, 20_000),
        }


def contacts(n: int, account_ids: Sequence[int]) -> Iterator[Values]:
    """``n`` contacts, each of one of the accounts."""
    for i in range(1, n + 1):
        pick = random.Random(f"contact/{i}")
        first, last = pick.choice(PEOPLE).title(), f"{pick.choice(ADJECTIVES)}son {i}"
        yield {
            "first_name": first,
            "last_name": last,
            "email": f"{first.lower()}.{i}@example.com",
            "phone": f"+1212555{i % 10_000:04}",
            "account": pick.choice(account_ids),
        }


def deals(n: int, account_ids: Sequence[int], start: int = 1) -> Iterator[Values]:
    """``n`` deals from the ``start``th on, each of one of the accounts."""
    for i in range(start, start + n):
        pick = random.Random(f"deal/{i}")
        opened = FIRST_DAY + dt.timedelta(pick.randint(0, 1400))
        yield {
            "name": f"{pick.choice(ADJECTIVES)} {pick.choice(PRODUCTS)} {i}",
            "account": pick.choice(account_ids),
            "stage": _weighted(pick, STAGES),
            "deal_type": _weighted(pick, TYPES),
            "amount": f"{pick.lognormvariate(10, 1.2):.2f}",
            "probability": str(pick.randint(0, 20) * 5),
            "priority": pick.choice(PRIORITIES),
            "opened_on": opened.isoformat(),
            "close_date": (opened + dt.timedelta(pick.randint(5, 400))).isoformat(),
            "next_step": _sentence(pick, 3, 8),
            "description": _sentence(pick, 10, 40),
        }


def _weighted(pick: random.Random, weights: dict[str, int]) -> str:
    return pick.choices(tuple(weights), tuple(weights.values()))[0]


def _sentence(pick: random.Random, least: int, most: int) -> str:
    return " ".join(pick.choices(WORDS, k=pick.randint(least, most))).capitalize() + "."
