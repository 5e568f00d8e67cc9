"""The agenda: two years in steps, and what is still to happen in each of them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

YEARS = 2


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of days, the last of which is when its records are written."""

    number: int
    first: date
    last: date


class Agenda:
    """Holds what was put for a day until that day's step comes; nothing is put beyond today."""

    def __init__(self, today: date, steps: int) -> None:
        self.today = today
        self.steps = steps
        self.begin = today - timedelta(365 * YEARS)
        self.now = 0
        self._waiting: dict[tuple[int, str], list[Any]] = {}

    def walk(self) -> Iterator[Step]:
        """The steps in order; what is put while one lasts, for a day of it, still happens in it."""
        for step in range(self.steps):
            self.now = step
            yield Step(self.now, self._first(self.now), self._first(self.now + 1) - timedelta(1))

    def put(self, kind: str, day: date, item: Any) -> bool:
        """Keep an item until its day; False, and nothing kept, when that is after today."""
        if day > self.today:
            return False
        days = max(0, (day - self.begin).days)
        step = min(self.steps - 1, days * self.steps // self._days())
        self._waiting.setdefault((max(step, self.now), kind), []).append(item)
        return True

    def take(self, kind: str) -> list[Any]:
        """What is to happen of a kind in the present step, in the order it was put."""
        return self._waiting.pop((self.now, kind), [])

    def part(self, total: int, at_once: float = 0.0, growth: float = 1.0) -> int:
        """The present step's part of a total that is spread evenly, but for a share in the first step; with
        a ``growth`` above 1 there is more of it from step to step.
        """
        first = round(total * at_once)
        until = [
            round((total - first) * math.pow(step / self.steps, growth)) for step in (self.now, self.now + 1)
        ]
        return until[1] - until[0] + (first if self.now == 0 else 0)

    def _days(self) -> int:
        return 365 * YEARS + 1

    def _first(self, step: int) -> date:
        # The first day whose step this is: see put.
        return self.begin + timedelta(-(-step * self._days() // self.steps))
