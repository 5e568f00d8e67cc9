"""Houses for tests: each of its own, with the registries and compiled templates of all the others.

These never change, and to make them anew costs a test more than most of what it does.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TextIO

from runtime.assembly import House
from runtime.base.clock import Clock

SHARED: tuple[str, ...] = ("types", "checks", "operations", "language", "conditions", "screen")
"""The parts that every house has in common; a test of how one of them is made sets this to ``()``."""


@cache
def _first() -> House:
    return House({})


def make_house(
    environment: Mapping[str, str],
    out: TextIO | None = None,
    err: TextIO | None = None,
    *,
    folder: Path | None = None,
    clock: Clock | None = None,
    cheap_passwords: bool = True,
) -> House:
    """A house as a process makes it, whose passwords cost nothing."""
    house = House(environment, out, err, folder=folder, clock=clock, cheap_passwords=cheap_passwords)
    house.__dict__.update({part: getattr(_first(), part) for part in SHARED})
    return house
