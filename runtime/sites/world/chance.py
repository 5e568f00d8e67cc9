"""Chance: one seeded source for all that is drawn, and days told from today."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

T = TypeVar("T")

SEED = 2026
CENT = Decimal("0.01")


class Chance:
    """Draws the same for the same day, whatever the machine."""

    def __init__(self, today: date, seed: int = SEED) -> None:
        self.today = today
        self.source = random.Random(seed)
        self.number = self.source.randint
        self.share = self.source.random

    def one(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self.source.random() * len(items))]

    def some(self, items: Sequence[T], least: int, most: int) -> list[T]:
        """Between ``least`` and ``most`` of the items, none twice."""
        return self.source.sample(items, min(len(items), self.number(least, most)))

    def holds(self, probability: float) -> bool:
        """Whether something happens that has this probability."""
        return self.source.random() < probability

    def amount(self, least: int, most: int, step: int) -> str:
        """An amount in whole steps."""
        return f"{self.number(least // step, most // step) * step}.00"

    def between(self, first: date, last: date) -> date:
        """A working day from ``first`` to ``last``, or the Monday after."""
        days = max(0, (last - first).days)
        return workday(first + timedelta(self.number(0, days)))

    def hour(self, day: date) -> datetime:
        """A moment in the working hours of a day, in UTC."""
        return datetime.combine(day, time(self.number(6, 13), self.one((0, 15, 30, 45))), UTC)


def workday(day: date) -> date:
    """The day, or the Monday after a weekend."""
    return day + timedelta((7 - day.weekday()) % 7) if day.weekday() > 4 else day


def cents(amount: Decimal) -> Decimal:
    """The amount rounded to cents, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)
