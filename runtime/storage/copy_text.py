"""The text that PostgreSQL's COPY reads: rows as lines, written column by column.

A column's values are nearly always of one type, so one look tells how all of them are written: several times
quicker than asking for each value how it is to be sent.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

EMPTY = r"\N"

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def lines(columns: Sequence[Sequence[Any]]) -> str | None:
    """The rows that the columns make, one or more; None where a value is of a type that has no known text."""
    written = []
    for values in columns:
        texts = _texts(values)
        if texts is None:
            return None
        written.append(texts)
    return "\n".join(map("\t".join, zip(*written, strict=True))) + "\n"


def _texts(values: Sequence[Any]) -> Sequence[str] | None:
    kinds = set(map(type, values))
    empty = type(None) in kinds
    kinds.discard(type(None))
    if not kinds:
        return [EMPTY] * len(values)
    write = _WAYS.get(kinds.pop())
    if write is None or kinds:
        return None
    if not empty:
        return write(values)
    given = iter(write([value for value in values if value is not None]))
    return [EMPTY if value is None else next(given) for value in values]


def _escaped(values: Sequence[str]) -> Sequence[str]:
    whole = "".join(values)
    if not any(special in whole for special in "\\\t\n\r"):
        return values
    return [value.translate(_ESCAPES) for value in values]


def _as_str(values: Sequence[object]) -> list[str]:
    return list(map(str, values))


def _as_letter(values: Sequence[bool]) -> list[str]:
    return ["t" if value else "f" for value in values]


_WAYS: Mapping[type, Callable[[Sequence[Any]], Sequence[str]]] = MappingProxyType(
    {
        str: _escaped,
        bool: _as_letter,
        **dict.fromkeys((int, Decimal, date, datetime, time), _as_str),
    }
)
