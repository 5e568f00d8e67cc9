"""Calling a function of the language from SQLite: how values go there and come back.

SQLite runs in the program's own process, so what has no exact SQL there is the Python meaning itself, called
as ``trellis_call(name, shape, place, …)``. The shape has a letter for each argument.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from runtime.expressions.calculating import microseconds
from runtime.expressions.calendar import Months
from runtime.expressions.columns import moment_text, read_moment
from runtime.expressions.moment import Moment
from runtime.expressions.numbers import from_units

Decode = Callable[[Any], Any]

LETTERS: Mapping[str, Decode] = {
    "i": lambda value: value,
    "t": lambda value: value or None,
    "b": bool,
    "n": lambda value: value if isinstance(value, int) else Decimal(value),
    "d": date.fromisoformat,
    "T": time.fromisoformat,
    "m": read_moment,
    "s": lambda value: timedelta(microseconds=value),
    "M": Months,
    "l": lambda value: tuple(value[1:-1].split("|")),
}


class Caller:
    """Calls functions and operators by name, with values as SQLite has them."""

    def __init__(
        self, functions: Mapping[str, Callable[..., Any]], moment_at: Callable[[str], Moment]
    ) -> None:
        self._functions = functions
        self._moment_at = lru_cache(maxsize=64)(moment_at)
        self._decoders = lru_cache(maxsize=1024)(decoders)

    def __call__(self, name: str, shape: str, place: str, *arguments: Any) -> Any:
        """The value, as SQLite has it; NULL where the meaning is empty, or an overflow."""
        decoded = [
            None if value is None else decode(value)
            for decode, value in zip(self._decoders(shape), arguments, strict=True)
        ]
        try:
            return carried(self._functions[name](self._moment_at(place), *decoded))
        except ArithmeticError:
            return None


def decoders(shape: str) -> Sequence[Decode]:
    """What reads each argument of a shape: letters, ``u`` with the scale of units behind it."""
    return [_units(int(letter[1:])) if letter[0] == "u" else LETTERS[letter] for letter in shape.split()]


def _units(scale: int) -> Decode:
    return lambda value: from_units(value, scale)


def carried(value: Any) -> Any:
    """A value as SQLite has it."""
    match value:
        case bool():
            return int(value)
        case Decimal():
            return f"{value:f}"
        case int():
            return value if -(1 << 62) < value < 1 << 62 else str(value)
        case datetime():
            return moment_text(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return microseconds(value)
        case Months():
            return value.n
    return value
