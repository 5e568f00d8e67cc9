"""Durations as the language writes them: ``7 days``, ``-2 hours``, ``1 hour 30 minutes``."""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        "week": timedelta(weeks=1),
        "day": timedelta(days=1),
        "hour": timedelta(hours=1),
        "minute": timedelta(minutes=1),
        "second": timedelta(seconds=1),
        "microsecond": timedelta(microseconds=1),
    }
)
"""The units of a fixed length; months and years have none, so they are no durations."""

LONGEST = timedelta(days=1_000_000)
"""The longest duration that is kept: some 2,700 years, of which hundreds can be added up exactly."""

_TEXT = re.compile(r"([+-])? ?([0-9]{1,18} [a-z]{3,12}(?: [0-9]{1,18} [a-z]{3,12}){0,5})")


def read_duration(text: str) -> timedelta | None:
    """The duration of a text such as ``-1 hour 30 minutes``; None when it is none, or longer than is kept."""
    found = _TEXT.fullmatch(text.strip())
    if not found:
        return None
    words = found[2].split(" ")
    total = 0
    for number, unit in zip(words[::2], words[1::2], strict=True):
        length = UNITS.get(unit.removesuffix("s"))
        if length is None:
            return None
        total += int(number) * (length // UNITS["microsecond"])
    if total > LONGEST // UNITS["microsecond"]:
        return None
    return timedelta(microseconds=-total if found[1] == "-" else total)


def write_duration(value: timedelta) -> str:
    """The text that :func:`read_duration` reads; in the largest units that say it exactly, without weeks."""
    left, said = abs(value), []
    for unit, length in UNITS.items():
        count = 0 if unit == "week" else left // length
        if count:
            said.append(f"{count} {unit}{'' if count == 1 else 's'}")
            left -= count * length
    return ("-" if value < timedelta() else "") + (" ".join(said) or "0 seconds")
