"""Telling values: as REST takes them, and as a report shows them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from runtime.expressions.tracing import Traced
from runtime.expressions.tree import Aggregate, Attribute, Read
from runtime.model.duration import write_duration
from runtime.model.values import Money, Pointer, Ref

MOST = 12
"""So many values are told of one expression."""


def raw(value: object) -> object:
    """A value that an expression gave, as REST takes it."""
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Ref | Pointer):
        return value.id
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return write_duration(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [raw(each) for each in value]
    return value


def shown(value: object) -> str:
    """A value as a report shows it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}"
    if isinstance(value, str):
        return f"'{value[:100]}'"
    if isinstance(value, Mapping):
        return f"record {value.get('id')}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(shown, value[:MOST]))}]"
    return str(raw(value))


def got(traced: Traced, text: str) -> str:
    """What an expression read: each part with its value."""
    told: dict[str, str] = {}
    for part in _told(traced):
        told.setdefault(text[part.node.start : part.node.end].strip(), shown(part.value))
    if not told:
        return shown(traced.value)
    return ", ".join(f"{name} = {value}" for name, value in list(told.items())[:MOST])


def _told(traced: Traced) -> Iterator[Traced]:
    """The parts that are read, each as it is written as a whole."""
    if isinstance(traced.node, Read | Aggregate | Attribute):
        yield traced
        return
    for part in traced.parts:
        yield from _told(part)
